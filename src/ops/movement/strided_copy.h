/* Copies between two arrays whose elements lie at regular distances: what all movement ops run
 * on. */
#ifndef CN_OPS_STRIDED_COPY_H
#define CN_OPS_STRIDED_COPY_H

#include "graph/tensor.h"

/* For every index (i0, i1, …) below `dim`: to[Σ i·to_stride] = from[Σ i·from_stride]. Strides are
 * in elements and may be negative or (in from_stride) 0. */
typedef struct cn_strided {
    int rank;
    int64_t dim[CN_MAX_RANK], from_stride[CN_MAX_RANK], to_stride[CN_MAX_RANK];
} cn_strided;

/* `size` is that of an element: 1, 2, 4 or 8. Large copies are shared among threads. */
void cn_strided_copy(const void *from, void *to, const cn_strided *copy, size_t size);
/* Row-major strides of an array. */
void cn_row_major(const cn_view *view, int64_t *strides);

#endif
