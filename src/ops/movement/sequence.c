/* Tensors made from a rule, and shapes as tensors. keras.ops.arange, linspace, eye, shape */
#include <math.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "ops/ops.h"

/* A constant of n elements: start + i * step, or for ints exactly that. */
static cn_tensor *sequence(double start, double step, int64_t n, cn_dtype dtype)
{
    bool whole = cn_dtype_is_int(dtype) && start == floor(start) && step == floor(step) &&
                 fabs(start) + fabs(step) * (double)n < 9e18;
    cn_dtype wide = whole ? CN_INT64 : CN_FLOAT64;
    cn_buffer *from = cn_buffer_new((size_t)n * 8),
              *to = cn_buffer_new((size_t)n * cn_dtype_size(dtype));
    if (!from || !to)
        return NULL;
    for (int64_t i = 0; i < n; i++) {
        if (whole)
            ((int64_t *)from->data)[i] = (int64_t)start + i * (int64_t)step;
        else
            ((double *)from->data)[i] = start + (double)i * step;
    }
    cn_loop_cast(wide, dtype)(to->data, &(const void *){from->data}, (size_t)n,
                              (int32_t[]){wide, dtype});
    return cn_constant(to, cn_shape(n), dtype);
}

static const double most = 1e12; /* elements; more do not fit into any memory */

cn_tensor *cn_arange(double start, double stop, double step, cn_dtype dtype)
{
    double n = ceil((stop - start) / step);
    if (dtype == CN_NO_DTYPE)
        dtype = CN_FLOAT32;
    if (step == 0 || isnan(n) || n > most)
        return cn_fail_null(CN_EINVAL, "cn_arange: no range from %g to %g in steps of %g", start,
                            stop, step);
    return sequence(start, step, n > 0 ? (int64_t)n : 0, dtype);
}

cn_tensor *cn_linspace(double start, double stop, int64_t count, cn_dtype dtype)
{
    if (count < 0 || (double)count > most)
        return cn_fail_null(CN_EINVAL, "cn_linspace: expected a count of at least 0, found %lld",
                            (long long)count);
    double step = count > 1 ? (stop - start) / (double)(count - 1) : 0;
    if (dtype == CN_NO_DTYPE)
        dtype = CN_FLOAT32;
    cn_tensor *y = sequence(start, step, count, dtype);
    if (y && count > 1) { /* the last one exactly */
        size_t size = cn_dtype_size(dtype);
        cn_loop_cast(CN_FLOAT64, dtype)((char *)y->value->data + (size_t)(count - 1) * size,
                                        &(const void *){&stop}, 1, (int32_t[]){CN_FLOAT64, dtype});
    }
    return y;
}

cn_tensor *cn_eye(int64_t rows, int64_t columns, cn_dtype dtype)
{
    cn_shape shape = {2, {rows, columns}};
    if (dtype == CN_NO_DTYPE)
        dtype = CN_FLOAT32;
    if (rows < 0 || columns < 0 || (double)rows * (double)columns > most)
        return cn_fail_null(CN_EINVAL, "cn_eye: expected sizes of at least 0, found (%lld, %lld)",
                            (long long)rows, (long long)columns);
    size_t size = cn_dtype_size(dtype);
    cn_buffer *buffer = cn_buffer_new((size_t)(rows * columns) * size);
    if (!buffer)
        return NULL;
    memset(buffer->data, 0, buffer->size);
    const int64_t one = 1;
    for (int64_t i = 0; i < rows && i < columns; i++)
        cn_loop_cast(CN_INT64, dtype)((char *)buffer->data + (size_t)(i * columns + i) * size,
                                      &(const void *){&one}, 1, (int32_t[]){CN_INT64, dtype});
    return cn_constant(buffer, shape, dtype);
}

/* ---- shape ---- */

static bool shape_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = cn_shape(node->inputs[0]->shape.rank);
    results->dtype[0] = CN_INT32;
    return true;
}

static bool shape_run(const cn_kernel_args *args)
{
    int32_t *y = args->out[0].data;
    for (int i = 0; i < args->in[0].rank; i++)
        y[i] = (int32_t)args->in[0].dim[i];
    return true;
}

const cn_op cn_op_shape = {
    .name = "shape", .traits = CN_NO_GRADIENT, .infer = shape_infer, .run = shape_run};

cn_tensor *cn_shape_tensor(cn_tensor *x)
{
    if (!x || !cn_shape_known(x->shape))
        return cn_apply1(&cn_op_shape, x, NULL);
    int32_t dims[CN_MAX_RANK] = {0};
    for (int i = 0; i < x->shape.rank; i++)
        dims[i] = (int32_t)x->shape.dim[i];
    return cn_array(dims, CN_INT32, cn_shape(x->shape.rank));
}
