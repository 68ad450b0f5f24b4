/* Reductions: what the ops (reduce.c) and their kernel (reduce_kernel.c) share. */
#ifndef CN_OPS_REDUCE_H
#define CN_OPS_REDUCE_H

#include "backend/cpu/loops/reduce.h"
#include "graph/tensor.h"

typedef struct cn_reduce_attrs {
    uint32_t mask; /* bit i: axis i is reduced */
} cn_reduce_attrs;

/* out[0] from in[0] over the axes of the mask; float results are divided by how many numbers each
 * is made of where `mean` says so. */
bool cn_reduce_run(const cn_kernel_args *args, cn_reduction reduction, bool mean);
size_t cn_reduce_scratch(cn_shape x, cn_dtype dtype, uint32_t mask);
/* Is each result made of a row of its own, of floats side by side? */
bool cn_reduces_rows(const cn_tensor *node);
/* Then n rows of *length numbers give out[0 .. n), to the bit what cn_reduce_run gives. */
void cn_reduce_rows(float *out, const float *x, size_t n, const size_t *length,
                    cn_reduction reduction, bool mean);

#endif
