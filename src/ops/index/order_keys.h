/* Numbers of any dtype as unsigned ones that order alike: -0 equals 0, NaN comes last. */
#ifndef CN_OPS_ORDER_KEYS_H
#define CN_OPS_ORDER_KEYS_H

#include "graph/tensor.h"

#define CN_NAN_KEY UINT64_MAX
/* keys[i] of n elements that stand `stride` elements apart. */
void cn_order_keys(const void *x, cn_dtype dtype, int64_t n, int64_t stride, uint64_t *keys);

#endif
