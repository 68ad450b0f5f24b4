/* Inside of convolutions: a piece of the input that tiles can read, where it lies or copied with
 * its padding, and the kernel's taps. */
#ifndef CN_BACKEND_CPU_CONV_PATCH_H
#define CN_BACKEND_CPU_CONV_PATCH_H

#include <stddef.h>

#include "backend/cpu/sizes.h"
#include "backend/cpu/window/conv.h"

enum {
    CN_CONV_TAPS = 1024,
    CN_CONV_REACH = 1 << 16,    /* pixels in the box of all taps */
    CN_CONV_PATCH = 1 << 17,    /* floats of scratch for a patch, */
    CN_CONV_PANEL = 3 << 15,    /* for the matrix on the other side, */
    CN_CONV_PIECE = 128 * 1024, /* multiplications that are worth a thread's while */
};

/* (size..., channels), where the pixels next to each other along an axis lie `step` apart. */
typedef struct cn_image {
    const float *at;
    ptrdiff_t size[CN_CONV_AXES], step[CN_CONV_AXES], channels;
} cn_image;

/* Pixels from a kernel's first tap to its last. */
static inline ptrdiff_t cn_conv_reach(const cn_conv_shape *s, int axis)
{
    return (s->kernel[axis] - 1) * s->dilation[axis] + 1;
}

/* The input of a convolution and how far apart outputs read it. Along axes where the kernel is 1,
 * it has those pixels only which are read. */
cn_image cn_image_of(const cn_conv_shape *s, const float *x, ptrdiff_t *stride);

/* Where a pixel is; NULL outside of the image. */
const float *cn_image_pixel(const cn_image *image, const ptrdiff_t *place);

/* A box of an image: from pixel `at`, channel `c` on; it may lie outside, but for the batch. */
typedef struct cn_box {
    ptrdiff_t at[CN_CONV_AXES], size[CN_CONV_AXES], c, channels;
} cn_box;

/* Pixel p of a box starts at the sum of p[i] * step[i]. */
typedef struct cn_patch {
    const float *at;
    ptrdiff_t step[CN_CONV_AXES];
} cn_patch;

/* The box where it lies if it is inside of the image and has all channels; otherwise a copy in
 * `room`, zeros being outside of the image. */
cn_patch cn_patch_of(const cn_image *image, const cn_box *box, float *room);

/* A tap reads the pixel `at` of an output pixel's box; `w` is where its weights start. */
typedef struct cn_tap {
    int at[CN_CONV_AXES];
    ptrdiff_t w;
} cn_tap;

/* cn_conv_grad_weights where there is something to sum; the calling thread has its scratch. */
void cn_conv_sum_weights(const cn_conv_shape *s, const float *x, const float *dy, float *dw);

/* How the pixels of an output are shared out: in units, boxes of `size` pixels (less at the ends),
 * `count` of them along each axis of `out`. */
typedef struct cn_units {
    ptrdiff_t out[CN_CONV_AXES], size[CN_CONV_AXES], count[CN_CONV_AXES];
} cn_units;

typedef struct cn_unit {
    ptrdiff_t at[CN_CONV_AXES], size[CN_CONV_AXES];
} cn_unit;

/* Sets `count`; returns how many there are. */
ptrdiff_t cn_units_count(cn_units *u);
cn_unit cn_units_get(const cn_units *u, ptrdiff_t i);
/* Halves the unit along depth or height, the longer one; false where both are 1. */
bool cn_units_halve(cn_units *u);
/* Pixels that a unit reads where outputs lie `step` apart and read `box` pixels each. */
ptrdiff_t cn_units_read(const cn_units *u, const ptrdiff_t *step, const ptrdiff_t *box);

/* The product of what stands along the axes, and the sum of products. */
static inline ptrdiff_t cn_product(const ptrdiff_t *size)
{
    return size[0] * size[1] * size[2] * size[3];
}

static inline ptrdiff_t cn_offset(const ptrdiff_t *at, const ptrdiff_t *step)
{
    return at[0] * step[0] + at[1] * step[1] + at[2] * step[2] + at[3] * step[3];
}

/* The next place in the order of memory; the first `axes` axes only. */
static inline void cn_next_place(ptrdiff_t *at, const ptrdiff_t *size, int axes)
{
    while (axes-- > 0 && ++at[axes] == size[axes])
        at[axes] = 0;
}

/* Where the pixels (or rows, planes) of dense images lie, the innermost step being `step`. */
static inline void cn_dense_steps(const ptrdiff_t *size, ptrdiff_t step, ptrdiff_t *steps)
{
    for (int i = CN_CONV_AXES - 1; i >= 0; step *= size[i--])
        steps[i] = step;
}

#endif
