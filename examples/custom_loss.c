/* A loss with parameters and metrics of one's own, by name, on handwritten digits: which ones are
 * at least 5? A file keeps the loss with its parameters.
 *
 *     custom_loss [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

/* 1 - 2 |A B| / (|A| + |B|), smoothed. */
static cn_tensor *soft_dice(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double smooth = cn_arg_float(args, "smooth");
    cn_tensor *overlap = cn_sum(cn_mul(y_true, y_pred));
    return cn_sub(1, cn_div(cn_add(cn_mul(2, overlap), smooth),
                            cn_add(cn_add(cn_sum(y_true), cn_sum(y_pred)), smooth)));
}

static cn_tensor *positives(cn_tensor *x)
{
    return cn_sum(cn_round(cn_clip(x, 0, 1)));
}

/* Of a batch; the epoch's value is the mean over batches. */
static cn_tensor *my_recall(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_div(positives(cn_mul(y_true, y_pred)), cn_add(positives(y_true), cn_epsilon()));
}

static cn_tensor *my_precision(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_div(positives(cn_mul(y_true, y_pred)), cn_add(positives(y_pred), cn_epsilon()));
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_register_loss("soft_dice", soft_dice, "smooth=1.0");
    cn_register_metric("my_recall", my_recall, NULL);
    cn_register_metric("my_precision", my_precision, NULL);

    cn_arrays *arrays = cn_load_arrays(argc > 1 ? argv[1] : DIGITS);
    cn_tensor *x = cn_arrays_get(arrays, "x"), *digit = cn_arrays_get(arrays, "y");
    cn_tensor *large =
        cn_cast(cn_greater_equal(cn_reshape(digit, cn_shape(1797, 1)), 5), CN_FLOAT32);
    cn_dataset *all = cn_from_arrays(cn_reshape(x, cn_shape(1797, 64)), large);
    cn_dataset *train = cn_take(all, 1437), *test = cn_skip(all, 1437);

    cn_model *model =
        cn_sequential(cn_input(64), cn_rescaling(1.0 / 16), cn_dense(64, .activation = "relu"),
                      cn_dense(1, .activation = "sigmoid"));
    cn_compile(model, "rmsprop", .loss = {"soft_dice(smooth=1e-5)"},
               .metrics = {"accuracy", "my_recall", "my_precision"});
    cn_fit(model, train, .epochs = 15, .verbose = 0);
    cn_save(model, "large.keras");

    cn_logs *logs = cn_evaluate(cn_load_model("large.keras"), test, .verbose = 0);
    for (size_t i = 0; i < cn_logs_count(logs); i++)
        printf("%s %s 0.9\n", cn_logs_name(logs, i),
               cn_logs_value(logs, i) > 0.9 ? "above" : "below");
    return 0;
}
