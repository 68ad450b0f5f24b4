/* Tensors taken apart into equal pieces: one node, whose gradient is one node. keras.ops.split,
 * unstack */
#include "ops/movement/split.h"

#include "ops/movement/slice.h"
#include "ops/movement/strided_copy.h"

enum { MOST_PIECES = 1 << 20 };

static bool divides(cn_shape shape, int64_t axis, int64_t count)
{
    int64_t dim = shape.dim[axis];
    return (count >= 1 && count <= MOST_PIECES && (dim < 0 || dim % count == 0)) ||
           cn_fail(CN_EINVAL,
                   "cn_split: axis %lld of shape %s does not divide into %lld equal pieces",
                   (long long)axis, cn_shape_text(shape), (long long)count);
}

static void give_pieces(const cn_tensor *node, cn_shape shape, cn_results *results)
{
    results->count = (int)CN_ATTRS(cn_split_attrs, node)->count;
    for (int i = 0; i < results->count; i++) {
        results->shape[i] = shape;
        results->dtype[i] = node->inputs[0]->dtype;
    }
}

static bool split_infer(const cn_tensor *node, cn_results *results)
{
    const cn_split_attrs *a = CN_ATTRS(cn_split_attrs, node);
    cn_shape shape = node->inputs[0]->shape;
    if (!divides(shape, a->axis, a->count))
        return false;
    if (shape.dim[a->axis] >= 0)
        shape.dim[a->axis] /= a->count;
    give_pieces(node, shape, results);
    return true;
}

static bool unstack_infer(const cn_tensor *node, cn_results *results)
{
    give_pieces(node,
                cn_shape_remove(node->inputs[0]->shape, (int)CN_ATTRS(cn_split_attrs, node)->axis),
                results);
    return true;
}

/* The gradients of all pieces, zeros where none flows back. */
static cn_list *pieces_of(const cn_tensor *node, cn_tensor *const *dy)
{
    cn_list *results = cn_results_of_node((cn_tensor *)node), *pieces = cn_list_new();
    for (size_t i = 0; results && i < results->count; i++)
        if (!cn_list_add(pieces, dy[i] ? dy[i] : cn_zeros_like(results->items[i])))
            return NULL;
    return results ? pieces : NULL;
}

static bool split_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_concat(pieces_of(node, dy), CN_ATTRS(cn_split_attrs, node)->axis);
    return dx[0];
}

static bool unstack_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_stack(pieces_of(node, dy), CN_ATTRS(cn_split_attrs, node)->axis);
    return dx[0];
}

static bool run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    const cn_split_attrs *a = args->attrs;
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

static const cn_op cn_op_split = {.name = "split",
                                  .attrs = sizeof(cn_split_attrs),
                                  .infer = split_infer,
                                  .vjp = split_vjp,
                                  .run = run};
static const cn_op cn_op_unstack = {.name = "unstack",
                                    .attrs = sizeof(cn_split_attrs),
                                    .infer = unstack_infer,
                                    .vjp = unstack_vjp,
                                    .run = run};

/* More than a node can have. */
static cn_list *slices(const cn_op *op, cn_tensor *x, const cn_split_attrs *a)
{
    int axis = (int)a->axis;
    int64_t step = x->shape.dim[axis] / a->count;
    cn_list *list = cn_list_new();
    for (int64_t i = 0; list && i < a->count; i++) {
        cn_tensor *y = cn_slice_axis(x, axis, i * step, (i + 1) * step, 1);
        if (!cn_list_add(list, op == &cn_op_unstack ? cn_squeeze(y, axis) : y))
            return NULL;
    }
    return list;
}

static cn_list *apart(const cn_op *op, cn_tensor *x, const cn_split_attrs *a)
{
    if (a->count <= CN_MAX_OUTPUTS)
        return cn_results_of_node(cn_apply1(op, x, a));
    return x->shape.dim[a->axis] >= 0
               ? slices(op, x, a)
               : cn_fail_null(CN_EUNSUPPORTED,
                              "not supported: more than %d pieces of an unknown axis",
                              CN_MAX_OUTPUTS);
}

cn_list *cn_split(cn_tensor *x, int64_t count, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_split") || !divides(x->shape, at, count))
        return NULL;
    return count == 1 ? cn_list_of(cn_unchanged(x))
                      : apart(&cn_op_split, x, &(cn_split_attrs){at, count});
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
    int64_t count = x->shape.dim[at];
    if (count == CN_ANY || count > MOST_PIECES)
        return cn_fail_null(CN_EINVAL,
                            "cn_unstack: the size of axis %d of shape %s is unknown or too large",
                            at, cn_shape_text(x->shape));
    return count ? apart(&cn_op_unstack, x, &(cn_split_attrs){at, count}) : cn_list_new();
}
