/* What layers with random noise share. */
#ifndef CN_LAYERS_REGULARIZATION_NOISE_H
#define CN_LAYERS_REGULARIZATION_NOISE_H

#include "layers/arguments.h"
#include "ops/ops.h"

/* x / (1 - rate) where a random mask of shape `noise` (which broadcasts to x) is true, else 0. */
cn_tensor *cn_drop(void *layer, cn_tensor *x, double rate, cn_shape noise);
bool cn_check_noise_shape(const void *layer, cn_dims noise_shape);
/* x's shape with the sizes that `noise_shape` gives; error when it does not fit. */
bool cn_noise_shape(cn_dims noise_shape, cn_shape x, cn_shape *noise);

#endif
