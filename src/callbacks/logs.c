/* Names with values, in the order of their first setting. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/callback.h"
#include "ops/ops.h"

static cn_log *find(const cn_logs *logs, cn_str name)
{
    for (size_t i = 0; logs && name && i < logs->count; i++)
        if (!strcmp(logs->items[i].name, name))
            return &logs->items[i];
    return NULL;
}

/* A new one at the end, or one that was cleared away: its memory is used again. */
static cn_log *append(cn_logs *logs, cn_str name)
{
    size_t length = strlen(name), before = logs->capacity;
    if (length >= sizeof logs->items->name)
        return cn_fail_null(CN_EINVAL, "logs: expected a name of at most %zu bytes, found '%s'",
                            sizeof logs->items->name - 1, name);
    if (!cn_mem_reserve(&logs->items, &logs->capacity, logs->count + 1, sizeof *logs->items))
        return NULL;
    if (logs->capacity > before)
        memset(logs->items + before, 0, (logs->capacity - before) * sizeof *logs->items);
    cn_log *log = &logs->items[logs->count];
    log->set_as = logs->count++;
    memcpy(log->name, name, length + 1);
    return log;
}

static void drop_tensor(cn_log *log)
{
    cn_release(log->tensor);
    log->tensor = NULL;
}

static bool keep_values(cn_log *log, const double *values, size_t width)
{
    if (width > log->room) {
        double *grown = cn_mem_realloc(log->values, width, sizeof *grown);
        if (!grown)
            return false;
        log->values = grown;
        log->room = width;
    }
    memcpy(log->values, values, width * sizeof *values);
    return true;
}

static bool take_values(cn_log *log, const double *values, size_t width)
{
    if (width > 1 && !keep_values(log, values, width))
        return false;
    log->value = values[0];
    log->width = width;
    drop_tensor(log);
    return true;
}

/* Computes what is still a tensor; NaN where that fails. */
static const cn_log *settled(cn_log *log)
{
    if (!log || !log->tensor)
        return log;
    CN_SCOPE {
        cn_tensor *values = cn_cast(log->tensor, CN_FLOAT64);
        const double *data = values ? cn_data(values) : NULL;
        size_t width = data ? (size_t)cn_size(values) : 0;
        if (!width || !take_values(log, data, width))
            take_values(log, &(double){NAN}, 1);
    }
    return log;
}

bool cn_logs_set_many(cn_logs *logs, cn_str name, const double *values, size_t width)
{
    if (!logs || !name || !width)
        return cn_fail(CN_EINVAL, "logs: expected a name and a value");
    cn_log *log = find(logs, name);
    if (!log)
        log = append(logs, name);
    return log && take_values(log, values, width);
}

bool cn_logs_set(cn_logs *logs, cn_str name, double value)
{
    return cn_logs_set_many(logs, name, &value, 1);
}

bool cn_logs_set_tensor(cn_logs *logs, cn_str name, cn_tensor *value)
{
    if (!value || !cn_logs_set(logs, name, NAN))
        return false;
    find(logs, name)->tensor = cn_retain(value);
    return true;
}

double cn_logs_at(const cn_logs *logs, cn_str name, size_t k)
{
    const cn_log *log = settled(find(logs, name));
    if (!log || k >= log->width)
        return NAN;
    return log->width > 1 ? log->values[k] : log->value;
}

double cn_logs_get(const cn_logs *logs, cn_str name)
{
    return cn_logs_at(logs, name, 0);
}

size_t cn_logs_width(const cn_logs *logs, cn_str name)
{
    const cn_log *log = settled(find(logs, name));
    return log ? log->width : 0;
}

size_t cn_logs_count(const cn_logs *logs)
{
    return logs ? logs->count : 0;
}

cn_str cn_logs_name(const cn_logs *logs, size_t i)
{
    return i < cn_logs_count(logs) ? logs->items[i].name : NULL;
}

double cn_logs_value(const cn_logs *logs, size_t i)
{
    return i < cn_logs_count(logs) ? settled(&logs->items[i])->value : NAN;
}

void cn_logs_clear(cn_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        drop_tensor(&logs->items[i]);
    logs->count = 0;
}

void cn_logs_free(cn_logs *logs)
{
    cn_logs_clear(logs);
    for (size_t i = 0; i < logs->capacity; i++)
        cn_mem_free(logs->items[i].values);
    cn_mem_free(logs->items);
    *logs = (cn_logs){0};
}

static bool copy_one(cn_logs *to, cn_log *from, const char *prefix)
{
    const cn_log *log = settled(from);
    char name[2 * sizeof log->name];
    snprintf(name, sizeof name, "%s%s", prefix, log->name);
    return cn_logs_set_many(to, name, log->width > 1 ? log->values : &log->value, log->width);
}

bool cn_logs_copy(cn_logs *to, const cn_logs *from, const char *prefix)
{
    bool ok = true;
    for (size_t i = 0; ok && i < cn_logs_count(from); i++)
        ok = copy_one(to, &from->items[i], prefix);
    return ok;
}

bool cn_logs_copy_as_set(cn_logs *to, const cn_logs *from)
{
    bool ok = true;
    size_t n = cn_logs_count(from);
    for (size_t i = 0; ok && i < n * n; i++) /* the few names of an epoch */
        if (from->items[i % n].set_as == i / n)
            ok = copy_one(to, &from->items[i % n], "");
    return ok;
}

const char *cn_logs_names(const cn_logs *logs, const char *between, char *text, size_t size)
{
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 0; i < cn_logs_count(logs); i++) {
        int length = snprintf(text + n, size - n, "%s%s", i ? between : "", logs->items[i].name);
        if (length < 0 || (size_t)length >= size - n)
            break;
        n += (size_t)length;
    }
    return text;
}

/* ---- logs that belong to a scope ---- */

typedef struct owned_logs {
    cn_object object;
    cn_logs logs;
} owned_logs;

static void destroy_logs(void *self)
{
    cn_logs_free(&((owned_logs *)self)->logs);
}

static const cn_kind logs_kind = {"logs", destroy_logs};

cn_logs *cn_logs_new(void)
{
    owned_logs *owned = cn_object_new(&logs_kind, sizeof *owned);
    return owned ? &owned->logs : NULL;
}

cn_logs *cn_logs_make(const cn_named *values, size_t count)
{
    cn_logs *logs = cn_logs_new();
    for (size_t i = 0; logs && i < count; i++)
        if (!cn_logs_set_tensor(logs, values[i].name, values[i].value))
            return NULL;
    return logs;
}
