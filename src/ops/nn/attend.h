/* Attention of several heads as one op. */
#ifndef CN_OPS_ATTEND_H
#define CN_OPS_ATTEND_H

#include "graph/tensor.h"

/* Inputs query (B, T, N, H), key (B, S, N, H), value (B, S, N, U), of the gradient dy (B, T, N, U),
 * and perhaps a mask, bool (B, N, T, S); batch, heads, and any axis of the mask may be 1. Results
 * (B, T, N, U), or the gradients of query, key and value, all with dy's batch and heads. */
typedef struct cn_attend_attrs {
    double scale;
    int64_t causal; /* each place looks at itself and those before it */
} cn_attend_attrs;

/* What masked logits become, as in Keras: a row that is masked as a whole looks everywhere. */
#define CN_ATTEND_LEAST (-0.7 * 3.40282346638528859812e38)

bool cn_attend_run(const cn_kernel_args *args); /* of both: the gradient has three results */
size_t cn_attend_room(const cn_tensor *node);

#endif
