/* Who may look at whom: bool (batch or 1, T, S). */
#ifndef CN_LAYERS_ATTENTION_MASKS_H
#define CN_LAYERS_ATTENTION_MASKS_H

#include "graph/tensor.h"

/* Each place at itself and those before it: for x (batch, T, ...) and y (batch, S, ...). */
cn_tensor *cn_causal_mask(cn_tensor *x, cn_tensor *y);
/* Each at those less than `window` places away. */
cn_tensor *cn_window_mask(cn_tensor *x, cn_tensor *y, int64_t window);

#endif
