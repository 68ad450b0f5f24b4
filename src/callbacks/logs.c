/* Names with values, in the order of their first setting. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/callback.h"

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
    cn_log *log = &logs->items[logs->count++];
    memcpy(log->name, name, length + 1);
    return log;
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

bool cn_logs_set_many(cn_logs *logs, cn_str name, const double *values, size_t width)
{
    if (!logs || !name || !width)
        return cn_fail(CN_EINVAL, "logs: expected a name and a value");
    cn_log *log = find(logs, name);
    if (!log)
        log = append(logs, name);
    if (!log || (width > 1 && !keep_values(log, values, width)))
        return false;
    log->value = values[0];
    log->width = width;
    return true;
}

bool cn_logs_set(cn_logs *logs, cn_str name, double value)
{
    return cn_logs_set_many(logs, name, &value, 1);
}

double cn_logs_at(const cn_logs *logs, cn_str name, size_t k)
{
    const cn_log *log = find(logs, name);
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
    const cn_log *log = find(logs, name);
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
    return i < cn_logs_count(logs) ? logs->items[i].value : NAN;
}

void cn_logs_clear(cn_logs *logs)
{
    logs->count = 0;
}

void cn_logs_free(cn_logs *logs)
{
    for (size_t i = 0; i < logs->capacity; i++)
        cn_mem_free(logs->items[i].values);
    cn_mem_free(logs->items);
    *logs = (cn_logs){0};
}

bool cn_logs_copy(cn_logs *to, const cn_logs *from, const char *prefix)
{
    for (size_t i = 0; i < cn_logs_count(from); i++) {
        const cn_log *log = &from->items[i];
        char name[2 * sizeof log->name];
        snprintf(name, sizeof name, "%s%s", prefix, log->name);
        if (!cn_logs_set_many(to, name, log->width > 1 ? log->values : &log->value, log->width))
            return false;
    }
    return true;
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
