/* Flat places from indices that speak of several axes, and what is read there.
 * numpy.take_along_axis, tf.gather_nd */
#include "ops/index/gather.h"
#include "ops/products.h"
#include "graph/form.h"

#include <string.h>

typedef struct places_attrs {
    int64_t axis;    /* along: the axis that the indices speak of; -1: of the first k */
    cn_shape shape;  /* of what is indexed, where the second input does not say */
    const char *who; /* the public function */
} places_attrs;

static cn_shape shape_of(const cn_tensor *node)
{
    return node->n_inputs > 1 ? node->inputs[1]->shape : CN_ATTRS(places_attrs, node)->shape;
}

static bool along_infer(const cn_tensor *node, cn_results *results)
{
    const places_attrs *attrs = CN_ATTRS(places_attrs, node);
    const cn_shape whole = shape_of(node);
    cn_shape x = whole, indices = node->inputs[0]->shape, *y = &results->shape[0];
    x.dim[attrs->axis] = 1; /* any length fits */
    results->dtype[0] = CN_INT64;
    if (x.rank == indices.rank && cn_broadcast(x, indices, y, attrs->who))
        return true;
    cn_clear_error();
    return cn_fail(CN_EINVAL,
                   "%s: expected indices that broadcast to x but for axis %lld, found x %s and "
                   "indices %s",
                   attrs->who, (long long)attrs->axis, cn_shape_text(whole),
                   cn_shape_text(indices));
}

static bool along_run(const cn_kernel_args *args)
{
    const places_attrs *attrs = args->attrs;
    const cn_view *indices = &args->in[0], *y = &args->out[0];
    cn_shape x = attrs->shape;
    if (args->n_in > 1)
        memcpy(x.dim, args->in[1].dim, sizeof x.dim);
    const int64_t *from = indices->data;
    int64_t *to = y->data, dim = x.dim[attrs->axis];
    for (int64_t i = 0; i < y->size; i++) {
        int64_t place = 0, along = 0, at = 0, left = i, step = 1, index_step = 1;
        for (int k = y->rank; k--;) {
            int64_t c = left % y->dim[k];
            left /= y->dim[k];
            at += indices->dim[k] == 1 ? 0 : c * index_step;
            index_step *= indices->dim[k];
            if (k == attrs->axis)
                along = step;
            else
                place += x.dim[k] == 1 ? 0 : c * step;
            step *= x.dim[k];
        }
        int64_t index = from[at];
        if (index < -dim || index >= dim)
            return cn_index_outside(attrs->who, index, indices, at, (int)attrs->axis, dim);
        to[i] = place + (index < 0 ? index + dim : index) * along;
    }
    return true;
}

const cn_op cn_op_along_places = {.name = "along_places",
                                  .traits = CN_NO_GRADIENT | CN_FALLIBLE,
                                  .attrs = sizeof(places_attrs),
                                  .infer = along_infer,
                                  .run = along_run};

/* indices (..., k) -> (...) */
static bool nd_infer(const cn_tensor *node, cn_results *results)
{
    const places_attrs *attrs = CN_ATTRS(places_attrs, node);
    const cn_shape whole = shape_of(node);
    cn_shape x = whole, indices = node->inputs[0]->shape;
    int64_t k = indices.rank ? indices.dim[indices.rank - 1] : 0;
    if (k < 1 || k > x.rank)
        return cn_fail(
            CN_EINVAL,
            "%s: expected indices whose last axis counts 1 to %d axes of shape %s, found "
            "indices %s",
            attrs->who, x.rank, cn_shape_text(x), cn_shape_text(indices));
    results->shape[0] = cn_shape_remove(indices, indices.rank - 1);
    results->dtype[0] = CN_INT64;
    return true;
}

static bool nd_run(const cn_kernel_args *args)
{
    const places_attrs *attrs = args->attrs;
    const cn_view *indices = &args->in[0], *y = &args->out[0];
    const int64_t *dims = args->n_in > 1 ? args->in[1].dim : attrs->shape.dim;
    const int64_t *from = indices->data;
    int64_t *to = y->data, k = indices->dim[indices->rank - 1];
    for (int64_t i = 0; i < y->size; i++) {
        int64_t place = 0;
        for (int64_t j = 0; j < k; j++) {
            int64_t index = from[i * k + j], dim = dims[j];
            if (index < -dim || index >= dim)
                return cn_index_outside(attrs->who, index, indices, i * k + j, (int)j, dim);
            place = place * dim + (index < 0 ? index + dim : index);
        }
        to[i] = place;
    }
    return true;
}

