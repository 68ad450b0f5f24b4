/* A learning rate that is set before a batch is the one that the batch uses. */
#include "check.h"

static cn_tensor *slope_one(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return y_pred;
}

static bool before(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)logs, (void)user;
    return cn_set_learning_rate(model->optimizer, (double)(batch + 1));
}

static bool after(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    double *bias = user; /* each step subtracts the rate from it */
    (void)logs;
    *bias -= (double)(batch + 1);
    VALUES(cn_nth(cn_weights(model), 1), 1e-6, *bias);
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("slope_one", slope_one, NULL);
    double bias = 0;
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"slope_one"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_fit(model, data, .epochs = 2, .batch_size = 1, .verbose = 0,
           .callbacks = {{cn_callback(.on_train_batch_begin = before, .on_train_batch_end = after,
                                      .user = &bias)}});
    NEAR(bias, -20);
}
