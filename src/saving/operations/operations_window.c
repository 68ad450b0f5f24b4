/* Keras's operations on diagonals, and those that cut tensors into windows. keras.ops.numpy, nn */
#include <string.h>

#include "saving/operations/operation_rows.h"

/* bool (rows, columns): the k-th diagonal. */
static cn_tensor *diagonal_mask(int64_t rows, int64_t columns, int64_t k)
{
    cn_tensor *row = cn_expand_dims(cn_arange(0, (double)rows, 1, CN_INT64), 1);
    return cn_equal(cn_add(row, (long long)k), cn_arange(0, (double)columns, 1, CN_INT64));
}

/* The offset-th diagonal of the last two axes, in their place. */
static cn_tensor *diagonal_of(cn_operation *op, cn_tensor *x, int64_t offset)
{
    int rank = cn_rank(x);
    int64_t rows = cn_dim(x, -2), columns = cn_dim(x, -1);
    if (!x || rows < 0 || columns < 0)
        return x ? cn_op_refuse(op, "matrices of unknown size") : NULL;
    int64_t down = offset < 0 ? -offset : 0, right = offset > 0 ? offset : 0;
    int64_t n = rows - down < columns - right ? rows - down : columns - right;
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK];
    for (int i = 0; i < rank; i++)
        size[i] = CN_ANY;
    if (n > 0) {
        start[rank - 2] = down;
        start[rank - 1] = right;
    }
    size[rank - 2] = size[rank - 1] = n > 0 ? n : 0;
    cn_tensor *square = cn_strided_slice(x, start, size, NULL);
    cn_tensor *mask = diagonal_mask(size[rank - 1], size[rank - 1], 0);
    return cn_sum(cn_select(mask, square, 0), {-1});
}

static cn_tensor *diagonal_by(cn_operation *op, cn_tensor *x)
{
    int a, b;
    if (!x || !cn_axis(cn_op_int(op, "axis1", 0), x->shape.rank, &a, op->name) ||
        !cn_axis(cn_op_int(op, "axis2", 1), x->shape.rank, &b, op->name) || a == b)
        return x ? cn_fail_null(CN_EINVAL, "%s: expected two different axes", op->name) : NULL;
    x = cn_moveaxis(x, a, -1);
    x = cn_moveaxis(x, b > a ? b - 1 : b, -1);
    return diagonal_of(op, x, cn_op_int(op, "offset", 0));
}

static cn_tensor *diagonal(cn_operation *op)
{
    return diagonal_by(op, X);
}

static cn_tensor *trace(cn_operation *op)
{
    cn_tensor *x = X;
    return cn_sum(diagonal_by(op, x && x->dtype == CN_BOOL ? cn_cast(x, CN_INT32) : x), {-1});
}

/* (n,) -> (n + |k|, n + |k|) with x on the k-th diagonal. */
static cn_tensor *matrix_with(cn_operation *op, cn_tensor *x)
{
    int64_t k = cn_op_int(op, "k", 0), n = cn_dim(x, 0), more = k < 0 ? -k : k;
    if (!x || n < 0)
        return x ? cn_op_refuse(op, "a vector of unknown size") : NULL;
    cn_tensor *row = cn_pad(x, &(int64_t){k > 0 ? k : 0}, &(int64_t){k < 0 ? more : 0}, NULL, 0);
    return cn_select(diagonal_mask(n + more, n + more, k), row, 0);
}

static cn_tensor *diag(cn_operation *op)
{
    cn_tensor *x = X;
    cn_shape shape = cn_shape_of(x);
    if (shape.rank == 2)
        return diagonal_of(op, x, cn_op_int(op, "k", 0));
    return shape.rank == 1
               ? matrix_with(op, x)
               : cn_fail_null(CN_EINVAL, "Diag: expected one axis or two, found shape %s",
                              cn_shape_text(shape));
}

static cn_tensor *diagflat(cn_operation *op)
{
    return matrix_with(op, cn_reshape(X, cn_shape(CN_ANY)));
}

/* ---- windows ---- */

/* (…, n) -> (…, windows, length) */
static cn_tensor *extract_sequences(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t length = cn_op_int(op, "sequence_length", 1),
            stride = cn_op_int(op, "sequence_stride", 1);
    int64_t n = cn_dim(x, -1), windows = stride > 0 ? (n - length) / stride + 1 : 0;
    if (!x || n < length || length < 1 || stride < 1)
        return x ? cn_op_refuse(op, "a last axis that is unknown or shorter than a sequence")
                 : NULL;
    cn_tensor *starts = cn_arange(0, (double)windows, 1, CN_INT32);
    cn_tensor *at = cn_add(cn_expand_dims(cn_mul(starts, (long long)stride), 1),
                           cn_arange(0, (double)length, 1, CN_INT32));
    return cn_gather(x, at, -1);
}

static void pair(cn_operation *op, const char *name, int64_t otherwise, int64_t *two)
{
    two[0] = otherwise;
    int n = cn_op_ints(op, -1, name, two);
    if (n < 2)
        two[1] = two[0];
}

/* (N, C, H, W) -> (N, C kh kw, windows), as PyTorch's unfold. */
static cn_tensor *unfold(cn_operation *op)
{
    int64_t kernel[CN_MAX_RANK], dilation[CN_MAX_RANK], padding[CN_MAX_RANK], stride[CN_MAX_RANK];
    cn_tensor *x = X;
    pair(op, "kernel_size", 1, kernel);
    pair(op, "dilation", 1, dilation);
    pair(op, "padding", 0, padding);
    pair(op, "stride", 1, stride);
    if (!x || x->shape.rank != 4)
        return x ? cn_fail_null(CN_EINVAL, "Unfold: expected images, found shape %s",
                                cn_shape_text(x->shape))
                 : NULL;
    int64_t around[] = {0, 0, padding[0], padding[1]}, count[2];
    x = cn_pad(x, around, around, NULL, 0);
    for (int i = 0; i < 2; i++) {
        const int64_t most = 1 << 20;
        if (kernel[i] < 1 || kernel[i] > most || dilation[i] < 1 || dilation[i] > most)
            return cn_op_refuse(op, "windows of that size");
        int64_t room = cn_dim(x, 2 + i) - dilation[i] * (kernel[i] - 1) - 1;
        if (room < 0 || stride[i] < 1)
            return cn_op_refuse(op, "images that are unknown or smaller than a window");
        count[i] = room / stride[i] + 1;
    }
    cn_list *windows = cn_list_new();
    for (int64_t i = 0; i < kernel[0] * kernel[1]; i++) {
        int64_t start[] = {0, 0, i / kernel[1] * dilation[0], i % kernel[1] * dilation[1]};
        int64_t size[] = {CN_ANY, CN_ANY, count[0], count[1]},
                step[] = {1, 1, stride[0], stride[1]};
        if (!cn_list_add(windows, cn_strided_slice(x, start, size, step)))
            return NULL;
    }
    return cn_op_merge(cn_op_merge(cn_stack(windows, 2), 1), 2);
}

const cn_operation_row cn_operations_window[] = {C("Diagonal", diagonal),
                                                 C("Trace", trace),
                                                 C("Diag", diag),
                                                 C("Diagflat", diagflat),
                                                 C("ExtractSequences", extract_sequences),
                                                 C("Unfold", unfold),
                                                 {0}};
