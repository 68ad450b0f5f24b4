/* Rows of equal ids met with each other. keras.ops.segment_sum, segment_max, …; tf.math.bincount */
#include "graph/form.h"
#include "ops/index/gather.h"

static bool fits(const cn_tensor *data, const cn_tensor *ids, int64_t segments, const char *who)
{
    cn_shape rows = data->shape;
    rows.rank = rows.rank > 0;
    return (ids->shape.rank == 1 && segments >= 0 && cn_shape_matches(rows, ids->shape)) ||
           cn_fail(CN_EINVAL,
                   "%s: expected ids (n,) for data (n, …) and segments >= 0, found data %s, ids "
                   "%s and segments=%lld",
                   who, cn_shape_text(data->shape), cn_shape_text(ids->shape), (long long)segments);
}

/* (segments, …) of the data's width, all alike. */
static cn_tensor *rows_of(cn_tensor *data, int64_t segments, cn_tensor *value)
{
    cn_tensor *row = cn_sum(cn_zeros_like(data), .axis = {0}, .keepdims = true); /* (1, …) */
    cn_tensor *rows = cn_add(row, cn_cast(value, data->dtype));
    cn_shape shape = data->shape;
    shape.dim[0] = segments;
    return cn_broadcast_to(rows, shape);
}

/* The least (and the largest) of a dtype. */
static cn_tensor *least(cn_dtype dtype, bool largest)
{
    const double inf = 1e300 * 1e300;
    int bits = 8 * (int)cn_dtype_size(dtype);
    bool sign = dtype <= CN_INT64;
    if (cn_dtype_is_float(dtype))
        return cn_number_float(largest ? inf : -inf);
    if (dtype == CN_BOOL)
        return cn_number_int(largest);
    int64_t most = (int64_t)(~(uint64_t)0 >> (64 - bits + sign));
    return cn_number_int(largest ? most : sign ? -most - 1 : 0);
}

cn_tensor *cn_segment_sum(cn_tensor *data, cn_tensor *ids, int64_t segments)
{
    if (!data || !ids || !fits(data, ids, segments, "cn_segment_sum"))
        return NULL;
    cn_tensor *checked = cn_checked_ids(ids, segments, "cn_segment_sum");
    cn_tensor *zeros = rows_of(data, segments, cn_number_int(0));
    cn_tensor *y = cn_gather_sum(data, checked, 0, zeros);
    return CN_FORMED(y, "SegmentSum", cn_list_of(data, ids),
                     "\"num_segments\": %lld, \"sorted\": false", (long long)segments);
}

static cn_tensor *fold(cn_tensor *data, cn_tensor *ids, int64_t segments, const char *how,
                       const char *who, const char *class_name)
{
    if (!data || !ids || !fits(data, ids, segments, who))
        return NULL;
    cn_tensor *start =
        *how != 'm' || how[1] == 'u' ? cn_number_int(1) : least(data->dtype, how[1] == 'i');
    cn_tensor *checked = cn_checked_ids(ids, segments, who);
    cn_tensor *y = cn_fold_rows(rows_of(data, segments, start), checked, data, how);
    return CN_FORMED(y, class_name, cn_list_of(data, ids),
                     "\"num_segments\": %lld, \"sorted\": false", (long long)segments);
}

cn_tensor *cn_segment_max(cn_tensor *data, cn_tensor *ids, int64_t segments)
{
    return fold(data, ids, segments, "max", "cn_segment_max", "SegmentMax");
}

cn_tensor *cn_segment_min(cn_tensor *data, cn_tensor *ids, int64_t segments)
{
    return fold(data, ids, segments, "min", "cn_segment_min", "SegmentMin");
}

cn_tensor *cn_segment_prod(cn_tensor *data, cn_tensor *ids, int64_t segments)
{
    return fold(data, ids, segments, "mul", "cn_segment_prod", "SegmentProd");
}

cn_tensor *cn_bincount(cn_tensor *x, cn_tensor *weights, int64_t length)
{
    if (!x)
        return NULL;
    cn_tensor *flat = cn_reshape(x, cn_shape(CN_ANY));
    cn_tensor *each =
        weights ? cn_reshape(weights, cn_shape(CN_ANY)) : cn_cast(cn_ones_like(flat), CN_INT32);
    cn_tensor *inside = cn_logical_and(cn_greater_equal(flat, 0), cn_less(flat, (long long)length));
    if (length < 1)
        return cn_fail_null(CN_EINVAL, "cn_bincount: expected length > 0, found %lld",
                            (long long)length);
    return cn_segment_sum(cn_select(inside, each, 0), cn_select(inside, flat, 0), length);
}
