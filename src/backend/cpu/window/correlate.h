/* What a convolution and its gradient with respect to the input have in common: every output pixel
 * sums weighted input pixels at the same offsets (taps). Private to the convolutions. */
#ifndef CN_BACKEND_CPU_CORRELATE_H
#define CN_BACKEND_CPU_CORRELATE_H

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
} cn_correlation;

/* The calling thread has its scratch. */
void cn_correlate(const cn_correlation *c);

/* On matrix units: how many channels a block has, whole steps of k; 0: they are not faster. */
ptrdiff_t cn_correlate_amx_block(const cn_correlation *c);
/* Channels from .. from + count of the unit's outputs, filters of panels first .. last. The box
 * that the unit reads has at most CN_CONV_PATCH numbers in a block. */
void cn_correlate_amx(const cn_correlation *c, const cn_unit *u, ptrdiff_t first, ptrdiff_t last,
                      ptrdiff_t from, ptrdiff_t count);

#endif
