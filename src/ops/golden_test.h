/* Whole numbers in, one number out: what tests compare with results of Keras that were written down
 * as checksums. */
#ifndef CN_OPS_GOLDEN_TEST_H
#define CN_OPS_GOLDEN_TEST_H

#include "base/test.h"
#include "ops/ops.h"

/* Element i is (7 i + 5 seed) mod 11 - 5, so that sums are exact in any order. */
static inline cn_tensor *numbers(cn_shape shape, cn_dtype dtype, int seed)
{
    double values[8192];
    int64_t size = cn_shape_size(shape);
    for (int64_t i = 0; i < size && i < 8192; i++)
        values[i] = (double)((i * 7 + seed * 5) % 11) - 5;
    return cn_cast(cn_array(values, CN_FLOAT64, shape), dtype);
}

/* The sum of y[i] ((13 i + 7) mod 17 - 8). */
static inline double checksum(cn_tensor *y)
{
    const double *values = cn_data(cn_cast(y, CN_FLOAT64));
    double sum = 0;
    for (int64_t i = 0; values && i < cn_size(y); i++)
        sum += values[i] * (double)((i * 13 + 7) % 17 - 8);
    return sum;
}

/* x, kernel (or nothing), window; what Keras makes of them. */
typedef struct golden {
    cn_shape x, kernel;
    cn_window window;
    cn_shape y;
    double sum;
} golden;

#endif
