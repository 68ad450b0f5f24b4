/* Elementwise merges: shapes broadcast after the batch.
 * keras.layers.Add, Subtract, Multiply, Average, Maximum, Minimum */
#include "layers/merging/merge.h"

#include <stdio.h>
#include <string.h>

CN_LAYER_STRUCT(merge, CN_NO_PARAMS, )

const char *cn_shapes_text(size_t count, const cn_shape *shapes)
{
    static _Thread_local char text[512];
    size_t used = (size_t)snprintf(text, sizeof text, "[");
    for (size_t i = 0; i < count && used < sizeof text - 2; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
                                 cn_shape_text(shapes[i]));
    if (used > sizeof text - 2)
        used = sizeof text - 2;
    strcpy(text + used, "]");
    return text;
}

static int largest_rank(size_t count, const cn_shape *shapes)
{
    int rank = 0;
    for (size_t i = 0; i < count; i++)
        rank = shapes[i].rank > rank ? shapes[i].rank : rank;
    return rank;
}

/* Axes of size 1 come after the batch. */
static cn_shape expanded(cn_shape shape, int rank)
{
    while (shape.rank && shape.rank < rank)
        shape = cn_shape_insert(shape, 1, 1);
    return shape;
}

static bool incompatible(const cn_shapes *in)
{
    return cn_fail(CN_EINVAL, "inputs have incompatible shapes. Received shapes %s",
                   cn_shapes_text(in->count, in->shape));
}

static bool build(merge *self, const cn_shapes *in)
{
    (void)self;
    int rank = largest_rank(in->count, in->shape);
    for (int axis = 0; axis < rank; axis++) {
        int64_t size = 1;
        for (size_t i = 0; i < in->count; i++) {
            cn_shape shape = expanded(in->shape[i], rank);
            int64_t dim = shape.rank == rank ? shape.dim[axis] : 1;
            if (axis == 0 && size != 1 && dim >= 0 && dim != size)
                return cn_fail(CN_EINVAL,
                               "cannot merge tensors with different batch sizes. Received tensors "
                               "with shapes %s",
                               cn_shapes_text(in->count, in->shape));
            if (dim > 1 || dim == 0) {
                if (size != 1 && size != dim)
                    return incompatible(in);
                size = dim;
            }
        }
    }
    return true;
}

static bool expect_two(size_t count)
{
    return count == 2 ||
           cn_fail(CN_EINVAL, "expected exactly 2 inputs. Received %zu inputs", count);
}

static bool build_two(merge *self, const cn_shapes *in)
{
    return expect_two(in->count) && build(self, in);
}

/* The i-th input with the rank of the largest. */
static cn_tensor *input(const cn_inputs *in, size_t i)
{
    int rank = 0;
    for (size_t k = 0; k < in->count; k++)
        rank = in->x[k]->shape.rank > rank ? in->x[k]->shape.rank : rank;
    cn_tensor *x = in->x[i];
    while (x && x->shape.rank && x->shape.rank < rank)
        x = cn_expand_dims(x, 1);
    return x;
}

/* The i-th mask so that it broadcasts to its input; or NULL. */
static cn_tensor *mask_over(const cn_inputs *in, size_t i)
{
    return in->masks[i] ? cn_cast(cn_expand_dims(in->masks[i], -1), CN_BOOL) : NULL;
}

/* True where one of the masks is; NULL where an input has none. */
static cn_tensor *either_mask(merge *self, const cn_inputs *in)
{
    (void)self;
    cn_tensor *mask = in->masks[0];
    for (size_t i = 1; i < in->count && mask; i++)
        mask = in->masks[i] ? cn_logical_or(mask, in->masks[i]) : NULL;
    return mask;
}

static cn_tensor *call_add(merge *self, const cn_inputs *in)
{
    (void)self;
    cn_tensor *y = input(in, 0);
    for (size_t i = 1; i < in->count; i++)
        y = cn_add(y, input(in, i));
    return y;
}

static cn_tensor *call_subtract(merge *self, const cn_inputs *in)
{
    (void)self;
    return expect_two(in->count) ? cn_sub(input(in, 0), input(in, 1)) : NULL;
}

static cn_tensor *call_average(merge *self, const cn_inputs *in)
{
    return cn_div(call_add(self, in), (double)in->count);
}

/* Factors outside their masks count as 1; what no mask leaves is 0. */
static cn_tensor *call_multiply(merge *self, const cn_inputs *in)
{
    (void)self;
    cn_tensor *y = NULL, *either = NULL;
    bool all = true;
    for (size_t i = 0; i < in->count; i++) {
        cn_tensor *x = input(in, i), *mask = mask_over(in, i);
        if (mask)
            x = cn_select(mask, x, 1);
        all &= mask != NULL;
        if (mask)
            either = either ? cn_logical_or(either, mask) : mask;
        y = i ? cn_mul(y, x) : x;
    }
    return all && either ? cn_select(either, y, 0) : y;
}

/* Of two where both masks leave a place, else the one that is left. */
static cn_tensor *extreme(const cn_inputs *in, cn_tensor *(*choose)(cn_tensor *, cn_tensor *))
{
    cn_tensor *y = input(in, 0), *kept = mask_over(in, 0);
    for (size_t i = 1; i < in->count; i++) {
        cn_tensor *x = input(in, i), *mask = mask_over(in, i);
        if (mask)
            x = cn_select(mask, x, y);
        if (kept)
            y = cn_select(kept, y, x);
        kept = kept && mask ? cn_logical_or(kept, mask) : NULL;
        y = choose(y, x);
    }
    return y;
}

static cn_tensor *call_maximum(merge *self, const cn_inputs *in)
{
    (void)self;
    return extreme(in, cn_maximum_);
}

static cn_tensor *call_minimum(merge *self, const cn_inputs *in)
{
    (void)self;
    return extreme(in, cn_minimum_);
}

#define MERGE(id, name, build_, call_)                                         \
    CN_BUILTIN_LAYER_OF(merge, id, name, NULL, .build = build_, .call = call_, \
                        .compute_mask = either_mask)
MERGE(add_layer, "Add", build, call_add)
MERGE(subtract_layer, "Subtract", build_two, call_subtract)
MERGE(multiply_layer, "Multiply", build, call_multiply)
MERGE(average_layer, "Average", build, call_average)
MERGE(maximum_layer, "Maximum", build, call_maximum)
MERGE(minimum_layer, "Minimum", build, call_minimum)
