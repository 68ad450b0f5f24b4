/* A training that is interrupted, and goes on where it was: to the same weights, bit for bit.
 *
 *     resume [digits.npz]
 *
 * The power fails twice here. A real program has nothing but the line with cn_backup_and_restore:
 * it is started again, with the same arguments, and finds its backup. */
#include <cornu.h>
#include <stdio.h>
#include <string.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

/* Fails after so many batches. */
static bool power_cut(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    int *left = user;
    (void)model, (void)batch, (void)logs;
    return --*left != 0;
}

/* What main would be. NULL when the power failed. */
static cn_model *program(cn_dataset *data, const char *backup, int batches)
{
    cn_set_random_seed(1);
    cn_model *model = cn_sequential(cn_input(8, 8, 1), cn_rescaling(1.0 / 16), cn_flatten(),
                                    cn_dense(64, .activation = "relu"), cn_dropout(0.3),
                                    cn_dense(10, .activation = "softmax"));
    cn_compile(model, "adam", .loss = {"sparse_categorical_crossentropy"}, .metrics = {"accuracy"});
    cn_history *history =
        cn_fit(model, data, .epochs = 10, .batch_size = 64, .verbose = 0,
               .callbacks = {{cn_backup_and_restore(backup, .save_freq = 20),
                              cn_callback(.on_train_batch_end = power_cut, .user = &batches)}});
    if (!history) {
        cn_clear_error();
        return NULL;
    }
    printf("%zu epochs, accuracy %.4f\n", cn_history_epochs(history),
           cn_history_get(history, "accuracy", -1));
    return model;
}

int main(int argc, char **argv)
{
    cn_dataset *data = cn_load_npz(argc > 1 ? argv[1] : DIGITS);
    cn_model *calm = data ? program(data, "calm", -1) : NULL, *model = NULL;
    for (int start = 1; calm && !model && start < 9; start++) {
        model = program(data, "backup", start < 3 ? 110 : -1);
        printf("start %d: %s\n", start, model ? "done" : "the power failed");
    }
    if (!model) {
        fprintf(stderr, "%s\n", cn_error());
        return 1;
    }
    bool same = true;
    for (int i = 0; i < 4; i++) {
        cn_tensor *a = cn_nth(cn_weights(calm), i), *b = cn_nth(cn_weights(model), i);
        same = same && !memcmp(cn_floats(a), cn_floats(b), (size_t)cn_size(a) * sizeof(float));
    }
    printf("%s weights as without a stop\n", same ? "the same" : "other");
    return 0;
}
