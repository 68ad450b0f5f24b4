/* The reverse walk behind cn_gradients, for ops whose own gradients need one; src/autodiff. */
#ifndef CN_GRAPH_GRADIENTS_H
#define CN_GRAPH_GRADIENTS_H

#include "graph/tensor.h"

/* For each x the sum over i of grad_ys[i] times d ys[i] / d x: a tensor shaped like x, or
 * cn_none(). grad_ys[i] has the shape of ys[i]; a cn_none() there leaves ys[i] out, grad_ys NULL
 * stands for ones. A new list. */
cn_list *cn_vector_jacobian(const cn_list *ys, const cn_list *grad_ys, const cn_list *xs);
/* Where the way back from y to x ends: the tensor nearest to y whose op has no gradient; NULL: y
 * does not depend on x, or its gradient gets there. Borrowed. */
const cn_tensor *cn_gradient_end(cn_tensor *y, cn_tensor *x);

#endif
