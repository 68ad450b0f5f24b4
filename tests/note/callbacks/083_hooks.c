/* Six hooks: how often they run in two epochs of three batches, and in which order. */
#include "check.h"

static char trace[100];

static bool train_begin(cn_model *m, cn_logs *logs, void *user)
{
    (void)m, (void)logs, (void)user;
    return strcat(trace, "T");
}
static bool train_end(cn_model *m, cn_logs *logs, void *user)
{
    (void)m, (void)logs, (void)user;
    return strcat(trace, "t");
}
static bool epoch_begin(cn_model *m, int epoch, cn_logs *logs, void *user)
{
    (void)m, (void)epoch, (void)logs, (void)user;
    return strcat(trace, "E");
}
static bool epoch_end(cn_model *m, int epoch, cn_logs *logs, void *user)
{
    (void)m, (void)epoch, (void)logs, (void)user;
    return strcat(trace, "e");
}
static bool batch_begin(cn_model *m, int64_t batch, cn_logs *logs, void *user)
{
    (void)m, (void)batch, (void)logs, (void)user;
    return strcat(trace, "B");
}
static bool batch_end(cn_model *m, int64_t batch, cn_logs *logs, void *user)
{
    (void)m, (void)batch, (void)logs, (void)user;
    return strcat(trace, "b");
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(6, 1), CN_FLOAT32), cn_ones(cn_shape(6, 1), CN_FLOAT32));
    cn_fit(model, data, .epochs = 2, .batch_size = 2, .verbose = 0,
           .callbacks = {{cn_callback(.on_train_begin = train_begin, .on_train_end = train_end,
                                      .on_epoch_begin = epoch_begin, .on_epoch_end = epoch_end,
                                      .on_train_batch_begin = batch_begin,
                                      .on_train_batch_end = batch_end)}});
    TEXT(trace, "TEBbBbBbeEBbBbBbet");
}
