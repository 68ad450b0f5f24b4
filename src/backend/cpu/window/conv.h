/* Convolution over one to three axes, float: activations (batch, depth, height, width, channels),
 * weights (depth, height, width, channels, filters), as Keras's channels_last; axes that are
 * missing are of size 1. Results do not depend on the number of threads. keras.ops.conv */
#ifndef CN_BACKEND_CPU_CONV_H
#define CN_BACKEND_CPU_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/cpu/gemm/kept.h"
#include "backend/cpu/gemm/tile.h"

/* The batch is an axis like the others, on which the kernel is 1. */
enum { CN_BATCH, CN_DEPTH, CN_HEIGHT, CN_WIDTH, CN_CONV_AXES };

typedef struct cn_conv_shape {
    ptrdiff_t channels, filters;
    ptrdiff_t in[CN_CONV_AXES];
    ptrdiff_t kernel[CN_CONV_AXES], stride[CN_CONV_AXES], dilation[CN_CONV_AXES];
    ptrdiff_t before[CN_CONV_AXES], after[CN_CONV_AXES]; /* zeros around the input */
    bool bfloat16; /* all operands are that, or may be taken as the nearest one */
} cn_conv_shape;

/* For initializers: the same along each axis. */
#define CN_CONV_ONES \
    {                \
        1, 1, 1, 1   \
    }
#define CN_CONV_NONE \
    {                \
        0            \
    }

/* The output is (cn_conv_out(s, 0), ..., filters); 0 where the kernel does not fit. */
ptrdiff_t cn_conv_out(const cn_conv_shape *s, int axis);
ptrdiff_t cn_conv_pixels(const cn_conv_shape *s); /* the product of all four */
ptrdiff_t cn_conv_taps(const cn_conv_shape *s);   /* of the kernel */

/* False for kernels of more than 1024 taps or a very wide reach, which these functions refuse. */
bool cn_conv_fits(const cn_conv_shape *s);

/* All fail with ENOMEM (this thread's first scratch) or EUNSUPPORTED (cn_conv_fits). Outputs are
 * overwritten and overlap no input. */

/* y = end(activation(conv(x, w) + bias)); bias (filters) or NULL, end or NULL. `keep`: w, as
 * cn_conv_keep made it, or NULL. */
bool cn_conv_forward(const cn_conv_shape *s, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, const cn_epilogue *end, cn_kept *keep,
                     float *y);
/* Does cn_conv_forward best for so few pixels, and weights that are kept? */
bool cn_conv_suits_few(const cn_conv_shape *s, cn_kept *keep);
/* Kept weights as this convolution wants them, or `old` ones if they are such; NULL: no memory. */
cn_kept *cn_conv_keep(const cn_conv_shape *s, cn_kept *old, const uint64_t *changes);
/* dx (as x) from dy (as the output). Also what keras.ops.conv_transpose computes. */
bool cn_conv_grad_input(const cn_conv_shape *s, const float *dy, const float *w, float *dx);
/* dw (as w). */
bool cn_conv_grad_weights(const cn_conv_shape *s, const float *x, const float *dy, float *dw);

#endif
