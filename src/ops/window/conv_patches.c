/* Convolutions of any kind as matrix products: the patches that a block of output pixels reads are
 * copied into rows (pixels, size * channels of a group), and what leaves such rows is added back.
 */
#include <string.h>

#include "backend/cpu/gemm/gemm.h"
#include "base/threads.h"
#include "ops/window/conv.h"

enum { BLOCK = 1 << 18 }; /* numbers copied at a time */

static int64_t pixels_of(const cn_geometry *g)
{
    return g->batch * g->out[0] * g->out[1] * g->out[2];
}

int64_t cn_patch_length(const cn_geometry *g)
{
    return g->size[0] * g->size[1] * g->size[2] * (g->channels / g->groups);
}

int64_t cn_patch_rows(const cn_geometry *g)
{
    int64_t rows = BLOCK / (cn_patch_length(g) + 1) + 1, pixels = pixels_of(g);
    return rows < pixels ? rows : pixels;
}

/* A block: rows for the output pixels first, first + 1, ... */
typedef struct block {
    const cn_geometry *g;
    int64_t group, first, rows;
    const void *image;
    void *patches, *to;
} block;

/* The image and the place of an output pixel. */
static int64_t place_of(const cn_geometry *g, int64_t pixel, int64_t at[3])
{
    for (int k = 3; k--;) {
        at[k] = pixel % g->out[k] * g->stride[k] - g->before[k];
        pixel /= g->out[k];
    }
    return pixel;
}

/* Calls `visit` for each tap of an output pixel with the pixel of the image that it reads, -1 where
 * that lies outside. */
#define EACH_TAP(g, pixel, tap, from, visit)                                                   \
    do {                                                                                       \
        int64_t at_[3], n_ = place_of(g, pixel, at_), tap = 0;                                 \
        for (int64_t a_ = 0; a_ < (g)->size[0]; a_++)                                          \
            for (int64_t b_ = 0; b_ < (g)->size[1]; b_++)                                      \
                for (int64_t c_ = 0; c_ < (g)->size[2]; c_++, tap++) {                         \
                    int64_t z_ = at_[0] + a_ * (g)->dilation[0];                               \
                    int64_t y_ = at_[1] + b_ * (g)->dilation[1];                               \
                    int64_t x_ = at_[2] + c_ * (g)->dilation[2];                               \
                    bool inside_ = z_ >= 0 && z_ < (g)->in[0] && y_ >= 0 && y_ < (g)->in[1] && \
                                   x_ >= 0 && x_ < (g)->in[2];                                 \
                    int64_t from =                                                             \
                        inside_ ? ((n_ * (g)->in[0] + z_) * (g)->in[1] + y_) * (g)->in[2] + x_ \
                                : -1;                                                          \
                    visit;                                                                     \
                }                                                                              \
    } while (0)

#define REAL float
#define GEMM cn_gemm
#define GEMM_RUN cn_gemm_run
#define NAME(x) x##_float
#include "ops/window/conv_patches_template.h"
#undef REAL
#undef GEMM
#undef GEMM_RUN
#undef NAME
#define REAL double
#define GEMM cn_gemm_double
#define GEMM_RUN cn_gemm_run_double
#define NAME(x) x##_double
#include "ops/window/conv_patches_template.h"
