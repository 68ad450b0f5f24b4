/* What a convolution and its gradient with respect to the input have in common: every output pixel
 * sums weighted input pixels at the same offsets (taps). Private to the convolutions. */
#ifndef CN_BACKEND_CPU_CORRELATE_H
#define CN_BACKEND_CPU_CORRELATE_H

#include "backend/cpu/window/conv_patch.h"

typedef struct cn_correlation {
    ptrdiff_t batch;
    cn_image x;                        /* what is read, (batch, ...) */
    ptrdiff_t origin_h, origin_w;      /* where the box of output pixel (0, 0) starts in x */
    ptrdiff_t step_h, step_w;          /* from there to the next output pixel's */
    ptrdiff_t box_h, box_w;            /* the box that the taps span, at most CN_CONV_REACH */
    ptrdiff_t tap_count;               /* 0: the output is zero */
    const cn_tap *taps;                /* in the order of their weights */
    const float *w;                    /* of (tap, channel i, filter j): */
    ptrdiff_t w_channel, w_filter;     /*     w[tap.w + i * w_channel + j * w_filter] */
    float *y;                          /* of pixel (n, i, j): */
    ptrdiff_t y_image, y_row, y_pixel; /*     y + n * y_image + i * y_row + j * y_pixel */
    ptrdiff_t rows, columns, filters;  /* the output */
    const float *bias;
    cn_tile_activation activation;
} cn_correlation;

/* The calling thread has its scratch. */
void cn_correlate(const cn_correlation *c);

#endif
