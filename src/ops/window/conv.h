/* Convolutions: three ops that are each other's gradients, so that any order of derivative works.
 *
 *     conv             x (N, in..., C), kernel (size..., C / groups, F), perhaps an epilogue
 *                      -> (N, out..., F)
 *     conv_input_grad  dy (N, out..., F), kernel, perhaps x for its shape  -> (N, in..., C)
 *     conv_kernel_grad x, dy                                               -> kernel's shape
 *
 * All share their attributes; `size` is set for conv_kernel_grad, `image` for conv_input_grad. */
#ifndef CN_OPS_CONV_H
#define CN_OPS_CONV_H

#include "backend/cpu/window/conv.h"
#include "ops/epilogue.h"
#include "ops/window/window.h"

extern const cn_op cn_op_conv, cn_op_conv_input_grad, cn_op_conv_kernel_grad;

/* The kernels of backend/cpu where they serve, else products of copied patches. */
bool cn_conv_claim(const cn_tensor *node, const cn_tensor *weights,
                   void **prepared); /* oneDNN, or kept */
/* The variable's kept weights, which plans of all batch sizes share. False: no memory. */
bool cn_conv_keep_variable(const cn_conv_shape *s, cn_variable_state *variable, void **prepared);
bool cn_conv_kernel(const cn_kernel_args *args);
bool cn_conv_input_grad_kernel(const cn_kernel_args *args);
bool cn_conv_kernel_grad_kernel(const cn_kernel_args *args);
/* Bytes of scratch for any of the three. */
size_t cn_conv_scratch(const cn_window_attrs *w, cn_shape image, cn_shape result,
                       const int64_t *size, cn_dtype dtype);

/* The portable ones, any number of axes and groups, float and double, numbers of `size` bytes
 * (conv_patches.c). `patches` has room for cn_patch_rows rows of size * channels / groups numbers.
 */
bool cn_patches_forward(const cn_geometry *g, size_t size, const void *x, const void *w,
                        const void *bias, cn_tile_activation activation, const cn_epilogue *end,
                        void *y, void *patches);
/* The same of floats and one group, with weights that are kept: threads copy what they multiply. */
bool cn_patches_kept(const cn_geometry *g, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, const cn_epilogue *end, cn_kept *keep,
                     float *y);
bool cn_patches_input_grad(const cn_geometry *g, size_t size, const void *dy, const void *w,
                           void *dx, void *patches);
bool cn_patches_kernel_grad(const cn_geometry *g, size_t size, const void *x, const void *dy,
                            void *dw, void *patches);
int64_t cn_patch_rows(const cn_geometry *g);
int64_t cn_patch_length(const cn_geometry *g);
int64_t cn_patch_pitch(const cn_geometry *g); /* from row to row */

#endif
