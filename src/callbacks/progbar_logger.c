/* The bar, or the line, of each epoch. keras.callbacks.ProgbarLogger */
#include "callbacks/callback.h"
#include "utils/message.h"
#include "utils/progbar.h"

CN_THING(progbar_logger, cn_callback, CN_NO_PARAMS, cn_progbar bar; int64_t seen, target;
         bool started, in_fit;)

static int verbose_of(const progbar_logger *self)
{
    int verbose = self->head.params.verbose;
    return verbose == CN_AUTO ? (cn_say_terminal() ? 1 : 2) : verbose;
}

static bool start(progbar_logger *self)
{
    if (!self->target)
        self->target = self->head.params.steps;
    self->seen = 0;
    self->started = true;
    return cn_progbar_begin(&self->bar, self->target, verbose_of(self), cn_say_terminal(), NULL);
}

static bool step(progbar_logger *self, int64_t batch, const cn_logs *logs)
{
    if (!self->started && !start(self))
        return false;
    self->seen = batch + 1;
    return verbose_of(self) != 1 || cn_progbar_update(&self->bar, self->seen, logs, false);
}

static bool finish(progbar_logger *self, const cn_logs *logs)
{
    if (self->target < 0)
        self->target = self->bar.target = self->seen;
    return cn_progbar_update(&self->bar, self->target, logs, true);
}

static bool on_train_begin(progbar_logger *self, cn_logs *logs)
{
    (void)logs;
    self->in_fit = true; /* validation inside fit is silent */
    return true;
}

static bool on_epoch_begin(progbar_logger *self, int64_t epoch, cn_logs *logs)
{
    (void)logs;
    if (!start(self))
        return false;
    if (verbose_of(self) && self->head.params.epochs > 1)
        cn_say("Epoch %lld/%d\n", (long long)epoch + 1, self->head.params.epochs);
    return true;
}

static bool on_train_batch_end(progbar_logger *self, int64_t batch, cn_logs *logs)
{
    return step(self, batch, logs);
}

static bool on_epoch_end(progbar_logger *self, int64_t epoch, cn_logs *logs)
{
    (void)epoch;
    return finish(self, logs);
}

static bool on_test_begin(progbar_logger *self, cn_logs *logs)
{
    (void)logs;
    return self->in_fit || start(self);
}

static bool on_test_batch_end(progbar_logger *self, int64_t batch, cn_logs *logs)
{
    return self->in_fit || step(self, batch, logs);
}

static bool on_test_end(progbar_logger *self, cn_logs *logs)
{
    return self->in_fit || finish(self, logs);
}

static bool on_predict_begin(progbar_logger *self, cn_logs *logs)
{
    (void)logs;
    return start(self);
}

static bool on_predict_batch_end(progbar_logger *self, int64_t batch, cn_logs *logs)
{
    (void)logs; /* the predictions */
    return step(self, batch, NULL);
}

static bool on_predict_end(progbar_logger *self, cn_logs *logs)
{
    return finish(self, logs);
}

static bool wants_batches(const progbar_logger *self)
{
    return self->head.params.steps < 0 || (verbose_of(self) == 1 && cn_say_terminal());
}

static void destroy(progbar_logger *self)
{
    cn_progbar_end(&self->bar);
}

CN_CALLBACK_CLASS(progbar_logger, "ProgbarLogger", .destroy = destroy,
                  .on_train_begin = on_train_begin, .on_epoch_begin = on_epoch_begin,
                  .on_train_batch_end = on_train_batch_end, .on_epoch_end = on_epoch_end,
                  .on_test_begin = on_test_begin, .on_test_batch_end = on_test_batch_end,
                  .on_test_end = on_test_end, .on_predict_begin = on_predict_begin,
                  .on_predict_batch_end = on_predict_batch_end, .on_predict_end = on_predict_end,
                  .wants_batches = wants_batches)

cn_callback *cn_progbar_logger_new(void)
{
    return cn_instance_new(&cn_progbar_logger_class, NULL);
}
