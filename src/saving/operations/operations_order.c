/* Keras's operations of order, of running sums and of segments. keras.ops.numpy, math */
#include <string.h>

#include "saving/operations/operation_rows.h"

static cn_tensor *flat(cn_tensor *x)
{
    return cn_reshape(x, cn_shape(CN_ANY));
}

/* The axis; None: of the flattened tensor. */
static int64_t axis_of(cn_operation *op, cn_tensor **x)
{
    if (cn_op_value(op, -1, "axis"))
        return cn_op_int(op, "axis", -1);
    *x = flat(*x);
    return 0;
}

#define ALONG_AXIS(id, door)               \
    static cn_tensor *id(cn_operation *op) \
    {                                      \
        cn_tensor *x = X;                  \
        int64_t axis = axis_of(op, &x);    \
        return door(x, axis);              \
    }
ALONG_AXIS(sort, cn_sort)
ALONG_AXIS(argsort, cn_argsort)

static cn_tensor *running(cn_operation *op, cn_tensor *(*scan)(cn_tensor *, int64_t))
{
    cn_dtype dtype;
    cn_tensor *x = X;
    if (!x || !cn_op_dtype(op, x->dtype, &dtype))
        return NULL;
    x = cn_cast(x, dtype);
    int64_t axis = axis_of(op, &x);
    return scan(x, axis);
}

static cn_tensor *cumsum(cn_operation *op)
{
    return running(op, cn_cumsum);
}

static cn_tensor *cumprod(cn_operation *op)
{
    return running(op, cn_cumprod);
}

static cn_tensor *argmax(cn_operation *op)
{
    return cn_argmax(X, cn_op_int(op, "axis", CN_UNSET), cn_op_bool(op, "keepdims", false));
}

static cn_tensor *argmin(cn_operation *op)
{
    return cn_argmin(X, cn_op_int(op, "axis", CN_UNSET), cn_op_bool(op, "keepdims", false));
}

static cn_tensor *top_k(cn_operation *op)
{
    cn_tensor *y = cn_top_k(X, cn_op_int(op, "k", 1));
    op->results = y ? cn_list_of(y, cn_nth(y, 1)) : NULL;
    return y;
}

static cn_tensor *in_top_k(cn_operation *op)
{
    return cn_in_top_k(cn_op_tensor(op, 0, "targets"), cn_op_tensor(op, 1, "predictions"),
                       cn_op_int(op, "k", 1));
}

/* x[1:] - x[:-1], n times. */
static cn_tensor *differences(cn_tensor *x, int axis, cn_tensor *(*join)(cn_tensor *, cn_tensor *))
{
    cn_shape shape = x ? x->shape : CN_SCALAR;
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], dim = shape.dim[axis];
    if (x && dim < 1)
        return cn_fail_null(CN_EINVAL, "expected a known axis with elements, found axis %d of %s",
                            axis, cn_shape_text(shape));
    for (int i = 0; i < shape.rank; i++)
        size[i] = CN_ANY;
    size[axis] = dim - 1;
    cn_tensor *low = cn_strided_slice(x, start, size, NULL);
    start[axis] = 1;
    return join(cn_strided_slice(x, start, size, NULL), low);
}

static cn_tensor *diff(cn_operation *op)
{
    int axis;
    cn_tensor *x = cn_op_tensor(op, 0, "a");
    if (!x || !cn_axis(cn_op_int(op, "axis", -1), x->shape.rank, &axis, op->name))
        return NULL;
    for (int64_t n = cn_op_int(op, "n", 1); n > 0 && x; n--)
        x = differences(x, axis, cn_sub_);
    return x;
}

static cn_tensor *trapezoid(cn_operation *op)
{
    int axis;
    cn_tensor *y = cn_op_tensor(op, 0, "y");
    if (!y || !cn_axis(cn_op_int(op, "axis", -1), y->shape.rank, &axis, op->name))
        return NULL;
    if (cn_op_value(op, -1, "x"))
        return cn_op_refuse(op, "x");
    cn_tensor *pairs = cn_mul(differences(y, axis, cn_add_), cn_op_double(op, "dx", 1) / 2);
    return cn_sum_with(&(cn_reduce_options){.x = pairs, .axis = cn_axes_of_mask(1u << axis)});
}

/* For each value the count of those in the sorted vector that come before it. */
static cn_tensor *count_before(cn_tensor *sorted, cn_tensor *values, bool equal_too)
{
    cn_tensor *v = cn_expand_dims(values, -1);
    cn_tensor *before = equal_too ? cn_less_equal(sorted, v) : cn_less(sorted, v);
    return cn_sum(cn_cast(before, CN_INT32), {-1});
}

static cn_tensor *searchsorted(cn_operation *op)
{
    bool right = !strcmp(cn_op_text(op, "side", "left"), "right");
    return count_before(cn_op_tensor(op, 0, "sorted_sequence"), cn_op_tensor(op, 1, "values"),
                        right);
}

