/* What a convolution and its gradient with respect to the input have in common: every output pixel
 * sums weighted input pixels at the same offsets (taps). Private to the convolutions. */
#ifndef CN_BACKEND_CPU_CORRELATE_H
#define CN_BACKEND_CPU_CORRELATE_H

#include "backend/cpu/gemm/kept.h"
#include "backend/cpu/window/conv_patch.h"

typedef struct cn_correlation {
    cn_image x;                           /* what is read */
    ptrdiff_t origin[CN_CONV_AXES];       /* where the box of output pixel 0 starts */
    ptrdiff_t step[CN_CONV_AXES];         /* from there to the next output pixel's */
    ptrdiff_t box[CN_CONV_AXES];          /* what the taps span: CN_CONV_REACH at most */
    ptrdiff_t tap_count;                  /* 0: the output is zero */
    const cn_tap *taps;                   /* in the order of their weights */
    const float *w;                       /* of (tap, channel i, filter j): */
    ptrdiff_t w_channel, w_filter;        /* w[tap.w + i * w_channel + j * w_filter] */
    float *y;                             /* of pixel p: */
    ptrdiff_t y_step[CN_CONV_AXES];       /* y + the sum of p[i] * y_step[i] */
    ptrdiff_t out[CN_CONV_AXES], filters; /* the output */
    const float *bias;
    cn_tile_activation activation;
    const cn_epilogue *end; /* of y, or NULL */
    cn_kept *keep;          /* of w as it lies, all of a kernel's taps; or NULL */
    bool bfloat16;          /* as a convolution's */
} cn_correlation;

/* The calling thread has its scratch. Fails with ENOMEM where weights are to be kept. */
bool cn_correlate(const cn_correlation *c);

#endif
