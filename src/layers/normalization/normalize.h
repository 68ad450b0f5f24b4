/* What the normalizing layers share. */
#ifndef CN_LAYERS_NORMALIZATION_NORMALIZE_H
#define CN_LAYERS_NORMALIZATION_NORMALIZE_H

#include "layers/arguments.h"
#include "ops/ops.h"

/* x in float32 at least, which is what statistics are computed in. */
cn_tensor *cn_widen(cn_tensor *x);
/* (x - mean) / sqrt(variance + epsilon) * gamma + beta, all broadcasting; gamma, beta, mean may be
 * NULL. */
cn_tensor *cn_standardize(cn_tensor *x, cn_tensor *mean, cn_tensor *variance, cn_tensor *gamma,
                          cn_tensor *beta, double epsilon);
/* All axes but one. */
cn_axes cn_other_axes(int rank, int axis);
/* Makes the layer's gamma, where it is to scale, and its beta, where it is to center. */
#define cn_add_affine(layer, shape, scale, center, gamma, beta) \
    cn_add_affine_(layer, CN_SHAPE_(shape), scale, center, gamma, beta)
bool cn_add_affine_(void *layer, const cn_shape *shape, bool scale, bool center, cn_tensor **gamma,
                    cn_tensor **beta);

/* For layers whose `axis` is a list: sorted as Keras sorts it; the input's sizes along it, which
 * must be known; a weight of that shape so that it broadcasts to x. */
void cn_sort_axes(cn_axes *axes);
bool cn_shape_along(cn_shape x, cn_axes axes, cn_shape *along);
cn_tensor *cn_spread(cn_tensor *weight, cn_axes axes, cn_shape x);
/* x's sizes along the axes are the weight's (NULL: any are right). */
bool cn_fits_weight(const cn_tensor *weight, cn_axes axes, cn_shape x);
/* `axis` as a list once the layer is built, as Keras has it; before that as it was given. */
bool cn_write_axes(cn_json *config, const cn_layer *layer, cn_axes axes);

#endif
