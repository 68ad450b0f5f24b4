/* keras.callbacks.History */
#include "callbacks/history.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "saving/state.h"

typedef struct cn_history history;
typedef struct cn_history_options {
    cn_at at;
} cn_history_options;
CN_ROWS(history, CN_NO_PARAMS, CN_NO_PARAMS, CN_ROW_)

static bool forget(history *self)
{
    for (size_t i = 0; i < self->count; i++)
        cn_logs_free(&self->rows[i].logs);
    self->count = 0;
    cn_logs_clear(&self->names);
    return true;
}

static bool on_train_begin(history *self, cn_logs *logs)
{
    (void)logs;
    return forget(self);
}

static bool on_epoch_end(history *self, int64_t epoch, cn_logs *logs)
{
    if (!cn_mem_reserve(&self->rows, &self->capacity, self->count + 1, sizeof *self->rows))
        return false;
    cn_history_row *row = &self->rows[self->count++];
    *row = (cn_history_row){.epoch = epoch};
    return cn_logs_copy_as_set(&row->logs, logs) && cn_logs_copy(&self->names, &row->logs, "");
}

static bool row_state(cn_history_row *row, cn_state *values, size_t i, bool *there)
{
    char name[32];
    cn_state inside;
    snprintf(name, sizeof name, "%zu", i);
    if (!cn_state_group(values, name, &inside, there))
        return false;
    return !*there || (cn_state_int(&inside, "epoch", &row->epoch) &&
                       cn_state_logs(&inside, "logs", &row->logs));
}

/* The epochs so far. */
static bool state(history *self, cn_state *values)
{
    bool there = true, ok = true;
    for (size_t i = 0; values->writing && ok && i < self->count; i++)
        ok = row_state(&self->rows[i], values, i, &there);
    for (size_t i = 0; !values->writing && ok && there; i++) {
        cn_history_row row = {.epoch = (int64_t)i};
        ok = row_state(&row, values, i, &there) &&
             (!there || on_epoch_end(self, row.epoch, &row.logs));
        cn_logs_free(&row.logs);
    }
    return ok;
}

static void destroy(history *self)
{
    forget(self);
    cn_mem_free(self->rows);
    cn_logs_free(&self->names);
}

CN_CALLBACK_CLASS(history, "History", .destroy = destroy, .on_train_begin = on_train_begin,
                  .on_epoch_end = on_epoch_end, .state = state)

cn_history *cn_history_new(void)
{
    return cn_instance_new(&cn_history_class, NULL);
}

/* ---- looking ---- */

size_t cn_history_epochs(const cn_history *self)
{
    return self ? self->count : 0;
}

size_t cn_history_count(const cn_history *self)
{
    return self ? cn_logs_count(&self->names) : 0;
}

cn_str cn_history_name(const cn_history *self, size_t i)
{
    return self ? cn_logs_name(&self->names, i) : NULL;
}

double cn_history_get(const cn_history *self, cn_str name, int row)
{
    int64_t count = (int64_t)cn_history_epochs(self), at = row < 0 ? row + count : row;
    return at >= 0 && at < count ? cn_logs_get(&self->rows[at].logs, name) : NAN;
}

double cn_history_min(const cn_history *self, cn_str name)
{
    double least = NAN;
    for (size_t i = 0; i < cn_history_epochs(self); i++)
        least = fmin(least, cn_logs_get(&self->rows[i].logs, name)); /* passes over NaN */
    return least;
}

double cn_history_max(const cn_history *self, cn_str name)
{
    double most = NAN;
    for (size_t i = 0; i < cn_history_epochs(self); i++)
        most = fmax(most, cn_logs_get(&self->rows[i].logs, name));
    return most;
}