const cn_op cn_op_nd_places = {.name = "nd_places",
                               .traits = CN_NO_GRADIENT | CN_FALLIBLE,
                               .attrs = sizeof(places_attrs),
                               .infer = nd_infer,
                               .run = nd_run};

static cn_tensor *places(const cn_op *op, cn_tensor *indices, cn_shape shape, cn_tensor *like,
                         int axis, const char *who)
{
    places_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.axis = axis;
    attrs.who = who;
    attrs.shape.rank = shape.rank;
    memcpy(attrs.shape.dim, shape.dim, (size_t)shape.rank * sizeof shape.dim[0]);
    cn_tensor *inputs[] = {cn_indices(indices, who), like};
    return cn_apply(op, inputs, cn_shape_known(shape) ? 1 : 2, &attrs);
}

cn_tensor *cn_along_places(cn_tensor *indices, cn_tensor *x, int axis, const char *who)
{
    return x ? places(&cn_op_along_places, indices, x->shape, x, axis, who) : NULL;
}

cn_tensor *cn_nd_places(cn_tensor *indices, cn_shape shape, cn_tensor *like, const char *who)
{
    return places(&cn_op_nd_places, indices, shape, like, -1, who);
}

cn_tensor *cn_along_sum(cn_tensor *dy, cn_tensor *indices, int axis, cn_tensor *like)
{
    cn_tensor *at = cn_along_places(indices, like, axis, "cn_take_along_axis");
    cn_tensor *flat = cn_reshape(like, cn_shape(CN_ANY));
    return cn_reshape_like(cn_gather_sum(dy, at, 0, flat), like);
}

cn_tensor *cn_take_along_axis(cn_tensor *x, cn_tensor *indices, int64_t axis)
{
    int at;
    if (!x || !indices || !cn_axis(axis, x->shape.rank, &at, "cn_take_along_axis"))
        return NULL;
    cn_tensor *where = cn_along_places(indices, x, at, "cn_take_along_axis");
    cn_tensor *y = where ? cn_gather(cn_reshape(x, cn_shape(CN_ANY)), where, 0) : NULL;
    return CN_FORMED(y, "TakeAlongAxis", cn_list_of(x, indices), "\"axis\": %d", at);
}

/* The rows of each batch are picked from one long row of all, whose places know their batch. */
static cn_tensor *by_batch(cn_tensor *x, cn_tensor *indices, int axis, int batch, const char *who)
{
    int count = indices->shape.rank - batch, before = axis - batch;
    x = cn_moveaxis(x, axis, batch); /* (batches…, rows, before…, after…) */
    cn_tensor *rows = x;
    for (int i = x ? x->shape.rank : 0; i-- > batch + 1;)
        rows = cn_slice(rows, "..., 0");
    cn_tensor *flat = cn_merge_axes(indices, batch, count);
    cn_tensor *at = rows && flat ? cn_along_places(flat, rows, batch, who) : NULL;
    cn_tensor *y = at ? cn_gather(cn_merge_axes(x, 0, batch + 1), at, 0) : NULL;
    y = cn_split_axis(y, batch, indices, batch, count);
    for (int i = 0; i < before; i++) /* those before the axis go back */
        y = cn_moveaxis(y, batch + count + i, batch + i);
    return y;
}

cn_tensor *cn_gather_batch(cn_tensor *x, cn_tensor *indices, int64_t axis, int64_t batch_dims)
{
    int at;
    static const char who[] = "cn_gather_batch";
    if (!x || !indices || !cn_axis(axis, x->shape.rank, &at, who))
        return NULL;
    int64_t batch = batch_dims < 0 ? batch_dims + indices->shape.rank : batch_dims;
    cn_shape a = x->shape, b = indices->shape;
    a.rank = b.rank = (int)batch;
    if (batch < 0 || batch > indices->shape.rank || batch > at || !cn_shape_matches(a, b))
        return cn_fail_null(CN_EINVAL,
                            "%s: expected %lld axes that x and indices share before axis %d, found "
                            "x %s and indices %s",
                            who, (long long)batch_dims, at, cn_shape_text(x->shape),
                            cn_shape_text(indices->shape));
    return batch ? by_batch(x, indices, at, (int)batch, who) : cn_gather(x, indices, at);
}

cn_tensor *cn_batch_gather(cn_tensor *x, cn_tensor *indices)
{
    return indices ? cn_gather_batch(x, indices, indices->shape.rank - 1, indices->shape.rank - 1)
                   : NULL;
}
