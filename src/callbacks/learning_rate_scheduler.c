/* keras.callbacks.LearningRateScheduler: its schedule is a function, so no configuration makes it.
 */
#include "base/error.h"
#include "base/number.h"
#include "callbacks/callback.h"
#include "graph/tensor.h"
#include "utils/message.h"

#define TABLE(P) P(int, verbose, 0, "1: say so")
CN_THING(scheduler, cn_callback, TABLE, cn_rate_function schedule; void *user;)
CN_CALLBACK_METHODS_(scheduler, scheduler)

static bool on_epoch_begin(scheduler *self, int64_t epoch, cn_logs *logs)
{
    (void)logs;
    cn_optimizer *optimizer = self->head.model->optimizer;
    double rate = self->schedule((int)epoch, cn_learning_rate(optimizer), self->user);
    if (!cn_set_learning_rate(optimizer, rate))
        return false;
    char text[CN_NUMBER_TEXT];
    if (self->verbose > 0)
        cn_say("\nEpoch %lld: LearningRateScheduler setting learning rate to %s.\n",
               (long long)epoch + 1, cn_double_text(rate, text));
    return true;
}

static bool on_epoch_end(scheduler *self, int64_t epoch, cn_logs *logs)
{
    (void)epoch;
    return cn_logs_set(logs, "learning_rate", cn_learning_rate(self->head.model->optimizer));
}

static const scheduler_methods methods = {.on_epoch_begin = on_epoch_begin,
                                          .on_epoch_end = on_epoch_end};
static const cn_class scheduler_class = {.family = CN_CALLBACKS,
                                         .name = "LearningRateScheduler",
                                         .built_in = true,
                                         .package = "keras.callbacks",
                                         .params = scheduler_params,
                                         .defaults = &scheduler_defaults,
                                         .size = sizeof(scheduler),
                                         .methods = &methods};

cn_callback *cn_learning_rate_scheduler_new(const cn_learning_rate_scheduler_options *options)
{
    if (!options->schedule)
        return cn_fail_null(CN_EINVAL, "LearningRateScheduler: expected a function, found NULL");
    cn_mark_at(options->at, "LearningRateScheduler");
    scheduler *self = cn_instance_new(&scheduler_class, NULL);
    if (!self)
        return NULL;
    self->verbose = options->verbose;
    self->schedule = options->schedule;
    self->user = options->user;
    return &self->head;
}
