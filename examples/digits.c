/* Handwritten digits in two seconds: UCI's 1,797 pictures of 8 x 8 pixels, which stand beside this
 * program.
 *
 *     digits [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_dataset *all = cn_load_npz(argc > 1 ? argv[1] : DIGITS);
    cn_dataset *train = cn_take(all, 1437), *test = cn_skip(all, 1437);

    /* clang-format off */
    cn_model *model = cn_sequential(cn_input(8, 8, 1),
                                    cn_rescaling(1.0 / 16),
                                    cn_conv2d(32, {3, 3}, .padding = "same", .activation = "relu"),
                                    cn_conv2d(32, {3, 3}, .activation = "relu"),
                                    cn_max_pooling2d({2, 2}),
                                    cn_flatten(),
                                    cn_dropout(0.3),
                                    cn_dense(64, .activation = "relu"),
                                    cn_dense(10, .activation = "softmax"));
    /* clang-format on */
    cn_compile(model, "adam(2e-3)", .loss = {"sparse_categorical_crossentropy"},
               .metrics = {"accuracy"});
    cn_history *history =
        cn_fit(model, train, .epochs = 20, .batch_size = 64, .validation_data = test, .verbose = 0);
    double accuracy = cn_history_get(history, "val_accuracy", -1);
    printf("test accuracy %s 98 %%\n", accuracy > 0.98 ? "above" : "below");
    return 0;
}
