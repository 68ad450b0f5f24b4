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

/* Rows that were whole pages apart would fall on each other in caches. */
int64_t cn_patch_pitch(const cn_geometry *g)
{
    int64_t length = cn_patch_length(g);
    return length % 64 ? length : length + 16;
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
    const char *image;
    char *patches, *to;
    size_t size; /* of a number */
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

static void copy(void *context, size_t begin, size_t end)
{
    const block *b = context;
    const cn_geometry *g = b->g;
    int64_t channels = g->channels / g->groups, pitch = cn_patch_pitch(g);
    size_t bytes = (size_t)channels * b->size, pixel = (size_t)g->channels * b->size;
    for (size_t row = begin; row < end; row++) {
        char *to = b->patches + row * (size_t)pitch * b->size;
        const char *image = b->image + (size_t)b->group * bytes;
        EACH_TAP(g, b->first + (int64_t)row, tap, from, {
            if (from < 0)
                memset(to + (size_t)tap * bytes, 0, bytes);
            else
                memcpy(to + (size_t)tap * bytes, image + (size_t)from * pixel, bytes);
        });
    }
}

/* Channels [begin, end) of the group: threads share no number, and each is added up in one order.
 */
#define ADD(name, real)                                                                         \
    static void name(void *context, size_t begin, size_t end)                                   \
    {                                                                                           \
        const block *b = context;                                                               \
        const cn_geometry *g = b->g;                                                            \
        int64_t channels = g->channels / g->groups, pitch = cn_patch_pitch(g);                  \
        for (int64_t row = 0; row < b->rows; row++) {                                           \
            const real *patch = (const real *)(const void *)b->patches + row * pitch;           \
            real *image = (real *)(void *)b->to + b->group * channels;                          \
            EACH_TAP(g, b->first + row, tap, at, {                                              \
                for (size_t c = begin; at >= 0 && c < end; c++)                                 \
                    image[at * g->channels + (int64_t)c] += patch[tap * channels + (int64_t)c]; \
            });                                                                                 \
        }                                                                                       \
    }
ADD(add_float, float)
ADD(add_double, double)

static void count_rows(block *b)
{
    int64_t left = pixels_of(b->g) - b->first, most = cn_patch_rows(b->g);
    b->rows = most < left ? most : left;
}

static void copy_block(block *b)
{
    count_rows(b);
    cn_parallel_for((size_t)b->rows, (size_t)(16384 / (cn_patch_length(b->g) + 1) + 1), copy, b);
}

/* Of an array of pixels by filters: the group's part from the block's first pixel on. */
static size_t at_first(const block *b, int64_t filters)
{
    return (size_t)(b->first * b->g->filters + b->group * filters) * b->size;
}

/* What numbers k .. k + count of a row have of a tap's `channels`, which begin at number `first`;
 * `pixel`: NULL outside the image. */
static void copy_tap(const float *pixel, int64_t first, int64_t channels, int64_t k, int64_t count,
                     float *to)
{
    int64_t skipped = first < k ? k - first : 0, left = channels - skipped;
    int64_t room = k + count - (first + skipped), some = left < room ? left : room;
    float *at = to + (first + skipped - k);
    if (some > 0 && pixel)
        memcpy(at, pixel + skipped, (size_t)some * sizeof *at);
    else if (some > 0)
        memset(at, 0, (size_t)some * sizeof *at);
}

/* See cn_gemm_source. */
static void copy_rows(const void *context, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k,
                      ptrdiff_t count, float *to, ptrdiff_t pitch)
{
    const block *b = context;
    const cn_geometry *g = b->g;
    const float *x = (const float *)(const void *)b->image;
    for (ptrdiff_t r = 0; r < rows; r++, to += pitch)
        EACH_TAP(g, i + r, tap, at,
                 copy_tap(at < 0 ? NULL : x + at * g->channels, tap * g->channels, g->channels, k,
                          count, to));
}

/* Is each output pixel's patch one pixel of the image, in their order? */
static bool is_bare(const cn_geometry *g)
{
    bool bare = true;
    for (int k = 0; k < 3; k++)
        bare &= g->size[k] == 1 && g->in[k] == g->out[k] && !g->before[k];
    return bare;
}

bool cn_patches_kept(const cn_geometry *g, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, const cn_epilogue *end, cn_kept *keep, float *y)
{
    block b = {.g = g, .image = (const char *)x};
    cn_gemm_source source = {copy_rows, &b};
    cn_gemm m = CN_GEMM(pixels_of(g), g->filters, cn_patch_length(g), x, w, y);
    m.source = is_bare(g) ? NULL : &source;
    m.bfloat16 = g->bfloat16;
    m.bias = bias;
    m.activation = activation;
    m.end = end;
    m.keep = keep;
    return cn_gemm_run(&m);
}

bool cn_patches_forward(const cn_geometry *g, size_t size, const void *x, const void *w,
                        const void *bias, cn_tile_activation activation, const cn_epilogue *end,
                        void *y, void *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    block b = {.g = g, .image = x, .patches = patches, .size = size};
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            copy_block(&b);
            size_t group = (size_t)(b.group * filters) * size;
            cn_gemm m = CN_GEMM(b.rows, filters, length, patches, (const char *)w + group,
                                (char *)y + at_first(&b, filters));
            m.size = size;
            m.bfloat16 = g->bfloat16;
            m.lda = cn_patch_pitch(g);
            m.ldb = m.ldc = g->filters;
            m.bias = bias ? (const char *)bias + group : NULL;
            m.activation = activation;
            m.end = end;
            if (!cn_gemm_run(&m))
                return false;
        }
    return true;
}

bool cn_patches_input_grad(const cn_geometry *g, size_t size, const void *dy, const void *w,
                           void *dx, void *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    int64_t numbers = g->batch * g->in[0] * g->in[1] * g->in[2] * g->channels;
    block b = {.g = g, .patches = patches, .to = dx, .size = size};
    memset(dx, 0, (size_t)numbers * size);
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            count_rows(&b);
            cn_gemm m = CN_GEMM(b.rows, length, filters, (const char *)dy + at_first(&b, filters),
                                (const char *)w + (size_t)(b.group * filters) * size, b.patches);
            m.size = size;
            m.bfloat16 = g->bfloat16;
            m.transpose_b = true;
            m.lda = m.ldb = g->filters;
            m.ldc = cn_patch_pitch(g);
            if (!cn_gemm_run(&m))
                return false;
            cn_parallel_for((size_t)(g->channels / g->groups), 16,
                            size == sizeof(float) ? add_float : add_double, &b);
        }
    return true;
}

bool cn_patches_kernel_grad(const cn_geometry *g, size_t size, const void *x, const void *dy,
                            void *dw, void *patches)
{
    int64_t filters = g->filters / g->groups, length = cn_patch_length(g);
    block b = {.g = g, .image = x, .patches = patches, .size = size};
    memset(dw, 0, (size_t)(length * g->filters) * size);
    for (b.group = 0; b.group < g->groups; b.group++)
        for (b.first = 0; b.first < pixels_of(g); b.first += b.rows) {
            copy_block(&b);
            cn_gemm m =
                CN_GEMM(length, filters, b.rows, patches, (const char *)dy + at_first(&b, filters),
                        (char *)dw + (size_t)(b.group * filters) * size);
            m.size = size;
            m.bfloat16 = g->bfloat16;
            m.transpose_a = true;
            m.lda = cn_patch_pitch(g);
            m.ldb = m.ldc = g->filters;
            m.beta = b.first > 0;
            if (!cn_gemm_run(&m))
                return false;
        }
    return true;
}
