#ifndef CN_LAYERS_ACTIVATIONS_SOFTMAX_H
#define CN_LAYERS_ACTIVATIONS_SOFTMAX_H

#include "graph/tensor.h"

/* The softmax over the axes, which ends with 0 where the mask (NULL: none), of a shape that
 * broadcasts to x's, is false. */
cn_tensor *cn_masked_softmax(cn_tensor *x, cn_tensor *mask, cn_axes axes);

#endif
