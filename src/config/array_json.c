#include "config/array_json.h"

#include <string.h>

#include "base/alloc.h"
#include "cornu/class.h"
#include "ops/ops.h"

/* ---- reading ---- */

/* A nested list of numbers as one array; all lists of one depth have one length. */
typedef struct array_reader {
    double *values;
    size_t count, capacity;
    cn_shape shape;
    bool floats, bools, ints;
} array_reader;

static bool read_array(array_reader *r, const cn_json *value, int depth)
{
    if (!cn_json_is(value, CN_JSON_LIST)) {
        r->floats |= cn_json_is(value, CN_JSON_FLOAT);
        r->ints |= cn_json_is(value, CN_JSON_INT);
        r->bools |= cn_json_is(value, CN_JSON_BOOL);
        if (depth != r->shape.rank ||
            !(cn_json_is_number(value) || cn_json_is(value, CN_JSON_BOOL)))
            return cn_fail(CN_EFORMAT, "an array: expected numbers in lists of equal lengths");
        if (!cn_mem_reserve(&r->values, &r->capacity, r->count + 1, sizeof *r->values))
            return false;
        r->values[r->count++] = cn_json_is(value, CN_JSON_BOOL) ? cn_json_as_bool(value, false)
                                                                : cn_json_as_double(value, 0);
        return true;
    }
    if (depth == CN_MAX_RANK || depth >= r->shape.rank ||
        r->shape.dim[depth] != (int64_t)value->count)
        return cn_fail(CN_EFORMAT, "an array: expected lists of equal lengths, at most %d deep",
                       CN_MAX_RANK);
    for (size_t i = 0; i < value->count; i++)
        if (!read_array(r, value->items[i], depth + 1))
            return false;
    return true;
}

/* The array of nested lists; without a dtype it is that of the numbers: bool, int32 or float32. */
static cn_tensor *array_of(const cn_json *list, cn_dtype dtype)
{
    array_reader r = {0};
    for (const cn_json *at = list; cn_json_is(at, CN_JSON_LIST) && r.shape.rank < CN_MAX_RANK;
         at = cn_json_at(at, 0))
        r.shape.dim[r.shape.rank++] = (int64_t)at->count;
    bool ok = read_array(&r, list, 0);
    if (!dtype)
        dtype = r.floats || !r.count ? CN_FLOAT32 : r.ints ? CN_INT32 : CN_BOOL;
    cn_tensor *y =
        ok ? cn_cast(cn_array(r.values ? r.values : &(double){0}, CN_FLOAT64, r.shape), dtype)
           : NULL;
    cn_mem_free(r.values);
    return y;
}

/* {"class_name": "__numpy__" or "__tensor__", "config": {"value", "dtype"}} */
static cn_tensor *constant_of(const cn_json *config)
{
    const cn_json *value = cn_json_get(config, "value");
    const char *name = cn_json_as_string(cn_json_get(config, "dtype"), "float32");
    cn_dtype dtype = cn_dtype_of_name(name);
    return value && dtype ? array_of(value, dtype)
                          : cn_fail_null(CN_EFORMAT, "a constant without value or dtype");
}

cn_tensor *cn_array_of_json(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_OBJECT) ? constant_of(cn_json_get(value, "config"))
                                             : array_of(value, CN_NO_DTYPE);
}

/* ---- writing ---- */

static cn_json *element(const void *data, cn_dtype dtype, size_t i)
{
    if (dtype == CN_FLOAT32)
        return cn_json_float((double)((const float *)data)[i]);
    if (dtype == CN_FLOAT64)
        return cn_json_float(((const double *)data)[i]);
    if (dtype == CN_BOOL)
        return cn_json_bool(((const bool *)data)[i]);
    return dtype == CN_INT64 ? cn_json_int(((const int64_t *)data)[i])
                             : cn_json_int(((const int32_t *)data)[i]);
}

static cn_json *nested(const void *data, const cn_tensor *tensor, int axis, size_t *next)
{
    if (axis == tensor->shape.rank)
        return element(data, tensor->dtype, (*next)++);
    cn_json *list = cn_json_list();
    for (int64_t i = 0; list && i < tensor->shape.dim[axis]; i++)
        if (!cn_json_add(list, nested(data, tensor, axis + 1, next)))
            return NULL;
    return list;
}

cn_json *cn_array_json(cn_tensor *tensor)
{
    cn_dtype dtype = tensor->dtype;
    size_t next = 0;
    bool plain = dtype == CN_FLOAT32 || dtype == CN_FLOAT64 || dtype == CN_BOOL ||
                 dtype == CN_INT32 || dtype == CN_INT64;
    if (!plain)
        tensor = cn_cast(tensor, cn_dtype_is_float(dtype) ? CN_FLOAT32 : CN_INT64);
    const void *data = tensor ? cn_data(tensor) : NULL;
    cn_json *value = data ? nested(data, tensor, 0, &next) : NULL;
    if (!value || !tensor->shape.rank)
        return value;
    cn_json *json = cn_json_object(), *config = cn_json_object();
    bool ok = cn_json_set(json, "class_name", cn_json_string("__numpy__"));
    ok = cn_json_set(config, "value", value) && ok;
    ok = cn_json_set(config, "dtype", cn_json_string(cn_dtype_name(dtype))) && ok;
    return cn_json_set(json, "config", config) && ok ? json : NULL;
}

cn_str cn_array_text(cn_tensor *values)
{
    cn_json *json = values ? cn_array_json(values) : NULL;
    char *text = json ? cn_json_text(json, 0) : NULL;
    cn_buffer *kept = text ? cn_buffer_new(strlen(text) + 1) : NULL;
    if (kept)
        strcpy(kept->data, text);
    cn_json_free(json);
    cn_mem_free(text);
    return kept ? kept->data : NULL;
}
