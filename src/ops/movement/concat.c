/* Tensors joined. keras.ops.concatenate, stack */
#include "ops/ops.h"

#include <string.h>

#include "base/alloc.h"
#include "ops/movement/slice.h"
#include "ops/movement/strided_copy.h"

typedef struct concat_attrs {
    int64_t axis;
} concat_attrs;

static bool concat_infer(const cn_tensor *node, cn_results *results)
{
    int64_t axis = CN_ATTRS(concat_attrs, node)->axis;
    cn_shape shape = node->inputs[0]->shape;
    for (int i = 1; i < node->n_inputs; i++) {
        cn_shape next = node->inputs[i]->shape, same = next;
        if (next.rank == shape.rank)
            same.dim[axis] = shape.dim[axis];
        if (!cn_shape_matches(shape, same))
            return cn_fail(CN_EINVAL,
                           "cn_concat: expected shapes that agree but for axis %lld, found %s and "
                           "%s (tensor %d)",
                           (long long)axis, cn_shape_text(node->inputs[0]->shape),
                           cn_shape_text(next), i);
        for (int k = 0; k < shape.rank; k++)
            if (k == axis)
                shape.dim[k] =
                    shape.dim[k] < 0 || next.dim[k] < 0 ? CN_ANY : shape.dim[k] + next.dim[k];
            else if (shape.dim[k] == CN_ANY)
                shape.dim[k] = next.dim[k];
    }
    results->shape[0] = shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

/* The sum of the sizes of inputs [begin, end) along the axis; CN_ANY when one is unknown. */
static int64_t length(const cn_tensor *node, int64_t axis, int begin, int end)
{
    int64_t sum = 0;
    for (int i = begin; i < end && sum >= 0; i++) {
        int64_t dim = node->inputs[i]->shape.dim[axis];
        sum = dim < 0 ? CN_ANY : sum + dim;
    }
    return sum;
}

/* Places before which a size is unknown are counted from the end. */
static bool concat_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    int axis = (int)CN_ATTRS(concat_attrs, node)->axis;
    int64_t start = 0;
    for (int i = 0; i < node->n_inputs; i++) {
        int64_t dim = node->inputs[i]->shape.dim[axis],
                stop = start >= 0 && dim >= 0 ? start + dim : CN_ANY;
        int64_t after = length(node, axis, i + 1, node->n_inputs);
        if ((start < 0 && (after < 0 || dim < 0)) || (stop < 0 && after < 0))
            return cn_fail(CN_EUNSUPPORTED,
                           "not supported: the gradient of cn_concat while two sizes along axis %d "
                           "are unknown",
                           axis);
        int64_t from = start >= 0 ? start : -(after + dim);
        int64_t to = stop >= 0 ? stop : after ? -after : CN_UNSET;
        if (start < 0 && dim == 0)
            from = to = 0;
        dx[i] = cn_slice_axis(dy[0], axis, from, to, 1);
        if (!dx[i])
            return false;
        start = stop;
    }
    return true;
}

static bool concat_run(const cn_kernel_args *args)
{
    const cn_view *y = &args->out[0];
    int axis = (int)((const concat_attrs *)args->attrs)->axis;
    size_t size = cn_dtype_size(y->dtype);
    int64_t inner = 1, outer = 1, offset = 0;
    for (int i = 0; i < y->rank; i++)
        *(i < axis ? &outer : &inner) *= y->dim[i];
    for (int i = 0; i < args->n_in && y->size; i++) {
        const cn_view *x = &args->in[i];
        int64_t row = x->size / outer;
        cn_strided copy = {2, {outer, row}, {row, 1}, {inner, 1}};
        cn_strided_copy(x->data, (char *)y->data + offset * (int64_t)size, &copy, size);
        offset += row;
    }
    return true;
}

const cn_op cn_op_concat = {.name = "concat",
                            .attrs = sizeof(concat_attrs),
                            .infer = concat_infer,
                            .vjp = concat_vjp,
                            .run = concat_run};

/* All in the dtype that they promote to. */
static cn_tensor *join(const cn_list *tensors, int axis)
{
    cn_tensor *widest = tensors->items[0];
    for (size_t i = 1; i < tensors->count; i++) {
        cn_tensor *next = tensors->items[i];
        if (cn_promote(widest, next) != widest->dtype || (widest->weak && !next->weak))
            widest = cn_cast(next, cn_promote(widest, next));
        if (!widest)
            return NULL;
    }
    cn_tensor **inputs = cn_mem_calloc(tensors->count, sizeof *inputs);
    for (size_t i = 0; inputs && i < tensors->count; i++)
        inputs[i] = cn_cast(tensors->items[i], widest->dtype);
    cn_tensor *y =
        inputs ? cn_apply(&cn_op_concat, inputs, (int)tensors->count, &(concat_attrs){axis}) : NULL;
    cn_mem_free(inputs);
    return y;
}

cn_tensor *cn_concat(const cn_list *tensors, int64_t axis)
{
    if (!tensors)
        return NULL;
    if (!tensors->count)
        return cn_fail_null(CN_EINVAL, "cn_concat: expected at least one tensor, found none");
    int at, rank = cn_rank(tensors->items[0]);
    if (!rank)
        return cn_fail_null(CN_EINVAL, "cn_concat: expected tensors with axes, found a scalar");
    if (!cn_axis(axis, rank, &at, "cn_concat"))
        return NULL;
    return tensors->count == 1 ? tensors->items[0] : join(tensors, at);
}

cn_tensor *cn_stack(const cn_list *tensors, int64_t axis)
{
    if (!tensors)
        return NULL;
    if (!tensors->count)
        return cn_fail_null(CN_EINVAL, "cn_stack: expected at least one tensor, found none");
    int at;
    cn_tensor *first = tensors->items[0];
    if (!cn_axis(axis, first->shape.rank + 1, &at, "cn_stack"))
        return NULL;
    cn_list *list = cn_list_new();
    for (size_t i = 0; i < tensors->count; i++) {
        cn_tensor *x = tensors->items[i];
        if (!cn_shape_matches(first->shape, x->shape))
            return cn_fail_null(CN_EINVAL,
                                "cn_stack: expected equal shapes, found %s and %s (tensor %zu)",
                                cn_shape_text(first->shape), cn_shape_text(x->shape), i);
        if (!cn_list_add(list, cn_expand_dims(x, at)))
            return NULL;
    }
    return cn_concat(list, at);
}

int cn_concat_axis(const cn_tensor *node)
{
    return (int)CN_ATTRS(concat_attrs, node)->axis;
}
