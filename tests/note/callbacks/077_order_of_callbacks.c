/* Callbacks run in the order of their list. */
#include "check.h"

static char trace[100];

static bool note(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)epoch, (void)logs;
    strcat(trace, user);
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_fit(model, data, .epochs = 2, .verbose = 0,
           .callbacks = {{cn_callback(.on_epoch_end = note, .user = "checkpoint "),
                          cn_callback(.on_epoch_end = note, .user = "reduce_lr "),
                          cn_callback(.on_epoch_end = note, .user = "scheduler "),
                          cn_callback(.on_epoch_end = note, .user = "early_stopping ")}});
    TEXT(trace, "checkpoint reduce_lr scheduler early_stopping "
                "checkpoint reduce_lr scheduler early_stopping ");
}
