/* A constraint is applied after the update, before the weight is written. */
#include "check.h"

static bool no_negative(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    int *steps = user;
    (void)batch, (void)logs;
    CHECK(cn_item(cn_min(cn_nth(cn_weights(model), 0))) >= 0);
    ++*steps;
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    int steps = 0;
    cn_model *model = cn_sequential(cn_input(3), cn_dense(2, .kernel_constraint = "non_neg"));
    cn_compile(model, "sgd(0.01)", .loss = {"mse"});
    cn_tensor *x = cn_ones(cn_shape(100, 3), CN_FLOAT32);
    cn_tensor *y = cn_neg(cn_ones(cn_shape(100, 2), CN_FLOAT32));
    cn_fit(model, cn_from_arrays(x, y), .batch_size = 1, .verbose = 0,
           .callbacks = {{cn_callback(.on_train_batch_end = no_negative, .user = &steps)}});
    CHECK(steps == 100);
    CHECK(cn_item(cn_min(cn_nth(cn_weights(model), 0))) == 0); /* it was needed */
}
