/* Weights, masks and reductions of per-sample values. keras.src.losses.loss */
#include "losses/loss.h"

#include <string.h>

static bool ends_in_one(const cn_tensor *x)
{
    return x->shape.dim[x->shape.rank - 1] == 1;
}

/* `longer` has one axis more than `shorter`. */
static void adjust(cn_tensor **longer, cn_tensor **shorter, bool expand_rank_1)
{
    if (!ends_in_one(*longer))
        return;
    if ((*shorter)->shape.rank == 1 && expand_rank_1)
        *shorter = cn_expand_dims(*shorter, -1);
    else
        *longer = cn_squeeze(*longer, -1);
}

bool cn_same_rank(cn_tensor **a, cn_tensor **b, bool expand_rank_1)
{
    if (!*a || !*b)
        return false;
    if ((*a)->shape.rank == (*b)->shape.rank + 1)
        adjust(a, b, expand_rank_1);
    else if ((*b)->shape.rank == (*a)->shape.rank + 1)
        adjust(b, a, expand_rank_1);
    return *a && *b;
}

cn_tensor *cn_ratio(cn_tensor *a, cn_tensor *b)
{
    cn_tensor *zero = cn_equal(b, 0);
    return cn_select(zero, 0.0, cn_div(a, cn_select(zero, 1.0, b)));
}

cn_tensor *cn_element_count(cn_tensor *x, cn_dtype dtype)
{
    int64_t size = cn_size(x);
    if (!x)
        return NULL;
    if (size != CN_ANY)
        return cn_full(CN_SCALAR, (double)size, dtype);
    return cn_cast(cn_prod(cn_shape_tensor(x)), dtype);
}

/* 0 and all / left, or 0 and 1. */
static cn_tensor *mask_weight(cn_tensor *mask, cn_dtype dtype, bool scaled)
{
    cn_tensor *ones = cn_cast(cn_cast(mask, CN_BOOL), dtype);
    if (!scaled)
        return ones;
    return cn_mul(ones, cn_ratio(cn_element_count(mask, dtype), cn_sum(ones)));
}

cn_tensor *cn_weights_with_mask(cn_tensor *sample_weight, cn_tensor *mask, cn_dtype dtype,
                                bool scaled)
{
    if (!mask)
        return sample_weight;
    cn_tensor *weight = mask_weight(mask, dtype, scaled);
    if (!sample_weight)
        return weight;
    sample_weight = cn_cast(sample_weight, dtype);
    return cn_same_rank(&weight, &sample_weight, true) ? cn_mul(sample_weight, weight) : NULL;
}

static bool is(cn_str reduction, cn_str name)
{
    return reduction && !strcmp(reduction, name);
}

static cn_tensor *reduce(cn_tensor *values, cn_tensor *weight, cn_str reduction)
{
    bool empty = cn_rank(values) == 1 && cn_dim(values, 0) == 0;
    if (!reduction || is(reduction, "none") || !cn_rank(values) || empty)
        return values;
    cn_tensor *total = cn_sum(values);
    if (is(reduction, "sum"))
        return total;
    cn_dtype dtype = cn_dtype_of(total);
    if (is(reduction, "mean_with_sample_weight") && weight)
        return cn_ratio(total, cn_cast(cn_sum(weight), dtype));
    return cn_ratio(total, cn_element_count(values, dtype));
}

cn_tensor *cn_reduce_loss(cn_tensor *values, cn_tensor *sample_weight, cn_tensor *mask,
                          cn_str reduction)
{
    if (!values)
        return NULL;
    bool scaled = is(reduction, "mean") || is(reduction, "sum_over_batch_size");
    bool weighted = sample_weight || mask;
    cn_tensor *weight = cn_weights_with_mask(sample_weight, mask, values->dtype, scaled);
    if (weighted) {
        weight = cn_cast(weight, values->dtype);
        if (!cn_same_rank(&values, &weight, true))
            return NULL;
        values = cn_mul(values, weight);
    }
    return reduce(values, weight, reduction);
}
