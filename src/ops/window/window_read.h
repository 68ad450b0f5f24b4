/* What users say about windows, checked. */
#ifndef CN_OPS_WINDOW_READ_H
#define CN_OPS_WINDOW_READ_H

#include "ops/ops.h"
#include "ops/window/window.h"

/* The attributes for `window` (NULL: all defaults) over x; `who` is the public function. Sizes stay
 * zero where the window says nothing. */
bool cn_window_read(const cn_window *window, const cn_tensor *x, const char *who,
                    cn_window_attrs *attrs);
bool cn_channels_are_first(const cn_window *window);
/* (N, C, spatial...) to (N, spatial..., C), and back. */
cn_tensor *cn_channels_to_last(cn_tensor *x);
cn_tensor *cn_channels_to_first(cn_tensor *x);

#endif
