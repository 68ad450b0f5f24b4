/* Axes in another order. keras.ops.transpose, swapaxes, moveaxis */
#include "ops/ops.h"

#include <string.h>

#include "ops/index/gather.h"
#include "ops/movement/strided_copy.h"

typedef struct transpose_attrs {
    int32_t perm[CN_MAX_RANK]; /* axis i of the result is axis perm[i] of x */
} transpose_attrs;

static bool transpose_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    results->shape[0].rank = x->shape.rank;
    for (int i = 0; i < x->shape.rank; i++)
        results->shape[0].dim[i] = x->shape.dim[CN_ATTRS(transpose_attrs, node)->perm[i]];
    results->dtype[0] = x->dtype;
    return true;
}

extern const cn_op cn_op_transpose;

static bool transpose_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    transpose_attrs back;
    memset(&back, 0, sizeof back);
    for (int i = 0; i < node->shape.rank; i++)
        back.perm[CN_ATTRS(transpose_attrs, node)->perm[i]] = i;
    dx[0] = cn_apply1(&cn_op_transpose, dy[0], &back);
    return dx[0] != NULL;
}

static bool transpose_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *y = &args->out[0];
    const transpose_attrs *attrs = args->attrs;
    cn_strided copy = {.rank = y->rank};
    int64_t strides[CN_MAX_RANK];
    cn_row_major(x, strides);
    cn_row_major(y, copy.to_stride);
    for (int i = 0; i < y->rank; i++) {
        copy.dim[i] = y->dim[i];
        copy.from_stride[i] = strides[attrs->perm[i]];
    }
    cn_strided_copy(x->data, y->data, &copy, cn_dtype_size(x->dtype));
    return true;
}

const cn_op cn_op_transpose = {.name = "transpose",
                               .attrs = sizeof(transpose_attrs),
                               .infer = transpose_infer,
                               .vjp = transpose_vjp,
                               .run = transpose_run};

static bool is_identity(const transpose_attrs *attrs, int rank)
{
    for (int i = 0; i < rank; i++)
        if (attrs->perm[i] != i)
            return false;
    return true;
}

/* The permutation as the list means it: trailing zeros stand for axis 0 where that is missing. */
static bool read_perm(cn_axes perm, cn_shape shape, transpose_attrs *attrs)
{
    unsigned seen = 0;
    int rank = shape.rank, reversed = perm.d[0] == CN_UNSET;
    memset(attrs, 0, sizeof *attrs);
    bool ok = reversed || cn_axes_count(perm) <= (rank ? rank : 1);
    for (int i = 0; ok && i < rank; i++) {
        int64_t axis = reversed ? rank - 1 - i : perm.d[i] < 0 ? perm.d[i] + rank : perm.d[i];
        ok = axis >= 0 && axis < rank && !(seen >> axis & 1);
        if (ok)
            seen |= 1u << (attrs->perm[i] = (int32_t)axis);
    }
    if (ok)
        return true;
    cn_shape list = {.rank = cn_axes_count(perm)};
    for (int i = 0; i < list.rank; i++)
        list.dim[i] = perm.d[i];
    if (list.rank < rank && !(seen & 1))
        list.rank++;
    return cn_fail(CN_EINVAL,
                   "cn_transpose: expected a permutation of the %d axes of shape %s, found %s",
                   rank, cn_shape_text(shape), cn_shape_text(list));
}

/* Do only the first axes change places? Rows taken by ids are then those by transposed ids, which
 * are much smaller. */
static bool keeps_rows(int first, int rank, const transpose_attrs *attrs)
{
    while (first < rank && attrs->perm[first] == first)
        first++;
    return first == rank;
}

cn_tensor *cn_transpose_(cn_tensor *x, cn_axes perm)
{
    transpose_attrs attrs;
    if (!x || !read_perm(perm, x->shape, &attrs))
        return NULL;
    if (is_identity(&attrs, x->shape.rank))
        return cn_unchanged(x);
    if (cn_takes_checked_rows(x) && keeps_rows(x->inputs[1]->shape.rank, x->shape.rank, &attrs))
        return cn_gather(x->inputs[0], cn_apply1(&cn_op_transpose, x->inputs[1], &attrs), 0);
    return cn_apply1(&cn_op_transpose, x, &attrs);
}

cn_tensor *cn_transpose_with(const cn_transpose_options *options)
{
    return cn_transpose_(options->x, options->perm);
}

static cn_axes identity(int rank)
{
    cn_axes perm = {{0}};
    for (int i = 0; i < rank; i++)
        perm.d[i] = i;
    return perm;
}

cn_tensor *cn_swapaxes(cn_tensor *x, int64_t a, int64_t b)
{
    int i, k;
    if (!x || !cn_axis(a, x->shape.rank, &i, "cn_swapaxes") ||
        !cn_axis(b, x->shape.rank, &k, "cn_swapaxes"))
        return NULL;
    cn_axes perm = identity(x->shape.rank);
    perm.d[i] = k;
    perm.d[k] = i;
    return cn_transpose_(x, perm);
}

cn_tensor *cn_moveaxis(cn_tensor *x, int64_t from, int64_t to)
{
    int i, k;
    if (!x || !cn_axis(from, x->shape.rank, &i, "cn_moveaxis") ||
        !cn_axis(to, x->shape.rank, &k, "cn_moveaxis"))
        return NULL;
    cn_shape order = cn_shape_remove((cn_shape){.rank = x->shape.rank}, 0);
    for (int axis = 0, n = 0; axis < x->shape.rank; axis++)
        if (axis != i)
            order.dim[n++] = axis;
    order = cn_shape_insert(order, k, i);
    cn_axes perm = {{0}};
    memcpy(perm.d, order.dim, (size_t)order.rank * sizeof perm.d[0]);
    return cn_transpose_(x, perm);
}

const int32_t *cn_transpose_perm(const cn_tensor *node)
{
    return CN_ATTRS(transpose_attrs, node)->perm;
}
