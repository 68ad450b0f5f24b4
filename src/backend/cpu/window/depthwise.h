/* Depthwise convolution, float, of images without depth: each input channel has `filters` (Keras:
 * depth_multiplier) filters of its own. Weights (height, width, channels, filters); output (batch,
 * height, width, channels * filters), channel-major. Results do not depend on the number of
 * threads. keras.ops.depthwise_conv */
#ifndef CN_BACKEND_CPU_DEPTHWISE_H
#define CN_BACKEND_CPU_DEPTHWISE_H

#include "backend/cpu/window/conv.h"

/* y = end(activation(conv + bias)); bias (channels * filters) or NULL, end or NULL. */
void cn_depthwise_forward(const cn_conv_shape *s, const float *x, const float *w, const float *bias,
                          cn_tile_activation activation, const cn_epilogue *end, float *y);
/* dx (as x) from dy (as the output). */
void cn_depthwise_grad_input(const cn_conv_shape *s, const float *dy, const float *w, float *dx);
/* dw (as w) and, unless NULL, dbias (channels * filters). Fails: ENOMEM (this thread's first
 * scratch). */
bool cn_depthwise_grad_weights(const cn_conv_shape *s, const float *x, const float *dy, float *dw,
                               float *dbias);

/* Inside. */
typedef struct cn_depthwise_job {
    cn_conv_shape s;
    ptrdiff_t out_h, out_w, outputs; /* outputs: channels * filters */
    const float *x, *w, *bias, *dy;
    cn_tile_activation activation;
    const cn_epilogue *end;
    float *to, *dbias;
} cn_depthwise_job;

typedef struct cn_depthwise {
    /* Rows of the output, or of dx, counted through the batch. */
    void (*forward)(const cn_depthwise_job *, ptrdiff_t begin, ptrdiff_t end);
    void (*grad_input)(const cn_depthwise_job *, ptrdiff_t begin, ptrdiff_t end);
    /* Sums over images begin .. end of output channels o .. o + count, to job->to and job->dbias.
     */
    void (*grad_weights)(const cn_depthwise_job *, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t o,
                         ptrdiff_t count);
} cn_depthwise;

CN_ISA_DECLARE(cn_depthwise);

#endif
