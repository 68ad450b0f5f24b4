/* Broadcasting, reshaping to a like shape, and the sums that undo it. keras.ops.broadcast_to,
 * reshape */
#include "ops/elementwise/elementwise.h"
#include "graph/form.h"

#include <string.h>

static bool same_shape(const cn_tensor *a, const cn_tensor *b)
{
    return cn_shape_equal(a->shape, b->shape);
}

/* ---- broadcast: elementwise identity into a larger shape, so that clusters swallow it ---- */

typedef struct broadcast_attrs {
    cn_shape shape;
    int64_t size; /* of an element */
} broadcast_attrs;

static void copy(void *out, const void *const *in, size_t n, const void *attrs)
{
    memmove(out, in[0], n * (size_t)((const broadcast_attrs *)attrs)->size);
}

static cn_loop_kernel copy_loop(const cn_tensor *node)
{
    (void)node;
    return copy;
}

static bool broadcast_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    cn_shape to =
        node->n_inputs > 1 ? node->inputs[1]->shape : CN_ATTRS(broadcast_attrs, node)->shape;
    int lead = to.rank - x->shape.rank;
    bool fits = lead >= 0;
    for (int i = 0; fits && i < x->shape.rank; i++) {
        int64_t have = x->shape.dim[i], *want = &to.dim[lead + i];
        if (*want == CN_ANY && (have != 1 || node->n_inputs == 1))
            *want = have;
        fits = have == *want || have == 1 || have == CN_ANY;
    }
    if (!fits)
        return cn_fail(CN_EINVAL, "cn_broadcast_to: shape %s does not broadcast to %s",
                       cn_shape_text(x->shape), cn_shape_text(to));
    results->shape[0] = to;
    results->dtype[0] = x->dtype;
    return true;
}

static bool broadcast_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_sum_like(dy[0], node->inputs[0]);
    return dx[0] != NULL;
}

const cn_op cn_op_broadcast = {.name = "broadcast_to",
                               .traits = CN_ELEMENTWISE | CN_TAME,
                               .attrs = sizeof(broadcast_attrs),
                               .infer = broadcast_infer,
                               .vjp = broadcast_vjp,
                               .loop = copy_loop};

static cn_tensor *broadcast(cn_tensor *x, cn_shape shape)
{
    broadcast_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.shape.rank = shape.rank;
    memcpy(attrs.shape.dim, shape.dim, (size_t)shape.rank * sizeof shape.dim[0]);
    attrs.size = (int64_t)cn_dtype_size(x->dtype);
    return cn_apply1(&cn_op_broadcast, x, &attrs);
}

/* What to add to a tensor to broadcast it: unknown sizes are its own. */
static cn_tensor *zeros_to_broadcast(cn_shape shape, cn_dtype dtype)
{
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = shape.dim[i] < 0 ? 1 : shape.dim[i];
    return cn_zeros(shape, dtype);
}

cn_tensor *cn_broadcast_to(cn_tensor *x, cn_shape shape)
{
    if (!x || cn_shape_equal(x->shape, shape))
        return cn_unchanged(x);
    cn_tensor *y = broadcast(x, shape);
    if (cn_shape_known(shape))
        return CN_FORMED(y, "BroadcastTo", cn_list_of(x), "\"shape\": %s",
                         cn_ints_text(shape.dim, shape.rank));
    return CN_FORMED(y, x->dtype == CN_BOOL ? "LogicalOr" : "Add",
                     cn_list_of(x, zeros_to_broadcast(shape, x->dtype)), "%s", "");
}

cn_tensor *cn_copy(cn_tensor *x)
{
    cn_tensor *y = x ? broadcast(x, x->shape) : NULL;
    return CN_FORMED(y, "Copy", cn_list_of(x), "%s", "");
}

cn_tensor *cn_broadcast_like(cn_tensor *x, cn_tensor *like)
{
    if (!x || !like || (same_shape(x, like) && cn_shape_known(x->shape)))
        return x && like ? x : NULL;
    if (cn_shape_known(like->shape))
        return cn_broadcast_to(x, like->shape);
    broadcast_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.size = (int64_t)cn_dtype_size(x->dtype);
    cn_tensor *y = cn_apply2(&cn_op_broadcast, x, like, &attrs);
    return CN_FORMED(y, "FullLike", cn_list_of(like, x), "\"dtype\": \"%s\"",
                     cn_dtype_name(x->dtype));
}

/* ---- reshape: a view ---- */

typedef struct reshape_attrs {
    cn_shape shape; /* with CN_DIM(i) for x's dimension i */
} reshape_attrs;

/* The dimensions that are copied, and from what remains of x the open one. */
static bool fill_copied(cn_shape from, cn_shape *to)
{
    cn_shape rest = from, written = {0};
    int open = -1;
    for (int i = 0; i < to->rank; i++) {
        int of = (int)CN_DIM(to->dim[i]);
        if (of >= 0) {
            to->dim[i] = from.dim[of];
            rest.dim[of] = 1;
        } else if (to->dim[i] == CN_ANY) {
            open = i;
        } else {
            written.dim[written.rank++] = to->dim[i];
        }
    }
    int64_t have = cn_shape_size(rest), want = cn_shape_size(written);
    if (open < 0 || have < 0)
        return have < 0 || have == want;
    to->dim[open] = want ? have / want : 0;
    return want ? have % want == 0 : have == 0;
}

static bool copies(cn_shape to)
{
    for (int i = 0; i < to.rank; i++)
        if (to.dim[i] <= CN_DIM(0))
            return true;
    return false;
}

