/* x * scale + offset, as the layer's dtype; both may be lists, one number for each channel.
 * keras.layers.Rescaling */
#include <string.h>

#include "base/alloc.h"
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(rescaling, CN_RESCALING, )

/* A list, also as Keras writes NumPy's arrays. */
static const cn_json *list_of(const cn_json *value)
{
    if (cn_json_is(value, CN_JSON_OBJECT))
        value = cn_json_get(cn_json_get(value, "config"), "value");
    return cn_json_is(value, CN_JSON_LIST) ? value : NULL;
}

/* Files have lists under the plain names. */
static bool move_list(cn_json *config, const char *name, const char *lists)
{
    const cn_json *list = list_of(cn_json_get(config, name));
    if (!list)
        return true;
    cn_json *copy = cn_json_copy(list);
    return copy && cn_json_set(config, lists, copy) && cn_json_set(config, name, cn_json_float(0));
}

static bool read_config(cn_json *config)
{
    return move_list(config, "scale", "scales") && move_list(config, "offset", "offsets");
}

static bool move_back(cn_json *config, const char *name, const char *lists)
{
    cn_json *list = cn_json_remove(config, lists);
    if (cn_json_is(list, CN_JSON_LIST))
        return cn_json_set(config, name, list);
    cn_json_free(list);
    return true;
}

static bool write_config(const rescaling *self, cn_json *config)
{
    (void)self;
    return move_back(config, "scale", "scales") && move_back(config, "offset", "offsets");
}

/* The numbers of "[2, 0.5, 1]" as a tensor (n,). */
static cn_tensor *numbers(const char *text, cn_dtype dtype)
{
    cn_json *list = cn_json_parse(text, strlen(text));
    size_t n = list ? list->count : 0;
    double *values = cn_mem_calloc(n ? n : 1, sizeof *values);
    bool ok = list && values;
    for (size_t i = 0; ok && i < n; i++) {
        ok = cn_json_is_number(list->items[i]);
        values[i] = cn_json_as_double(list->items[i], 0);
    }
    if (!ok || !n)
        cn_fail(CN_EINVAL, "expected a list of numbers, found %s", text);
    cn_tensor *tensor = ok && n ? cn_array(values, CN_FLOAT64, cn_shape((int64_t)n)) : NULL;
    cn_mem_free(values);
    cn_json_free(list);
    return cn_cast(tensor, dtype);
}

static cn_tensor *call(rescaling *self, const cn_inputs *in)
{
    cn_dtype dtype = cn_layer_dtype(self);
    cn_tensor *x = cn_cast(in->x[0], dtype);
    x = self->scales ? cn_mul(x, numbers(self->scales, dtype)) : cn_mul(x, self->scale);
    return self->offsets ? cn_add(x, numbers(self->offsets, dtype)) : cn_add(x, self->offset);
}

CN_BUILTIN_LAYER(rescaling, "Rescaling", NULL, .write_config = write_config,
                 .read_config = read_config, .call = call, .one_input = true)
