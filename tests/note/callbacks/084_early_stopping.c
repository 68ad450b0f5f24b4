/* Training stops after the first epoch without improvement, with the weights of the best one. */
#include "check.h"

static float weights[4]; /* at the end of each epoch */

static bool pretend(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    static const double losses[] = {.5, .4, .41, .3};
    (void)user;
    weights[epoch] = *cn_floats(cn_nth(cn_weights(model), 0));
    return cn_logs_set(logs, "val_loss", losses[epoch]);
}

/* How many epochs were run. */
static size_t train(cn_model **model, cn_callback *stopping)
{
    *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(*model, "sgd(0.1)", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_history *h = cn_fit(*model, data, .epochs = 4, .verbose = 0,
                           .callbacks = {{cn_callback(.on_epoch_end = pretend), stopping}});
    return cn_history_epochs(h);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model;
    CHECK(train(&model, cn_early_stopping(.patience = 0, .restore_best_weights = true)) == 3);
    CHECK(*cn_floats(cn_nth(cn_weights(model), 0)) == weights[1]);
    CHECK(weights[1] != weights[2]);

    CHECK(train(&model, cn_early_stopping(.patience = 0)) == 3);
    CHECK(*cn_floats(cn_nth(cn_weights(model), 0)) == weights[2]);
    CHECK(train(&model, cn_early_stopping(.patience = 2)) == 4);
    CHECK(train(&model, cn_early_stopping(.min_delta = 0.2)) == 2); /* .1 is no improvement */
    CHECK(train(&model, cn_early_stopping(.baseline = 0.35, .patience = 2)) == 3);
}