/* The dimension left open (-1), from what x holds; CN_ANY where x does not say. */
static bool fill_open(cn_shape from, cn_shape *to)
{
    int open = -1;
    int64_t rest = 1;
    for (int i = 0; i < to->rank; i++) {
        if (to->dim[i] < 0 && open >= 0)
            return !cn_shape_known(from); /* two unknown: left as they are */
        if (to->dim[i] < 0)
            open = i;
        else
            rest *= to->dim[i];
    }
    int64_t size = cn_shape_size(from);
    if (size < 0)
        return true;
    if (open < 0)
        return rest == size;
    if (rest == 0 || size % rest)
        return rest == 0 && size == 0 ? (to->dim[open] = 0, true) : false;
    to->dim[open] = size / rest;
    return true;
}

static bool reshape_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    results->shape[0] =
        node->n_inputs > 1 ? node->inputs[1]->shape : CN_ATTRS(reshape_attrs, node)->shape;
    results->dtype[0] = x->dtype;
    cn_shape *to = &results->shape[0];
    if (copies(*to) ? !fill_copied(x->shape, to) : !fill_open(x->shape, to))
        return cn_fail(CN_EINVAL, "cn_reshape: %s does not have the elements of %s",
                       cn_shape_text(x->shape), cn_shape_text(results->shape[0]));
    return true;
}

static bool reshape_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_reshape_like(dy[0], node->inputs[0]);
    return dx[0] != NULL;
}

const cn_op cn_op_reshape = {.name = "reshape",
                             .traits = CN_VIEW,
                             .attrs = sizeof(reshape_attrs),
                             .infer = reshape_infer,
                             .vjp = reshape_vjp};

cn_tensor *cn_reshape(cn_tensor *x, cn_shape shape)
{
    if (!x || (cn_shape_equal(x->shape, shape) && cn_shape_known(shape)))
        return cn_unchanged(x);
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] < CN_ANY)
            return cn_fail_null(CN_EINVAL, "cn_reshape: expected sizes or CN_ANY, found %lld",
                                (long long)shape.dim[i]);
    return cn_regroup(x, shape);
}

/* The axes at which the longer shape has a 1 that the other has not, where that is all that happens
 * and other axes stay in order; -1: more happens. */
static int ones_between(cn_shape shape, int rank, bool *comes, int64_t *axes)
{
    int from = 0, n = 0;
    *comes = shape.rank > rank;
    for (int i = 0; i < shape.rank; i++) {
        int64_t of = CN_DIM(shape.dim[i]);
        if (*comes && shape.dim[i] == 1) {
            axes[n++] = i;
            continue;
        }
        while (!*comes && of > from && from < rank)
            axes[n++] = from++;
        if (of != from++)
            return -1;
    }
    while (!*comes && from < rank)
        axes[n++] = from++;
    return from == rank ? n : -1;
}

static int unknown(cn_shape shape, int from)
{
    int count = 0;
    for (int i = from; i < shape.rank; i++)
        count += shape.dim[i] < 0;
    return count;
}

/* A reshape that Keras's Reshape cannot say, since it takes one unknown size. */
static cn_tensor *regrouped(cn_tensor *y, cn_tensor *x, cn_shape shape)
{
    int64_t axes[CN_MAX_RANK];
    bool comes;
    if (!y || !y->symbolic || unknown(y->shape, 0) < 2)
        return y;
    int n = ones_between(shape, x->shape.rank, &comes, axes);
    if (n >= 0)
        return CN_FORMED(y, comes ? "ExpandDims" : "Squeeze", cn_list_of(x), "\"axis\": %s",
                         n == 1 ? cn_fmt("%lld", (long long)axes[0]) : cn_ints_text(axes, n));
    if (shape.dim[0] != CN_DIM(0) || unknown(y->shape, 1) > 1)
        return y;
    return CN_FORMED(y, "keras.layers.Reshape", cn_list_of(x),
                     "\"dtype\": \"%s\", \"target_shape\": %s", cn_dtype_name(y->dtype),
                     cn_ints_text(y->shape.dim + 1, y->shape.rank - 1));
}

cn_tensor *cn_regroup(cn_tensor *x, cn_shape shape)
{
    if (!x)
        return NULL;
    reshape_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.shape.rank = shape.rank;
    memcpy(attrs.shape.dim, shape.dim, (size_t)shape.rank * sizeof shape.dim[0]);
    return regrouped(cn_apply1(&cn_op_reshape, x, &attrs), x, shape);
}

cn_tensor *cn_reshape_like(cn_tensor *x, cn_tensor *like)
{
    if (!x || !like || cn_shape_known(like->shape))
        return x && like ? cn_reshape(x, like->shape) : NULL;
    reshape_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    return cn_apply2(&cn_op_reshape, x, like, &attrs);
}

/* ---- the sum that undoes a broadcast ---- */

cn_tensor *cn_sum_like(cn_tensor *dy, cn_tensor *x)
{
    if (!dy || !x)
        return NULL;
    if (same_shape(dy, x))
        return dy;
    int lead = dy->shape.rank - x->shape.rank, count = 0;
    cn_axes axes = {{0}};
    for (int i = 0; i < dy->shape.rank; i++)
        if (i < lead || (x->shape.dim[i - lead] == 1 && dy->shape.dim[i] != 1))
            axes.d[count++] = i;
    return cn_reshape_like(count ? cn_sum(dy, axes) : dy, x);
}
