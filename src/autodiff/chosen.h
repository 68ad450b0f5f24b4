/* What select leaves out gets no gradient, not even 0 times one that is infinite or no number: d
 * sqrt(x) / dx at 0, on the side that was not chosen. So the walk back carries along, through
 * elementwise ops and views, where a tensor is read at all. */
#ifndef CN_AUTODIFF_CHOSEN_H
#define CN_AUTODIFF_CHOSEN_H

#include "ops/ops.h"

/* For each tensor the bools of its elements, held by the current scope; NULL: all are read, or none
 * has been met. */
typedef struct cn_chosen {
    cn_tensor *where;
    bool everywhere;
} cn_chosen;

/* Adds to `input`, the k-th one of `node`, where the node reads it. */
bool cn_chosen_flow(cn_chosen *input, const cn_tensor *node, int k, const cn_chosen *of);
/* The node's vjp, with zeros in its gradients where the node is not read. */
bool cn_chosen_vjp(const cn_tensor *node, cn_tensor *where, cn_tensor *const *dy, cn_tensor **dx);

#endif
