/* Inside of convolutions: a piece of the input that tiles can read, where it lies or copied with
 * its padding, and the kernel's taps. */
#ifndef CN_BACKEND_CPU_CONV_PATCH_H
#define CN_BACKEND_CPU_CONV_PATCH_H

#include <stddef.h>

#include "backend/cpu/window/conv.h"

enum {
    CN_CONV_TAPS = 1024,
    CN_CONV_REACH = 1 << 16,    /* pixels in the box of all taps */
    CN_CONV_PATCH = 1 << 17,    /* floats of scratch for a patch, */
    CN_CONV_PANEL = 3 << 15,    /* for the matrix on the other side, */
    CN_CONV_PIECE = 128 * 1024, /* multiplications that are worth a thread's while */
};

/* (images, height, width, channels) */
typedef struct cn_image {
    const float *at;
    ptrdiff_t height, width, channels;
} cn_image;

/* A box of an image: from image `n`, row `y`, column `x`, channel `c` on; y and x may lie outside.
 */
typedef struct cn_box {
    ptrdiff_t n, y, x, c, images, height, width, channels;
} cn_box;

/* Element (n, y, x, c) of a box is at[n * image + y * row + x * pixel + c]. */
typedef struct cn_patch {
    const float *at;
    ptrdiff_t image, row, pixel;
} cn_patch;

/* The box where it lies if it is inside of the image and either has all channels or may be
 * `sparse`; otherwise a copy in `room`, zeros being outside of the image. */
cn_patch cn_patch_of(const cn_image *image, const cn_box *box, bool sparse, float *room);

/* A tap reads the pixel (y, x) of an output pixel's box; `w` is where its weights start. */
typedef struct cn_tap {
    ptrdiff_t y, x, w;
} cn_tap;

/* cn_conv_grad_weights where there is something to sum; the calling thread has its scratch. */
void cn_conv_sum_weights(const cn_conv2d *s, const float *x, const float *dy, float *dw,
                         float *dbias);

static inline ptrdiff_t cn_least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t cn_most(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* For a >= 0, b > 0. */
static inline ptrdiff_t cn_divide_up(ptrdiff_t a, ptrdiff_t b)
{
    return (a + b - 1) / b;
}

#endif
