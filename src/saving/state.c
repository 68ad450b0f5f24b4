#include "saving/state.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/callback.h"

/* The attribute of that name; NULL where the file has none: the value stays what it is. */
static const cn_h5_value *saved(const cn_state *state, cn_str name)
{
    return cn_h5_attribute_find(state->group, name);
}

static bool damaged(cn_str name, const char *expected)
{
    return cn_fail(CN_EFORMAT, "the state of the training: expected %s for '%s'", expected, name);
}

bool cn_state_int(cn_state *state, cn_str name, int64_t *value)
{
    if (!state || !name || !value)
        return false;
    if (state->writing)
        return cn_h5_set_int(state->group, name, *value);
    const cn_h5_value *found = saved(state, name);
    return !found || cn_h5_int(found, value) || damaged(name, "a whole number");
}

bool cn_state_word(cn_state *state, cn_str name, uint64_t *value)
{
    int64_t number = (int64_t)*value;
    bool ok = cn_state_int(state, name, &number);
    *value = (uint64_t)number;
    return ok;
}

bool cn_state_bool(cn_state *state, cn_str name, bool *value)
{
    if (!value)
        return false;
    int64_t number = *value;
    bool ok = cn_state_int(state, name, &number);
    *value = number != 0;
    return ok;
}

bool cn_state_float(cn_state *state, cn_str name, double *value)
{
    if (!state || !name || !value)
        return false;
    if (state->writing)
        return cn_h5_set_double(state->group, name, *value);
    const cn_h5_value *found = saved(state, name);
    return !found || cn_h5_double(found, value) || damaged(name, "a number");
}

bool cn_state_text(cn_state *state, cn_str name, char **text)
{
    if (state->writing)
        return !*text || cn_h5_set_text(state->group, name, *text);
    const cn_h5_value *found = saved(state, name);
    char *copy = found ? cn_h5_text(found) : NULL;
    if (found && !copy)
        return damaged(name, "a text");
    cn_mem_free(*text);
    *text = copy;
    return true;
}

/* ---- bytes ---- */

static bool write_bytes(cn_state *state, cn_str name, const void *bytes, size_t size)
{
    return cn_h5_add_dataset(state->group, name, CN_H5_UINT8, 1, &size, bytes) != NULL;
}

/* The data set of that name, whole. */
static const cn_h5_value *saved_bytes(const cn_state *state, cn_str name)
{
    const cn_h5_node *node = cn_h5_find(state->group, name);
    return node && !node->is_group && node->value.kind == CN_H5_UINT8 ? &node->value : NULL;
}

bool cn_state_bytes(cn_state *state, cn_str name, void *bytes, size_t size)
{
    if (!state || !name || !bytes)
        return false;
    if (state->writing)
        return write_bytes(state, name, bytes, size);
    const cn_h5_value *found = saved_bytes(state, name);
    if (found && found->count != size)
        return damaged(name, "as many bytes as there are");
    return !found || cn_h5_copy(found, bytes);
}

bool cn_state_blob(cn_state *state, cn_str name, char **bytes, size_t *size)
{
    if (state->writing)
        return !*bytes || write_bytes(state, name, *bytes, *size);
    const cn_h5_value *found = saved_bytes(state, name);
    char *copy = found ? cn_mem_alloc(found->count ? found->count : 1) : NULL;
    if (found && (!copy || !cn_h5_copy(found, copy))) {
        cn_mem_free(copy);
        return false;
    }
    cn_mem_free(*bytes);
    *bytes = copy;
    *size = found ? found->count : 0;
    return true;
}

/* ---- logs ---- */

static bool write_logs(const cn_state *inside, const cn_logs *logs)
{
    bool ok = true;
    for (size_t i = 0; ok && i < logs->count; i++) {
        const cn_log *log = &logs->items[i];
        ok = cn_h5_set_numbers(inside->group, log->name, CN_H5_FLOAT64, 1, &log->width,
                               log->values ? log->values : &log->value);
    }
    return ok;
}

static bool read_log(cn_logs *logs, const cn_h5_attribute *attribute)
{
    const cn_h5_value *value = &attribute->value;
    if (value->kind != CN_H5_FLOAT64 || !value->count)
        return damaged(attribute->name, "numbers");
    double *values = cn_mem_calloc(value->count, sizeof *values);
    bool ok = values && cn_h5_copy(value, values) &&
              cn_logs_set_many(logs, attribute->name, values, value->count);
    cn_mem_free(values);
    return ok;
}

bool cn_state_logs(cn_state *state, cn_str name, cn_logs *logs)
{
    cn_state inside;
    bool there;
    if (!cn_state_group(state, name, &inside, &there))
        return false;
    if (state->writing)
        return write_logs(&inside, logs);
    cn_logs_clear(logs);
    bool ok = true;
    for (size_t i = 0; ok && there && i < inside.group->attribute_count; i++)
        ok = read_log(logs, &inside.group->attributes[i]);
    return ok;
}

bool cn_state_group(cn_state *state, cn_str path, cn_state *inside, bool *there)
{
    cn_h5_node *group =
        state->writing ? cn_h5_add_group(state->group, path) : cn_h5_find(state->group, path);
    *there = group && group->is_group;
    *inside = (cn_state){group, state->writing};
    return *there || !state->writing;
}
