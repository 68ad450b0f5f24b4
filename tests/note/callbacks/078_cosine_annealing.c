/* An own callback with a state, which reaches the model's optimizer: warm-up, then a cosine. */
#include "check.h"

typedef struct cosine_annealing {
    int epochs;
    double scale, shift;
    int verbose;
} cosine_annealing;

static char printed[100];

static bool on_epoch_begin(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    static const double pi = 3.14159265358979323846;
    const cosine_annealing *self = user;
    (void)logs;
    double rate = epoch <= 6 ? 1.6 / 5 * (epoch + 1)
                             : self->shift + self->scale * (1 + cos(pi * epoch / self->epochs)) / 2;
    if (self->verbose && epoch == 0)
        snprintf(printed, sizeof printed,
                 "Epoch %05d: CosineAnnealingScheduler setting learning rate to %g.", epoch + 1,
                 rate);
    return cn_set_learning_rate(model->optimizer, rate);
}

static bool on_epoch_end(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)epoch, (void)user;
    return cn_logs_set(logs, "lr", cn_learning_rate(model->optimizer));
}

int main(void)
{
    cn_on_error(cn_die);
    cosine_annealing state = {.epochs = 2, .scale = 1.6, .verbose = 1};
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_zeros(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_callback *annealing =
        cn_callback(.on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end, .user = &state);
    cn_history *h = cn_fit(model, data, .epochs = 12, .verbose = 0, .callbacks = {{annealing}});
    static const double want[] = {.32, .64, .96, 1.28, 1.6, 1.92, 2.24, .8, 1.6, .8, 0, .8};
    for (int epoch = 0; epoch < 12; epoch++)
        CLOSE(cn_history_get(h, "lr", epoch), want[epoch], 1e-6);
    TEXT(printed, "Epoch 00001: CosineAnnealingScheduler setting learning rate to 0.32.");
}
