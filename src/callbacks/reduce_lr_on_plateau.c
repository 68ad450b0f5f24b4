/* keras.callbacks.ReduceLROnPlateau */
#include "base/error.h"
#include "base/number.h"
#include "callbacks/monitor.h"
#include "utils/message.h"

CN_CALLBACK_STRUCT(reduce_lr_on_plateau, CN_REDUCE_LR_ON_PLATEAU, cn_monitor watch;
                   int64_t wait, cooling;)

static bool init(reduce_lr_on_plateau *self)
{
    cn_monitor_check(&self->callback, self->mode);
    return self->factor < 1 ||
           cn_fail(CN_EINVAL,
                   "ReduceLROnPlateau does not support a factor >= 1.0. Received factor=%g",
                   self->factor);
}

static bool on_train_begin(reduce_lr_on_plateau *self, cn_logs *logs)
{
    (void)logs;
    self->watch.scored = false;
    self->wait = self->cooling = 0;
    return true;
}

/* Sets the smaller rate; nothing happens at the least one. */
static bool reduce(reduce_lr_on_plateau *self, int64_t epoch)
{
    cn_optimizer *optimizer = self->callback.model->optimizer;
    double old = cn_learning_rate(optimizer), rate = old * self->factor;
    if (!(old > (float)self->min_lr))
        return true;
    if (rate < self->min_lr)
        rate = self->min_lr;
    if (!cn_set_learning_rate(optimizer, rate))
        return false;
    char text[CN_NUMBER_TEXT];
    if (self->verbose > 0)
        cn_say("\nEpoch %lld: ReduceLROnPlateau reducing learning rate to %s.\n",
               (long long)epoch + 1, cn_double_text(rate, text));
    self->cooling = self->cooldown;
    self->wait = 0;
    return true;
}

static bool watch(reduce_lr_on_plateau *self, int64_t epoch, double value)
{
    if (self->cooling > 0) {
        self->cooling--;
        self->wait = 0;
    }
    if (cn_monitor_improved(&self->watch, value)) {
        self->watch.best = value;
        self->watch.scored = true;
        self->wait = 0;
        return true;
    }
    return self->cooling > 0 || ++self->wait < self->patience || reduce(self, epoch);
}

static bool on_epoch_end(reduce_lr_on_plateau *self, int64_t epoch, cn_logs *logs)
{
    if (!cn_monitor_resolve(&self->watch, &self->callback, self->monitor, self->mode,
                            self->min_delta))
        return false;
    double rate = cn_learning_rate(self->callback.model->optimizer);
    if (!cn_logs_set(logs, "learning_rate", rate))
        return false;
    if (cn_logs_width(logs, self->monitor))
        return watch(self, epoch, cn_logs_get(logs, self->monitor));
    char names[512];
    if (!self->watch.warned)
        cn_warn("Learning rate reduction is conditioned on metric `%s` which is not available. "
                "Available metrics are: %s.",
                self->monitor, cn_logs_names(logs, ",", names, sizeof names));
    self->watch.warned = true;
    return true;
}

static bool state(reduce_lr_on_plateau *self, cn_state *values)
{
    return cn_monitor_state(&self->watch, values) && cn_state_int(values, "wait", &self->wait) &&
           cn_state_int(values, "cooldown_counter", &self->cooling);
}

CN_PUBLIC_CALLBACK(reduce_lr_on_plateau, "ReduceLROnPlateau", .init = init,
                   .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end, .state = state)
