/* What the library itself uses of the ops: the public headers, and the few internal doors. */
#ifndef CN_OPS_OPS_H
#define CN_OPS_OPS_H

#include "cornu/nn.h"
#include "cornu/ops.h"
#include "cornu/random.h"
#include "graph/shape.h"
#include "graph/tensor.h"

/* The gradient `dy` of a broadcast result, summed back to the shape of the operand `x`. */
cn_tensor *cn_sum_like(cn_tensor *dy, cn_tensor *x);
/* x broadcast to the shape of `like`, which may be unknown yet. */
cn_tensor *cn_broadcast_like(cn_tensor *x, cn_tensor *like);
/* x in memory of its own. */
cn_tensor *cn_copy(cn_tensor *x);
/* x under the shape of `like`. */
cn_tensor *cn_reshape_like(cn_tensor *x, cn_tensor *like);

#endif
