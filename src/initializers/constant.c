/* zeros, ones, constant. keras.initializers.Zeros, Ones, Constant */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/shape.h"
#include "initializers/initializer.h"
#include "ops/ops.h"

#define ZEROS(P)
CN_THING(zeros, cn_instance, ZEROS, )
#define ONES(P)
CN_THING(ones, cn_instance, ONES, )

static cn_tensor *call_zeros(zeros *self, cn_shape shape, cn_dtype dtype)
{
    (void)self;
    return cn_zeros(shape, dtype);
}

static cn_tensor *call_ones(ones *self, cn_shape shape, cn_dtype dtype)
{
    (void)self;
    return cn_ones(shape, dtype);
}

CN_INITIALIZER(zeros, "Zeros", "zero", .call = call_zeros)
CN_INITIALIZER(ones, "Ones", "one", .call = call_ones)

/* ---- constant ---- */

/* Kept as JSON: a number, nested lists, or the array that Keras writes: {"class_name":
 * "__numpy__", "config": {"value": [[…]], …}}. */
#define CONSTANT(P) P(cn_str, value, "0.0", "the value: a number or nested lists")
CN_THING(constant, cn_instance, CONSTANT, cn_json *given;)

static bool init(constant *self)
{
    const char *text = self->value ? self->value : "0.0";
    self->given = cn_json_parse(text, strlen(text));
    return self->given != NULL;
}

static void destroy(constant *self)
{
    cn_json_free(self->given);
}

static bool write(const constant *self, cn_json *config)
{
    return cn_json_set(config, "value", cn_json_copy(self->given));
}

/* The shape of nested lists; rank -1 where they are no array. */
static cn_shape shape_of(const cn_json *value)
{
    cn_shape shape = {0};
    for (; cn_json_is(value, CN_JSON_LIST); value = value->items[0]) {
        if (shape.rank == CN_MAX_RANK)
            return (cn_shape){.rank = -1};
        shape.dim[shape.rank++] = (int64_t)value->count;
        if (!value->count)
            return shape;
    }
    return shape;
}

/* Writes the numbers of lists of that shape; false where they have another. */
static bool flatten(const cn_json *value, const cn_shape *shape, int axis, double **to)
{
    if (axis == shape->rank) {
        if (cn_json_is(value, CN_JSON_BOOL))
            *(*to)++ = value->boolean;
        else
            *(*to)++ = cn_json_as_double(value, 0);
        return cn_json_is(value, CN_JSON_BOOL) || cn_json_is_number(value);
    }
    if (!cn_json_is(value, CN_JSON_LIST) || (int64_t)value->count != shape->dim[axis])
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (!flatten(value->items[i], shape, axis + 1, to))
            return false;
    return true;
}

static cn_tensor *array_of(const cn_json *value)
{
    cn_shape shape = shape_of(value);
    double *numbers = shape.rank < 0 ? NULL : cn_mem_calloc((size_t)cn_shape_size(shape), 8);
    double *end = numbers;
    cn_tensor *array = NULL;
    if (numbers && flatten(value, &shape, 0, &end))
        array = cn_array(numbers, CN_FLOAT64, shape);
    cn_mem_free(numbers);
    return array ? array
                 : cn_fail_null(CN_EINVAL, "Constant: expected a number or lists of numbers of one "
                                           "length for 'value'");
}

static cn_tensor *call(constant *self, cn_shape shape, cn_dtype dtype)
{
    const cn_json *value = self->given, *inside = cn_json_get(value, "config");
    if (cn_json_get(inside, "value"))
        value = cn_json_get(inside, "value");
    if (cn_json_is_number(value))
        return cn_full(shape, cn_json_as_double(value, 0), dtype);
    return cn_broadcast_to(cn_cast(array_of(value), dtype), shape);
}

CN_INITIALIZER(constant, "Constant", NULL, .init = init, .destroy = destroy, .call = call,
               .write_config = write)
