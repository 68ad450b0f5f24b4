/* The metric of a function is the mean over batches, not the value over the whole set. */
#include "check.h"

static cn_tensor *largest(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_pred, (void)args;
    return cn_max(y_true);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_metric("largest", largest, NULL);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.0)", .loss = {"mse"}, .metrics = {"largest"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_values(cn_shape(4, 1), 0, 1, 0, 0));
    cn_logs *logs = cn_evaluate(model, data, .batch_size = 2, .verbose = 0);
    NEAR(cn_logs_get(logs, "largest"), 0.5);
}
