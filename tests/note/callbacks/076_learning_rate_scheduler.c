/* A learning rate for each epoch, in force from its first batch on. */
#include "check.h"

static double warmup_scheduler(int epoch, double rate, void *user)
{
    (void)rate, (void)user;
    return epoch < 1 ? 1e-5 : 1e-4;
}

static bool first_batch(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    double **seen = user;
    (void)logs;
    if (batch == 0)
        *(*seen)++ = cn_learning_rate(model->optimizer);
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    double rates[4] = {0}, *next = rates;
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_history *h =
        cn_fit(model, data, .epochs = 4, .batch_size = 2, .verbose = 0,
               .callbacks = {{cn_learning_rate_scheduler(warmup_scheduler),
                              cn_callback(.on_train_batch_begin = first_batch, .user = &next)}});
    static const double want[] = {1e-5, 1e-4, 1e-4, 1e-4};
    for (int epoch = 0; epoch < 4; epoch++) {
        CHECK(fabs(rates[epoch] - want[epoch]) < 1e-10);
        CHECK(fabs(cn_history_get(h, "learning_rate", epoch) - want[epoch]) < 1e-10);
    }
}
