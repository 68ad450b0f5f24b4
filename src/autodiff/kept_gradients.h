#ifndef CN_AUTODIFF_KEPT_GRADIENTS_H
#define CN_AUTODIFF_KEPT_GRADIENTS_H

#include "graph/tensor.h"

typedef cn_list *(*cn_gradient_walk)(const cn_list *ys, const cn_list *xs);

/* What `walk` gives; in eager code by a piece of graph that was kept of an equal graph. */
cn_list *cn_keep_gradients(const cn_list *ys, const cn_list *xs, cn_gradient_walk walk);

#endif
