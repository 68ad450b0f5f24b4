/* Two-dimensional convolution, float: activations (batch, height, width, channels), weights
 * (kernel_h, kernel_w, channels, filters), as Keras's channels_last. Results do not depend on the
 * number of threads. keras.ops.conv */
#ifndef CN_BACKEND_CPU_CONV_H
#define CN_BACKEND_CPU_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/cpu/gemm/tile.h"

typedef struct cn_conv2d {
    ptrdiff_t batch, height, width, channels, filters;
    ptrdiff_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    ptrdiff_t pad_top, pad_bottom, pad_left, pad_right; /* zeros around the input */
} cn_conv2d;

/* The output is (batch, cn_conv_out_h, cn_conv_out_w, filters); 0 where the kernel does not fit. */
ptrdiff_t cn_conv_out_h(const cn_conv2d *s);
ptrdiff_t cn_conv_out_w(const cn_conv2d *s);

/* False for kernels of more than 1024 taps or a very wide reach, which these functions refuse. */
bool cn_conv_fits(const cn_conv2d *s);

/* All fail with ENOMEM (this thread's first scratch) or EUNSUPPORTED (cn_conv_fits). Outputs are
 * overwritten and overlap no input. */

/* y = activation(conv(x, w) + bias); bias (filters) or NULL. */
bool cn_conv_forward(const cn_conv2d *s, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, float *y);
/* dx (as x) from dy (as the output). Also what keras.ops.conv_transpose computes. */
bool cn_conv_grad_input(const cn_conv2d *s, const float *dy, const float *w, float *dx);
/* dw (as w) and, unless NULL, dbias (filters). */
bool cn_conv_grad_weights(const cn_conv2d *s, const float *x, const float *dy, float *dw,
                          float *dbias);

#endif
