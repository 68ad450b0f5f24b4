/* keras.callbacks.LearningRateScheduler: its schedule is a function, so no configuration makes it.
 */
#include "base/error.h"
#include "base/number.h"
#include "callbacks/callback.h"
#include "utils/message.h"

#define TABLE(P) P(int, verbose, 0, "1: say so")
typedef struct learning_rate_scheduler {
    cn_callback callback;
    TABLE(CN_FIELD_) cn_rate_function schedule;
    void *user;
} learning_rate_scheduler;
CN_ROWS(learning_rate_scheduler, TABLE, CN_NO_PARAMS, CN_ROW_)
CN_CALLBACK_METHODS_(learning_rate_scheduler, learning_rate_scheduler)

static bool on_epoch_begin(learning_rate_scheduler *self, int64_t epoch, cn_logs *logs)
{
    (void)logs;
    cn_optimizer *optimizer = self->callback.model->optimizer;
    double rate = self->schedule((int)epoch, cn_learning_rate(optimizer), self->user);
    if (!cn_set_learning_rate(optimizer, rate))
        return false;
    char text[CN_NUMBER_TEXT];
    if (self->verbose > 0)
        cn_say("\nEpoch %lld: LearningRateScheduler setting learning rate to %s.\n",
               (long long)epoch + 1, cn_double_text(rate, text));
    return true;
}

static bool on_epoch_end(learning_rate_scheduler *self, int64_t epoch, cn_logs *logs)
{
    (void)epoch;
    return cn_logs_set(logs, "learning_rate", cn_learning_rate(self->callback.model->optimizer));
}

static const learning_rate_scheduler_methods methods = {.on_epoch_begin = on_epoch_begin,
                                                        .on_epoch_end = on_epoch_end};
static const cn_class scheduler_class = {.family = CN_CALLBACKS,
                                         .name = "LearningRateScheduler",
                                         .built_in = true,
                                         .package = "keras.callbacks",
                                         .params = learning_rate_scheduler_params,
                                         .defaults = &learning_rate_scheduler_defaults,
                                         .size = sizeof(learning_rate_scheduler),
                                         .methods = &methods};

cn_callback *cn_learning_rate_scheduler_new(const cn_learning_rate_scheduler_options *options)
{
    if (!options->schedule)
        return cn_fail_null(CN_EINVAL, "LearningRateScheduler: expected a function, found NULL");
    learning_rate_scheduler *self = cn_instance_new(&scheduler_class, options);
    if (!self)
        return NULL;
    self->schedule = options->schedule;
    self->user = options->user;
    return &self->callback;
}
