/* Precision and recall as functions of a batch, beside a metric by name; the history has them in
 * the order in which they were given. */
#include "check.h"

/* How many there are of 1, after rounding. */
static cn_tensor *positives(cn_tensor *x)
{
    return cn_sum(cn_round(cn_clip(x, 0, 1)));
}

static cn_tensor *precision(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_div(positives(cn_mul(y_true, y_pred)), cn_add(positives(y_pred), cn_epsilon()));
}

static cn_tensor *recall(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_div(positives(cn_mul(y_true, y_pred)), cn_add(positives(y_true), cn_epsilon()));
}

static double of_batch(const char *name, cn_tensor *y, cn_tensor *p)
{
    cn_metric *metric = cn_metric_new(name);
    cn_metric_update(metric, y, p, NULL);
    return cn_item(cn_metric_result(metric));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_metric("my_precision", precision, NULL);
    cn_register_metric("my_recall", recall, NULL);
    cn_tensor *y = cn_values(cn_shape(5), 1, 0, 1, 1, 1);
    cn_tensor *p = cn_values(cn_shape(5), 0.9, 0.8, 0.2, 0.6, 0.1);
    NEAR(of_batch("my_precision", y, p), 0.6666666);
    NEAR(of_batch("my_recall", y, p), 0.5);

    cn_model *model = cn_sequential(cn_input(3), cn_dense(1, .activation = "sigmoid"));
    cn_compile(model, "rmsprop", .loss = {"binary_crossentropy"},
               .metrics = {"accuracy", "my_recall(name=recall)", "my_precision(name=precision)"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(5, 3), CN_FLOAT32), cn_reshape(y, cn_shape(5, 1)));
    cn_history *h = cn_fit(model, data, .validation_data = data, .verbose = 0);
    static const char *const names[] = {"loss",     "accuracy",     "recall",     "precision",
                                        "val_loss", "val_accuracy", "val_recall", "val_precision"};
    CHECK(cn_history_count(h) == 8);
    for (size_t i = 0; i < 8; i++)
        TEXT(cn_history_name(h, i), names[i]);

    /* without a name it goes by that of its function */
    cn_compile(model, "rmsprop", .loss = {"binary_crossentropy"}, .metrics = {"my_recall"});
    TEXT(cn_history_name(cn_fit(model, data, .verbose = 0), 1), "my_recall");
}
