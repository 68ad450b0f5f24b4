/* keras.callbacks.EarlyStopping */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/monitor.h"
#include "saving/state.h"
#include "utils/message.h"

/* Weights as they were, one after the other. */
typedef struct snapshot {
    char *bytes;
    size_t size;
} snapshot;

CN_CALLBACK_STRUCT(early_stopping, CN_EARLY_STOPPING, cn_monitor watch; snapshot best;
                   int64_t wait, stopped_epoch, best_epoch;)

static size_t bytes_of(const cn_tensor *weight)
{
    return (size_t)cn_size(weight) * cn_dtype_size(cn_dtype_of(weight));
}

static size_t bytes_of_all(const cn_list *weights)
{
    size_t size = 0;
    for (size_t i = 0; i < cn_list_length(weights); i++)
        size += bytes_of(cn_list_item(weights, i));
    return size;
}

static bool keep_from(snapshot *kept, const cn_list *weights)
{
    size_t size = bytes_of_all(weights);
    char *at = weights ? cn_mem_realloc(kept->bytes, size ? size : 1, 1) : NULL;
    if (!at)
        return false;
    kept->bytes = at;
    kept->size = size;
    for (size_t i = 0; i < cn_list_length(weights); i++) {
        cn_tensor *weight = cn_list_item(weights, i);
        const void *data = cn_data(weight);
        if (!data)
            return false;
        memcpy(at, data, bytes_of(weight));
        at += bytes_of(weight);
    }
    return true;
}

static bool restore_to(const snapshot *kept, const cn_list *weights)
{
    if (!weights || bytes_of_all(weights) != kept->size)
        return weights && cn_fail(CN_ESTATE, "EarlyStopping: the model's weights are others now");
    const char *at = kept->bytes;
    for (size_t i = 0; i < cn_list_length(weights); i++) {
        cn_tensor *weight = cn_list_item(weights, i);
        if (!cn_set_data(weight, at))
            return false;
        at += bytes_of(weight);
    }
    return true;
}

static bool keep(early_stopping *self, int64_t epoch)
{
    bool ok = false;
    self->best_epoch = epoch;
    CN_SCOPE {
        ok = keep_from(&self->best, cn_weights(self->callback.model));
    }
    return ok;
}

static void drop(snapshot *kept)
{
    cn_mem_free(kept->bytes);
    *kept = (snapshot){0};
}

static bool init(early_stopping *self)
{
    cn_monitor_check(&self->callback, self->mode);
    return true;
}

static bool on_train_begin(early_stopping *self, cn_logs *logs)
{
    (void)logs;
    self->wait = self->stopped_epoch = self->best_epoch = 0;
    self->watch.scored = false;
    drop(&self->best);
    return true;
}

static bool has_value(early_stopping *self, const cn_logs *logs)
{
    if (cn_logs_width(logs, self->monitor))
        return true;
    char names[512];
    if (!self->watch.warned)
        cn_warn("Early stopping conditioned on metric `%s` which is not available. Available "
                "metrics are: %s",
                self->monitor, cn_logs_names(logs, ",", names, sizeof names));
    self->watch.warned = true;
    return false;
}

static bool improve(early_stopping *self, int64_t epoch, double value)
{
    cn_monitor *watch = &self->watch;
    watch->best = value;
    watch->scored = true;
    self->best_epoch = epoch;
    if (CN_IS_NONE(self->baseline) || cn_monitor_better(watch, value, self->baseline))
        self->wait = 0;
    return !self->restore_best_weights || keep(self, epoch);
}

static bool on_epoch_end(early_stopping *self, int64_t epoch, cn_logs *logs)
{
    if (!cn_monitor_resolve(&self->watch, &self->callback, self->monitor, self->mode,
                            self->min_delta))
        return false;
    if (!has_value(self, logs) || epoch < self->start_from_epoch)
        return true;
    double value = cn_logs_get(logs, self->monitor);
    if (self->restore_best_weights && !self->best.bytes && !keep(self, epoch))
        return false;
    self->wait++;
    if (cn_monitor_improved(&self->watch, value))
        return improve(self, epoch, value);
    if (self->wait >= self->patience && epoch > 0) {
        self->stopped_epoch = epoch;
        self->callback.model->stop_training = true;
    }
    return true;
}

static bool on_train_end(early_stopping *self, cn_logs *logs)
{
    (void)logs;
    if (self->stopped_epoch > 0 && self->verbose > 0)
        cn_say("Epoch %lld: early stopping\n", (long long)self->stopped_epoch + 1);
    if (!self->best.bytes)
        return true;
    if (self->verbose > 0)
        cn_say("Restoring model weights from the end of the best epoch: %lld.\n",
               (long long)self->best_epoch + 1);
    bool ok = false;
    CN_SCOPE {
        ok = restore_to(&self->best, cn_weights(self->callback.model));
    }
    return ok;
}

static bool state(early_stopping *self, cn_state *values)
{
    return cn_monitor_state(&self->watch, values) && cn_state_int(values, "wait", &self->wait) &&
           cn_state_int(values, "stopped_epoch", &self->stopped_epoch) &&
           cn_state_int(values, "best_epoch", &self->best_epoch) &&
           cn_state_blob(values, "best_weights", &self->best.bytes, &self->best.size);
}

static void destroy(early_stopping *self)
{
    drop(&self->best);
}

CN_PUBLIC_CALLBACK(early_stopping, "EarlyStopping", .init = init, .destroy = destroy,
                   .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end,
                   .on_train_end = on_train_end, .state = state)
