/* What the cropping layers share. */
#ifndef CN_LAYERS_RESHAPING_CROPPING_H
#define CN_LAYERS_RESHAPING_CROPPING_H

#include "layers/arguments.h"

/* x without `margins` (pairs) along its spatial axes, of which `layer` has a number. */
cn_tensor *cn_crop(const void *layer, cn_tensor *x, const cn_dims *margins, cn_str data_format);

#endif
