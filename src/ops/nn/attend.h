/* Attention of several heads as one op. */
#ifndef CN_OPS_ATTEND_H
#define CN_OPS_ATTEND_H

#include "graph/tensor.h"

/* Inputs query (B, T, N, H), key (B, S, N, H), value (B, S, N, U), of the gradient dy (B, T, N, U)
 * and both results, and perhaps a mask, bool (B, N, T, S); batch, heads, and any axis of the mask
 * may be 1. Results (B, T, N, U), and what the gradient would have to compute again: the largest
 * logit of each row and one over the sum (B, N, 2, T); or the gradients of query, key and value,
 * all with dy's batch and heads. */
typedef struct cn_attend_attrs {
    double scale;
    int64_t causal; /* each place looks at itself and those before it */
} cn_attend_attrs;

/* Wider heads do not fit into scratch. */
enum { CN_ATTEND_WIDEST = 640 };

/* What masked logits become, as in Keras: a row that is masked as a whole looks everywhere. */
#define CN_ATTEND_LEAST (-0.7 * 3.40282346638528859812e38)

bool cn_attend_run(const cn_kernel_args *args); /* of both: the gradient has three results */
double cn_attend_flops(const cn_kernel_args *args);

#endif
