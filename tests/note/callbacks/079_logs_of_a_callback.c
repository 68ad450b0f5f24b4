/* What a callback adds to the logs is seen by the callbacks after it and by the history. */
#include "check.h"

static bool add(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)user;
    return cn_logs_set(logs, "lr", 10 * epoch);
}

static bool look(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)user;
    CHECK(cn_logs_get(logs, "lr") == 10 * epoch);
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_history *h = cn_fit(
        model, data, .epochs = 3, .verbose = 0,
        .callbacks = {{cn_callback(.on_epoch_end = add), cn_callback(.on_epoch_end = look)}});
    for (int epoch = 0; epoch < 3; epoch++)
        CHECK(cn_history_get(h, "lr", epoch) == 10 * epoch);
}
