/* Matrix products and convolutions: their records and attributes, for passes that rebuild nodes,
 * and the dtypes that their kernels compute in. */
#ifndef CN_OPS_PRODUCTS_H
#define CN_OPS_PRODUCTS_H

#include "ops/ops.h"

/* matmul: inputs a (..., m, k), b (..., k, n), both of rank 2 or more, and perhaps an epilogue; the
 * last two axes of either may be stored swapped. */
typedef struct cn_matmul_attrs {
    int32_t transpose_a, transpose_b;
    int32_t epilogue; /* the word of backend/cpu/gemm/epilogue.h */
    int32_t bfloat16; /* a and b were of that dtype, or cast to it loosely */
} cn_matmul_attrs;

extern const cn_op cn_op_matmul;

/* What float kernels compute x's dtype in: float64 or float32; and what their result is cast back
 * to: x's dtype if that is a float, else float32. */
static inline cn_dtype cn_compute_float(cn_dtype dtype)
{
    return dtype == CN_FLOAT64 ? CN_FLOAT64 : CN_FLOAT32;
}
static inline cn_dtype cn_result_float(cn_dtype dtype)
{
    return cn_dtype_is_float(dtype) ? dtype : CN_FLOAT32;
}

/* Views that keep unknown dimensions apart, where a reshape could not. `count` axes from `first` on
 * become one (none: one of size 1); and back: axis `first` becomes as many as `count` axes of
 * `like` from `from` on (none: it goes). */
cn_tensor *cn_merge_axes(cn_tensor *x, int first, int count);
cn_tensor *cn_split_axis(cn_tensor *x, int first, cn_tensor *like, int from, int count);

#endif
