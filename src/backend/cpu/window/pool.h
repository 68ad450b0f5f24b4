/* Two-dimensional pooling, float, (batch, height, width, channels). What lies in the padding takes
 * no part: it is no maximum and is not counted in an average. keras.ops.max_pool,
 * keras.ops.average_pool */
#ifndef CN_BACKEND_CPU_POOL_H
#define CN_BACKEND_CPU_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/cpu/isa.h"

typedef struct cn_pool {
    ptrdiff_t batch, height, width, channels;
    ptrdiff_t window_h, window_w, stride_h, stride_w; /* window_h * window_w <= 65536 */
    ptrdiff_t pad_top, pad_bottom, pad_left, pad_right;
} cn_pool;

/* The output is (batch, cn_pool_out_h, cn_pool_out_w, channels); 0 where the window does not fit.
 */
ptrdiff_t cn_pool_out_h(const cn_pool *p);
ptrdiff_t cn_pool_out_w(const cn_pool *p);

/* y = the maxima (NaN wins); where (as y, or NULL) = which element of the window, i * window_w + j,
 * was the first of them. */
void cn_pool_max(const cn_pool *p, const float *x, float *y, uint16_t *where);
/* dx (as x) from dy (as y). With `y` (not NULL) the maxima went through a relu, y being its output,
 * and dy is the gradient with respect to that output. */
void cn_pool_max_grad(const cn_pool *p, const float *dy, const uint16_t *where, const float *y,
                      float *dx);
void cn_pool_average(const cn_pool *p, const float *x, float *y);
void cn_pool_average_grad(const cn_pool *p, const float *dy, float *dx);

/* Inside: the same for some rows of the output (or, for gradients, of the input), counted through
 * the batch. */
typedef struct cn_pool_job {
    cn_pool p;
    ptrdiff_t out_h, out_w;
    const float *x, *y, *dy;
    const uint16_t *where_in;
    float *to;
    uint16_t *where_out;
} cn_pool_job;

typedef struct cn_pools {
    void (*max)(const cn_pool_job *, ptrdiff_t begin, ptrdiff_t end);
    void (*max_grad)(const cn_pool_job *, ptrdiff_t begin, ptrdiff_t end);
    void (*average)(const cn_pool_job *, ptrdiff_t begin, ptrdiff_t end);
    void (*average_grad)(const cn_pool_job *, ptrdiff_t begin, ptrdiff_t end);
} cn_pools;

CN_ISA_DECLARE(cn_pools);

#endif
