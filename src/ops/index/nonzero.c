/* Places of what is true, as many as there are: only running tells. tf.where, tf.boolean_mask */
#include <string.h>

#include "cornu/flow.h"
#include "graph/trace.h"
#include "ops/ops.h"
#include "ops/products.h"

static bool nonzero_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = cn_shape(CN_ANY, node->inputs[0]->shape.rank);
    results->dtype[0] = CN_INT64;
    return true;
}

static int64_t count_true(const cn_view *cond)
{
    const bool *values = cond->data;
    int64_t count = 0;
    for (int64_t i = 0; i < cond->size; i++)
        count += values[i];
    return count;
}

static void write_place(int64_t *row, const cn_view *cond, int64_t at)
{
    for (int k = cond->rank; k--;) {
        row[k] = at % cond->dim[k];
        at /= cond->dim[k];
    }
}

static bool nonzero_run(const cn_kernel_args *args)
{
    const cn_view *cond = &args->in[0];
    const bool *values = cond->data;
    int64_t *rows = cn_result_room(args, 0, cn_shape(count_true(cond), cond->rank));
    for (int64_t i = 0; rows && i < cond->size; i++)
        if (values[i]) {
            write_place(rows, cond, i);
            rows += cond->rank;
        }
    return rows;
}

const cn_op cn_op_nonzero = {.name = "where",
                             .traits = CN_LATE | CN_NO_GRADIENT,
                             .infer = nonzero_infer,
                             .run = nonzero_run};

cn_tensor *cn_where1_(cn_tensor *cond)
{
    return cn_apply1(&cn_op_nonzero, cn_cast(cond, CN_BOOL), NULL);
}

static bool mask_fits(const cn_tensor *x, const cn_tensor *mask, int axis)
{
    bool fits = mask->shape.rank >= 1 && axis + mask->shape.rank <= x->shape.rank;
    for (int i = 0; fits && i < mask->shape.rank; i++) {
        int64_t a = mask->shape.dim[i], b = x->shape.dim[axis + i];
        fits = a == b || a == CN_ANY || b == CN_ANY;
    }
    if (fits)
        return true;
    return cn_fail(
        CN_EINVAL,
        "cn_boolean_mask: expected a mask of the shape that x has from axis %d on, found "
        "a mask of shape %s for x of shape %s",
        axis, cn_shape_text(mask->shape), cn_shape_text(x->shape));
}

cn_tensor *cn_boolean_mask_with(const cn_boolean_mask_options *o)
{
    cn_mark_at(o->at, "cn_boolean_mask");
    cn_tensor *x = cn_trace_read(o->x), *mask = cn_trace_read(o->mask);
    int axis;
    if (!x || !mask || !cn_axis(o->axis, x->shape.rank, &axis, "cn_boolean_mask") ||
        !mask_fits(x, mask, axis))
        return NULL;
    cn_tensor *rows = cn_merge_axes(x, axis, mask->shape.rank);
    cn_tensor *places = cn_where(cn_merge_axes(mask, 0, mask->shape.rank));
    return cn_gather(rows, cn_squeeze(places, 1), axis);
}
