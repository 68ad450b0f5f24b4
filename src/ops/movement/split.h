/* Tensors taken apart by one node. */
#ifndef CN_OPS_SPLIT_H
#define CN_OPS_SPLIT_H

#include "ops/ops.h"

typedef struct cn_split_attrs {
    int64_t axis, count;
} cn_split_attrs;

#endif
