/* Ids as they are, checked when it runs: each must lie in [0, limit). Nothing wraps, unlike NumPy's
 * indices. */
#include "ops/index/gather.h"

#include <string.h>

#include "graph/shape.h"

typedef struct ids_attrs {
    int64_t limit;
    const char *who;
} ids_attrs;

static bool ids_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = CN_INT64;
    return true;
}

static bool outside(const ids_attrs *attrs, int64_t id, const cn_view *ids, int64_t at)
{
    cn_shape place = {.rank = ids->rank};
    for (int i = ids->rank; i--; at /= ids->dim[i])
        place.dim[i] = at % ids->dim[i];
    return cn_fail(CN_EINVAL, "%s: the id %lld at %s is outside [0, %lld)", attrs->who,
                   (long long)id, cn_shape_text(place), (long long)attrs->limit);
}

static bool ids_run(const cn_kernel_args *args)
{
    const ids_attrs *attrs = args->attrs;
    const cn_view *ids = &args->in[0];
    const int64_t *id = ids->data;
    for (int64_t i = 0; i < ids->size; i++)
        if (id[i] < 0 || id[i] >= attrs->limit)
            return outside(attrs, id[i], ids, i);
    if (ids->size)
        memcpy(args->out[0].data, id, (size_t)ids->size * sizeof *id);
    return true;
}

const cn_op cn_op_checked_ids = {.name = "checked_ids",
                                 .traits = CN_NO_GRADIENT | CN_FALLIBLE,
                                 .attrs = sizeof(ids_attrs),
                                 .infer = ids_infer,
                                 .run = ids_run};

cn_tensor *cn_checked_ids(cn_tensor *ids, int64_t limit, const char *who)
{
    ids_attrs attrs = {limit, who};
    cn_tensor *wide = cn_indices(ids, who);
    return wide ? cn_apply(&cn_op_checked_ids, &wide, 1, &attrs) : NULL;
}
