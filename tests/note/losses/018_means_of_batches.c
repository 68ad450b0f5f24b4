/* The metric of a function is the mean over batches, not the value over the whole set, which
 * Precision and Recall give. */
#include "check.h"

static cn_tensor *largest(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_pred, (void)args;
    return cn_max(y_true);
}

/* Recall of a batch. */
static cn_tensor *one_batch(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_div(cn_sum(cn_mul(y_true, y_pred)), cn_sum(y_true));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_metric("largest", largest, NULL);
    cn_register_metric("one_batch", one_batch, NULL);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.0)", .loss = {"mse"}, .metrics = {"largest"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_values(cn_shape(4, 1), 0, 1, 0, 0));
    cn_logs *logs = cn_evaluate(model, data, .batch_size = 2, .verbose = 0);
    NEAR(cn_logs_get(logs, "largest"), 0.5);

    /* batches with 2 of 2 and 1 of 2 predicted ones right: their mean is .75, all is 3 of 4 of
     * those predicted, and 3 of 5 of those that are there */
    cn_model *same = cn_functional(model->input, cn_mul(model->input, 1));
    cn_compile(same, "sgd", .loss = {"mse"}, .metrics = {"precision", "recall", "one_batch"});
    cn_tensor *p = cn_values(cn_shape(8, 1), 1, 1, 0, 0, 1, 1, 0, 0);
    cn_tensor *y = cn_values(cn_shape(8, 1), 1, 1, 1, 1, 1, 0, 0, 0);
    logs = cn_evaluate(same, cn_from_arrays(p, y), .batch_size = 4, .verbose = 0);
    NEAR(cn_logs_get(logs, "precision"), 3. / 4);
    NEAR(cn_logs_get(logs, "recall"), 3. / 5);
    NEAR(cn_logs_get(logs, "one_batch"), (2. / 4 + 1. / 1) / 2);
}
