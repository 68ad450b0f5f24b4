/* keras.callbacks.ModelCheckpoint */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/monitor.h"
#include "callbacks/path_template.h"
#include "callbacks/saving.h"
#include "utils/message.h"

CN_CALLBACK_STRUCT(model_checkpoint, CN_MODEL_CHECKPOINT, cn_monitor watch;
                   int64_t epoch, batches, last_batch, epochs;)

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static bool init(model_checkpoint *self)
{
    const char *path = self->filepath;
    if (!path)
        return cn_fail(CN_EINVAL, "ModelCheckpoint: the argument 'filepath' is required");
    if (self->save_weights_only && !ends_in(path, ".weights.h5"))
        return cn_fail(CN_EINVAL,
                       "When using save_weights_only=true in ModelCheckpoint, the filepath "
                       "provided must end in .weights.h5 (Keras weights format). Received: "
                       "filepath=%s",
                       path);
    if (!ends_in(path, ".keras") && !ends_in(path, ".h5"))
        return cn_fail(CN_EINVAL,
                       "The filepath provided must end in .keras (Keras model format). Received: "
                       "filepath=%s",
                       path);
    if (!CN_IS_NONE(self->save_freq) && self->save_freq < 1)
        return cn_fail(CN_EINVAL,
                       "Unrecognized save_freq: %d. Expected save_freq are 'epoch' or integer "
                       "values",
                       self->save_freq);
    cn_monitor_check(&self->callback, self->mode);
    self->watch.scored = !CN_IS_NONE(self->initial_value_threshold);
    self->watch.best = self->initial_value_threshold;
    self->last_batch = -1;
    return true;
}

static bool write_config(const model_checkpoint *self, cn_json *config)
{
    return cn_save_freq_write(self->save_freq, config);
}

static bool write_file(model_checkpoint *self, char *path)
{
    struct stat found;
    if (!stat(path, &found) && S_ISDIR(found.st_mode))
        return cn_fail(CN_EIO,
                       "Please specify a non-directory filepath for ModelCheckpoint. Filepath "
                       "used is an existing directory: %s",
                       path);
    if (!cn_make_folders(path, "ModelCheckpoint"))
        return false;
    bool ok = false;
    CN_SCOPE {
        ok = self->save_weights_only
                 ? cn_save_weights(self->callback.model, path, .include_optimizer = true)
                 : cn_save(self->callback.model, path);
    }
    return ok;
}

static bool has_improved(model_checkpoint *self, long long epoch, const cn_logs *logs,
                         const char *path)
{
    cn_monitor *watch = &self->watch;
    double value = cn_logs_get(logs, self->monitor);
    char best[400] = "None"; /* the longest double has 309 digits before the point */
    if (watch->scored)
        snprintf(best, sizeof best, "%.5f", watch->best);
    bool better = cn_monitor_improved(watch, value);
    if (self->verbose > 0 && better)
        cn_say("\nEpoch %lld: %s improved from %s to %.5f, saving model to %s\n", epoch,
               self->monitor, best, value, path);
    if (self->verbose > 0 && !better)
        cn_say("\nEpoch %lld: %s did not improve from %s\n", epoch, self->monitor, best);
    if (better) {
        watch->best = value;
        watch->scored = true;
    }
    return better;
}

static void warn_once(model_checkpoint *self, const char *format)
{
    if (!self->watch.warned)
        cn_warn(format, self->monitor);
    self->watch.warned = true;
}

static bool should_save(model_checkpoint *self, long long epoch, const cn_logs *logs,
                        const char *path)
{
    size_t width = cn_logs_width(logs, self->monitor);
    if (!self->save_best_only) {
        if (self->verbose > 0)
            cn_say("\nEpoch %lld: saving model to %s\n", epoch, path);
        return true;
    }
    if (width == 1)
        return has_improved(self, epoch, logs, path);
    warn_once(self, width ? "Can save best model only when `monitor` is a scalar value: `%s` is "
                            "none. Falling back to `save_best_only=False`."
                          : "Can save best model only with %s available.");
    return true;
}

/* batch -1: at the end of the epoch. */
static bool save(model_checkpoint *self, int64_t epoch, int64_t batch, const cn_logs *logs)
{
    char *path = cn_path_fill(self->filepath, epoch + 1, batch < 0 ? -1 : batch + 1, logs);
    if (!path)
        return false;
    bool wanted = should_save(self, (long long)epoch + 1, logs, path);
    bool ok = !wanted || write_file(self, path);
    if (wanted && ok && self->verbose > 0)
        cn_say("\nEpoch %lld: finished saving model to %s\n", (long long)epoch + 1, path);
    cn_mem_free(path);
    return ok;
}

static bool on_epoch_begin(model_checkpoint *self, int64_t epoch, cn_logs *logs)
{
    (void)logs;
    self->epoch = epoch;
    return true;
}

static bool resolve(model_checkpoint *self)
{
    return cn_monitor_resolve(&self->watch, &self->callback, self->monitor, self->mode, 0);
}

static bool on_train_batch_end(model_checkpoint *self, int64_t batch, cn_logs *logs)
{
    if (CN_IS_NONE(self->save_freq))
        return true;
    self->batches += batch <= self->last_batch ? batch + 1 : batch - self->last_batch;
    self->last_batch = batch;
    if (self->batches < self->save_freq)
        return true;
    self->batches = 0;
    return resolve(self) && save(self, self->epoch, batch, logs);
}

static bool on_epoch_end(model_checkpoint *self, int64_t epoch, cn_logs *logs)
{
    if (!resolve(self))
        return false;
    if (!CN_IS_NONE(self->save_freq) || ++self->epochs < self->period)
        return true;
    self->epochs = 0;
    return save(self, epoch, -1, logs);
}

static bool wants_batches(const model_checkpoint *self)
{
    return !CN_IS_NONE(self->save_freq);
}

static bool state(model_checkpoint *self, cn_state *values)
{
    return cn_monitor_state(&self->watch, values) && cn_state_int(values, "epoch", &self->epoch) &&
           cn_state_int(values, "epochs", &self->epochs) &&
           cn_state_int(values, "batches", &self->batches) &&
           cn_state_int(values, "last_batch", &self->last_batch);
}

CN_PUBLIC_CALLBACK(model_checkpoint, "ModelCheckpoint", .init = init,
                   .read_config = cn_save_freq_read, .write_config = write_config,
                   .on_epoch_begin = on_epoch_begin, .on_epoch_end = on_epoch_end,
                   .on_train_batch_end = on_train_batch_end, .wants_batches = wants_batches,
                   .state = state)
