/* Values picked from, added to and written at places given by indices (..., k). tf.gather_nd,
 * keras.ops.scatter, scatter_update */
#include <string.h>

#include "ops/index/gather.h"
#include "ops/products.h"
#include "graph/form.h"

/* The rest of x's shape after the first k axes, which are merged: {-1, …}. */
static cn_shape merged(int rank, int k)
{
    cn_shape shape = {.rank = 1, .dim = {CN_ANY}};
    for (int i = k; i < rank; i++)
        shape.dim[shape.rank++] = CN_DIM(i);
    return shape;
}

static int depth(const cn_tensor *indices)
{
    return indices->shape.rank ? (int)indices->shape.dim[indices->shape.rank - 1] : 0;
}

cn_tensor *cn_gather_nd(cn_tensor *x, cn_tensor *indices)
{
    if (!x || !indices)
        return NULL;
    cn_tensor *at = cn_nd_places(indices, x->shape, x, "cn_gather_nd");
    if (!at)
        return NULL;
    return cn_gather(cn_regroup(x, merged(x->shape.rank, depth(indices))), at, 0);
}

/* updates must have the shape of the indices without their last axis, then the rest of `shape`. */
static bool fits(const cn_tensor *indices, const cn_tensor *updates, cn_shape shape,
                 const char *who)
{
    int k = depth(indices);
    cn_shape want = indices->shape;
    want.rank--;
    for (int i = k; i < shape.rank && want.rank < CN_MAX_RANK; i++)
        want.dim[want.rank++] = shape.dim[i];
    return cn_shape_matches(want, updates->shape) ||
           cn_fail(CN_EINVAL, "%s: indices %s into shape %s expect updates of shape %s, found %s",
                   who, cn_shape_text(indices->shape), cn_shape_text(shape), cn_shape_text(want),
                   cn_shape_text(updates->shape));
}

cn_tensor *cn_scatter(cn_tensor *indices, cn_tensor *updates, cn_shape shape)
{
    if (!indices || !updates)
        return NULL;
    if (!cn_shape_known(shape))
        return cn_fail_null(CN_EINVAL, "cn_scatter: expected a known shape, found %s",
                            cn_shape_text(shape));
    cn_tensor *at = cn_nd_places(indices, shape, NULL, "cn_scatter");
    if (!at || !fits(indices, updates, shape, "cn_scatter"))
        return NULL;
    cn_shape first = shape, rows = {.rank = 1};
    first.rank = depth(indices);
    rows.dim[0] = cn_shape_size(first);
    for (int i = first.rank; i < shape.rank; i++)
        rows.dim[rows.rank++] = shape.dim[i];
    cn_tensor *y = cn_reshape(cn_gather_sum_to(updates, at, 0, rows), shape);
    return CN_FORMED(y, "Scatter", cn_list_of(indices, updates), "\"shape\": %s",
                     cn_ints_text(shape.dim, shape.rank));
}

/* ---- put: (x (rows, …), places (…), updates (places' shape, …)) -> x with rows replaced ---- */

static bool put_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

/* 1 where no later update of the same row wins, else 0, shaped to broadcast against updates. The
 * sizes may be unknown: the n-th place is known by a running sum. */
static cn_tensor *winners(cn_tensor *x, cn_tensor *places, cn_tensor *updates, const cn_op *put)
{
    cn_tensor *ones = cn_cast(cn_ones_like(cn_merge_axes(places, 0, places->shape.rank)), CN_INT32);
    cn_tensor *order = cn_reshape_like(cn_cumsum(ones, 0), places);
    cn_tensor *rows = cn_cast(cn_zeros_like(x), CN_INT32);
    for (int i = x->shape.rank; i-- > 1;)
        rows = cn_sum(rows, {-1});
    cn_tensor *inputs[] = {rows, places, order};
    cn_tensor *wins = cn_equal(cn_gather(cn_apply(put, inputs, 3, NULL), places, 0), order);
    for (int i = places->shape.rank; i < updates->shape.rank; i++)
        wins = cn_expand_dims(wins, -1);
    return wins;
}

static bool put_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *x = node->inputs[0], *places = node->inputs[1], *updates = node->inputs[2];
    cn_tensor *inputs[] = {dy[0], places, cn_cast(cn_zeros_like(updates), dy[0]->dtype)};
    dx[0] = cn_apply(node->op, inputs, 3, NULL);
    dx[2] = cn_select(winners(x, places, updates, node->op), cn_gather(dy[0], places, 0), 0);
    return dx[0] && dx[2];
}

static bool put_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *places = &args->in[1], *updates = &args->in[2];
    char *y = args->out[0].data;
    size_t size = cn_dtype_size(x->dtype);
    memcpy(y, x->data, (size_t)x->size * size);
    if (!x->size)
        return true;
    size_t row = (size_t)(x->size / x->dim[0]) * size;
    for (int64_t i = 0; i < places->size; i++)
        memcpy(y + (size_t)((const int64_t *)places->data)[i] * row,
               (const char *)updates->data + (size_t)i * row, row);
    return true;
}

const cn_op cn_op_put = {.name = "put", .infer = put_infer, .vjp = put_vjp, .run = put_run};

/* Places in x's merged first axes, once all fits. */
static cn_tensor *places_in(cn_tensor *x, cn_tensor *indices, cn_tensor *updates, const char *who)
{
    cn_tensor *at = x && indices && updates ? cn_nd_places(indices, x->shape, x, who) : NULL;
    return at && fits(indices, updates, x->shape, who) ? at : NULL;
}

cn_tensor *cn_scatter_update(cn_tensor *x, cn_tensor *indices, cn_tensor *updates)
{
    cn_tensor *at = places_in(x, indices, updates, "cn_scatter_update");
    if (!at)
        return NULL;
    cn_tensor *inputs[] = {cn_regroup(x, merged(x->shape.rank, depth(indices))), at,
                           cn_cast(updates, x->dtype)};
    cn_tensor *y = cn_reshape_like(cn_apply(&cn_op_put, inputs, 3, NULL), x);
    return CN_FORMED(y, "ScatterUpdate", cn_list_of(x, indices, updates), "%s", "");
}

cn_tensor *cn_scatter_reduce(cn_tensor *x, cn_tensor *indices, cn_tensor *updates, cn_str how)
{
    cn_tensor *at = places_in(x, indices, updates, "cn_scatter_reduce");
    if (!at)
        return NULL;
    cn_tensor *rows = cn_regroup(x, merged(x->shape.rank, depth(indices)));
    updates = cn_cast(updates, x->dtype);
    cn_tensor *y = how && !strcmp(how, "add") ? cn_add(rows, cn_gather_sum(updates, at, 0, rows))
                                              : cn_fold_rows(rows, at, updates, how);
    y = cn_reshape_like(y, x);
    return CN_FORMED(y, "ScatterUpdate", cn_list_of(x, indices, updates), "\"reduction\": \"%s\"",
                     how);
}
