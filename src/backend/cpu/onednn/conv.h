/* Convolutions by oneDNN, with weights that are kept as it likes them. */
#ifndef CN_BACKEND_CPU_ONEDNN_CONV_H
#define CN_BACKEND_CPU_ONEDNN_CONV_H

#include <stdint.h>

#include "backend/cpu/window/conv.h"
#include "base/object.h"

typedef struct cn_onednn_conv cn_onednn_conv; /* an object */

/* *made: NULL where our own kernels are to compute: because they are as fast, the library is not
 * there or refuses, or nobody asked for it. `changes` is another number when the weights have been
 * written, and lives as long as runs. Fails for lack of memory. */
bool cn_onednn_conv_new(const cn_conv_shape *s, bool bias, const uint64_t *changes,
                        cn_onednn_conv **made);

/* As cn_conv_forward, from any thread. False, without an error: nothing useful was computed. */
bool cn_onednn_conv_run(cn_onednn_conv *c, const float *x, const float *w, const float *bias,
                        cn_tile_activation activation, const cn_epilogue *end, float *y);

extern const cn_kind cn_onednn_conv_kind;

#endif
