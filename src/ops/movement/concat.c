/* Tensors joined, and taken apart. keras.ops.concatenate, stack, split, unstack */
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

/* ---- apart ---- */

enum { MOST_PIECES = 1 << 20 };

static cn_tensor *drop_axis(cn_tensor *x, int axis)
{
    return x ? cn_regroup(x, cn_shape_remove(cn_same_dims(x->shape.rank), axis)) : NULL;
}

/* `count` equal pieces of an axis whose size is not known: a new axis of the pieces is made, and
 * each taken from it. */
static cn_list *split_unknown(cn_tensor *x, int64_t count, int axis)
{
    cn_list *list = cn_list_new();
    if (x->shape.rank == CN_MAX_RANK)
        return cn_fail_null(CN_EUNSUPPORTED,
                            "not supported: cn_split along an unknown axis of shape %s",
                            cn_shape_text(x->shape));
    cn_shape shape = cn_shape_insert(cn_same_dims(x->shape.rank), axis, count);
    shape.dim[axis + 1] = CN_ANY;
    cn_tensor *pieces = cn_regroup(x, shape);
    for (int64_t i = 0; i < count; i++)
        if (!cn_list_add(list, drop_axis(cn_slice_axis(pieces, axis, i, i + 1, 1), axis)))
            return NULL;
    return list;
}

/* Equal pieces by one node, whose gradient is one concatenation. */
typedef struct split_attrs {
    int64_t axis, count;
} split_attrs;

static bool split_infer(const cn_tensor *node, cn_results *results)
{
    const split_attrs *a = CN_ATTRS(split_attrs, node);
    results->count = (int)a->count;
    for (int i = 0; i < results->count; i++) {
        results->shape[i] = node->inputs[0]->shape;
        results->shape[i].dim[a->axis] /= a->count;
        results->dtype[i] = node->inputs[0]->dtype;
    }
    return true;
}

static bool split_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const split_attrs *a = CN_ATTRS(split_attrs, node);
    cn_list *pieces = cn_list_new(), *results = cn_results_of_node((cn_tensor *)node);
    for (int64_t i = 0; pieces && results && i < a->count; i++)
        if (!cn_list_add(pieces, dy[i] ? dy[i] : cn_zeros_like(results->items[i])))
            return false;
    dx[0] = results ? cn_concat(pieces, a->axis) : NULL;
    return dx[0];
}

static bool split_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    const split_attrs *a = args->attrs;
    size_t size = cn_dtype_size(x->dtype);
    int64_t inner = 1;
    for (int i = (int)a->axis; i < x->rank; i++)
        inner *= x->dim[i];
    int64_t row = inner / a->count;
    for (int i = 0; i < args->n_out && x->size; i++) {
        cn_strided copy = {2, {x->size / inner, row}, {inner, 1}, {row, 1}};
        if (args->out[i].data)
            cn_strided_copy((const char *)x->data + i * row * (int64_t)size, args->out[i].data,
                            &copy, size);
    }
    return true;
}

static const cn_op cn_op_split_evenly = {.name = "split",
                                         .attrs = sizeof(split_attrs),
                                         .infer = split_infer,
                                         .vjp = split_vjp,
                                         .run = split_run};

cn_list *cn_split_evenly(cn_tensor *x, int count)
{
    split_attrs attrs = {.axis = x ? x->shape.rank - 1 : 0, .count = count};
    cn_tensor *node = x && count > 1 ? cn_apply(&cn_op_split_evenly, &x, 1, &attrs) : x;
    return count > 1 ? cn_results_of_node(node) : cn_list_of(node);
}

cn_list *cn_split(cn_tensor *x, int64_t count, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_split"))
        return NULL;
    int64_t dim = x->shape.dim[at];
    if (count < 1 || count > MOST_PIECES || (dim >= 0 && dim % count))
        return cn_fail_null(CN_EINVAL,
                            "cn_split: axis %d of shape %s does not divide into %lld equal pieces",
                            at, cn_shape_text(x->shape), (long long)count);
    if (dim < 0)
        return split_unknown(x, count, at);
    cn_list *list = cn_list_new();
    for (int64_t i = 0; i < count; i++) {
        int64_t piece = dim / count;
        if (!cn_list_add(list, cn_slice_axis(x, at, i * piece, (i + 1) * piece, 1)))
            return NULL;
    }
    return list;
}

cn_list *cn_split_at(cn_tensor *x, const int64_t *places, size_t n, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_split_at"))
        return NULL;
    cn_list *list = cn_list_new();
    for (size_t i = 0; i <= n; i++) {
        int64_t start = i ? places[i - 1] : 0, stop = i < n ? places[i] : CN_UNSET;
        if (!cn_list_add(list, cn_slice_axis(x, at, start, stop, 1)))
            return NULL;
    }
    return list;
}

cn_list *cn_unstack(cn_tensor *x, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_unstack"))
        return NULL;
    if (x->shape.dim[at] == CN_ANY || x->shape.dim[at] > MOST_PIECES)
        return cn_fail_null(CN_EINVAL,
                            "cn_unstack: the size of axis %d of shape %s is unknown or too large",
                            at, cn_shape_text(x->shape));
    cn_list *list = cn_list_new();
    for (int64_t i = 0; i < x->shape.dim[at]; i++)
        if (!cn_list_add(list, drop_axis(cn_slice_axis(x, at, i, i + 1, 1), at)))
            return NULL;
    return list;
}

int cn_concat_axis(const cn_tensor *node)
{
    return (int)CN_ATTRS(concat_attrs, node)->axis;
}