static cn_tensor *digitize(cn_operation *op)
{
    return count_before(cn_op_tensor(op, 1, "bins"), X, true);
}

/* ---- quantiles ---- */

/* The axes of the operation as one last axis; None: all. */
static cn_tensor *gather_axes(cn_tensor *x, unsigned mask)
{
    cn_axes perm = {{0}};
    int n = 0, kept = 0;
    for (int i = 0; i < x->shape.rank; i++)
        if (!(mask >> i & 1))
            perm.d[n++] = i;
    kept = n;
    for (int i = 0; i < x->shape.rank; i++)
        if (mask >> i & 1)
            perm.d[n++] = i;
    x = cn_transpose_(x, perm);
    while (x && x->shape.rank > kept + 1)
        x = cn_op_merge(x, kept);
    return x;
}

/* Between the sorted elements next to q (n - 1). */
static cn_tensor *interpolate(cn_tensor *sorted, cn_tensor *q, const char *method)
{
    int64_t n = sorted->shape.dim[sorted->shape.rank - 1];
    cn_tensor *at = cn_mul(cn_cast(q, sorted->dtype), (double)(n - 1));
    cn_tensor *low = cn_floor(at), *high = cn_ceil(at), *part = cn_sub(at, low);
    if (!strcmp(method, "lower") || !strcmp(method, "higher") || !strcmp(method, "nearest")) {
        at = *method == 'l' ? low : *method == 'h' ? high : cn_round(at);
        return cn_gather(sorted, cn_cast(at, CN_INT32), -1);
    }
    if (!strcmp(method, "midpoint"))
        part = cn_select(cn_equal(part, 0), 0.0, 0.5);
    cn_tensor *a = cn_gather(sorted, cn_cast(low, CN_INT32), -1);
    cn_tensor *b = cn_gather(sorted, cn_cast(high, CN_INT32), -1);
    return cn_add(cn_mul(a, cn_sub(1, part)), cn_mul(b, part));
}

static cn_tensor *quantile_of(cn_operation *op, cn_tensor *q)
{
    unsigned mask;
    cn_tensor *x = X;
    if (!x || !q || !cn_op_axes_mask(op, "axis", x->shape.rank, &mask))
        return NULL;
    cn_tensor *lanes = gather_axes(cn_dtype_is_float(x->dtype) ? x : cn_cast(x, CN_FLOAT32), mask);
    if (q->shape.rank > 1 || !mask || (lanes && cn_dim(lanes, -1) < 1))
        return cn_op_refuse(op, "an axis of unknown size, or several axes of q");
    cn_tensor *sorted = cn_sort(lanes, -1);
    cn_tensor *y = sorted ? interpolate(sorted, q, cn_op_text(op, "method", "linear")) : NULL;
    for (int i = 0; y && cn_op_bool(op, "keepdims", false) && i < x->shape.rank; i++)
        if (mask >> i & 1)
            y = cn_expand_dims(y, i);
    return q->shape.rank ? cn_moveaxis(y, -1, 0) : y;
}

static cn_tensor *median(cn_operation *op)
{
    return quantile_of(op, cn_number_float(0.5));
}

static cn_tensor *quantile(cn_operation *op)
{
    return quantile_of(op, cn_op_tensor(op, 1, "q"));
}

static cn_tensor *percentile(cn_operation *op)
{
    return quantile_of(op, cn_div(cn_op_tensor(op, 1, "q"), 100.0));
}

/* ---- segments ---- */

#define SEGMENTS(id)                                                                    \
    static cn_tensor *id(cn_operation *op)                                              \
    {                                                                                   \
        if (!cn_op_value(op, -1, "num_segments"))                                       \
            return cn_op_refuse(op, "a number of segments that depends on the data");   \
        return cn_##id(cn_op_tensor(op, 0, "data"), cn_op_tensor(op, 1, "segment_ids"), \
                       cn_op_int(op, "num_segments", 0));                               \
    }
SEGMENTS(segment_sum)
SEGMENTS(segment_max)
SEGMENTS(segment_min)
SEGMENTS(segment_prod)

const cn_operation_row cn_operations_order[] = {C("Sort", sort),
                                                C("Argsort", argsort),
                                                C("Cumsum", cumsum),
                                                C("Cumprod", cumprod),
                                                C("Argmax", argmax),
                                                C("Argmin", argmin),
                                                C("TopK", top_k),
                                                C("InTopK", in_top_k),
                                                C("Diff", diff),
                                                C("Trapezoid", trapezoid),
                                                C("SearchSorted", searchsorted),
                                                C("Digitize", digitize),
                                                C("Median", median),
                                                C("Quantile", quantile),
                                                C("Percentile", percentile),
                                                C("SegmentSum", segment_sum),
                                                C("SegmentMax", segment_max),
                                                C("SegmentMin", segment_min),
                                                C("SegmentProd", segment_prod),
                                                {0}};
