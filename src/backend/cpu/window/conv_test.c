#include "backend/cpu/window/conv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/config.h"
#include "cornu/error.h"

/* Everything a case needs: what goes in, what naive loops say, what the kernels say. */
typedef struct data {
    cn_conv2d s;
    size_t nx, nw, ny;
    float *x, *w, *bias, *dy;
    float *y, *dx, *dw, *dbias;
    float *want_y, *want_dx, *want_dw, *want_dbias;
} data;

static float *numbers(size_t count, unsigned seed)
{
    float *to = cn_mem_alloc((count + 1) * sizeof *to);
    for (size_t i = 0; to && i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        to[i] = (float)((int)(seed >> 16 & 255) - 128) / 128;
    }
    return to;
}

static void free_data(data *d)
{
    float *all[] = {d->x,  d->w,     d->bias,   d->dy,      d->y,       d->dx,
                    d->dw, d->dbias, d->want_y, d->want_dx, d->want_dw, d->want_dbias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cn_mem_free(all[i]);
}

static data make_data(const cn_conv2d *s)
{
    data d = {.s = *s};
    size_t f = (size_t)s->filters;
    d.nx = (size_t)(s->batch * s->height * s->width * s->channels);
    d.nw = (size_t)(s->kernel_h * s->kernel_w * s->channels) * f;
    d.ny = (size_t)(s->batch * cn_conv_out_h(s) * cn_conv_out_w(s)) * f;
    d.x = numbers(d.nx, 1), d.w = numbers(d.nw, 2), d.bias = numbers(f, 3), d.dy = numbers(d.ny, 4);
    d.y = numbers(d.ny, 5), d.dx = numbers(d.nx, 6), d.dw = numbers(d.nw, 7),
    d.dbias = numbers(f, 8);
    d.want_y = numbers(d.ny, 9), d.want_dx = numbers(d.nx, 10), d.want_dw = numbers(d.nw, 11);
    d.want_dbias = numbers(f, 12);
    return d;
}

/* One output pixel and tap: adds to all three results. `to_x` < 0 when the tap reads padding. */
static void naive_tap(data *d, ptrdiff_t to_x, ptrdiff_t to_w, ptrdiff_t to_y)
{
    for (ptrdiff_t c = 0; to_x >= 0 && c < d->s.channels; c++)
        for (ptrdiff_t f = 0; f < d->s.filters; f++) {
            ptrdiff_t w = to_w + c * d->s.filters + f;
            d->want_y[to_y + f] += d->x[to_x + c] * d->w[w];
            d->want_dx[to_x + c] += d->dy[to_y + f] * d->w[w];
            d->want_dw[w] += d->x[to_x + c] * d->dy[to_y + f];
        }
}

static void naive_pixel(data *d, ptrdiff_t n, ptrdiff_t oh, ptrdiff_t ow)
{
    const cn_conv2d *s = &d->s;
    ptrdiff_t to_y = ((n * cn_conv_out_h(s) + oh) * cn_conv_out_w(s) + ow) * s->filters;
    for (ptrdiff_t f = 0; f < s->filters; f++)
        d->want_dbias[f] += d->dy[to_y + f];
    for (ptrdiff_t i = 0; i < s->kernel_h; i++)
        for (ptrdiff_t j = 0; j < s->kernel_w; j++) {
            ptrdiff_t h = oh * s->stride_h + i * s->dilation_h - s->pad_top;
            ptrdiff_t w = ow * s->stride_w + j * s->dilation_w - s->pad_left;
            bool inside = h >= 0 && h < s->height && w >= 0 && w < s->width;
            ptrdiff_t to_x = inside ? ((n * s->height + h) * s->width + w) * s->channels : -1;
            naive_tap(d, to_x, (i * s->kernel_w + j) * s->channels * s->filters, to_y);
        }
    for (ptrdiff_t f = 0; f < s->filters; f++)
        d->want_y[to_y + f] = fmaxf(0, d->want_y[to_y + f] + d->bias[f]);
}

static void naive(data *d)
{
    memset(d->want_y, 0, d->ny * sizeof(float));
    memset(d->want_dx, 0, d->nx * sizeof(float));
    memset(d->want_dw, 0, d->nw * sizeof(float));
    memset(d->want_dbias, 0, (size_t)d->s.filters * sizeof(float));
    for (ptrdiff_t n = 0; n < d->s.batch; n++)
        for (ptrdiff_t i = 0; i < cn_conv_out_h(&d->s); i++)
            for (ptrdiff_t j = 0; j < cn_conv_out_w(&d->s); j++)
                naive_pixel(d, n, i, j);
}

static bool run(data *d)
{
    return CHECK(cn_conv_forward(&d->s, d->x, d->w, d->bias, CN_ACT_RELU, d->y)) &&
           CHECK(cn_conv_grad_input(&d->s, d->dy, d->w, d->dx)) &&
           CHECK(cn_conv_grad_weights(&d->s, d->x, d->dy, d->dw, d->dbias));
}

/* Moves results to where the expected ones were, for the next comparison to be exact. */
static void keep(data *d)
{
    memcpy(d->want_y, d->y, d->ny * sizeof(float));
    memcpy(d->want_dx, d->dx, d->nx * sizeof(float));
    memcpy(d->want_dw, d->dw, d->nw * sizeof(float));
    memcpy(d->want_dbias, d->dbias, (size_t)d->s.filters * sizeof(float));
}

static bool equal(const data *d, double tolerance)
{
    double many = tolerance * sqrt((double)(d->ny / (size_t)(d->s.filters + 1) + 1));
    return check_close(d->y, d->want_y, d->ny, tolerance, tolerance) &&
           check_close(d->dx, d->want_dx, d->nx, tolerance, tolerance) &&
           check_close(d->dw, d->want_dw, d->nw, tolerance, many) &&
           check_close(d->dbias, d->want_dbias, (size_t)d->s.filters, tolerance, many);
}

/* Against naive loops with one thread, then bit for bit with more. */
static bool agrees(const cn_conv2d *s)
{
    data d = make_data(s);
    bool ok = true;
    for (cn_isa level = CN_ISA_PLAIN; ok && level <= CN_ISA_AVX512; level++) {
        cn_isa_limit(level);
        naive(&d);
        cn_set_num_threads(1);
        ok = run(&d) && equal(&d, 2e-5);
        keep(&d);
        for (int threads = 2; ok && threads <= 3; threads++) {
            cn_set_num_threads(threads);
            ok = run(&d) && equal(&d, 0);
        }
    }
    cn_set_num_threads(0);
    cn_isa_limit(CN_ISA_AVX512);
    free_data(&d);
    return ok;
}

TEST(conv_shapes)
{
    static const cn_conv2d shapes[] = {
        {3, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0},  /* the first layer */
        {2, 13, 13, 32, 64, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0}, /* and the second */
        {2, 14, 9, 3, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {2, 15, 11, 5, 7, 5, 3, 2, 2, 1, 1, 2, 1, 0, 1},
        {1, 17, 13, 4, 33, 2, 3, 3, 2, 1, 1, 0, 1, 1, 0},
        {2, 19, 23, 3, 5, 3, 3, 1, 1, 3, 2, 3, 3, 2, 2},
        {1, 20, 20, 2, 9, 3, 3, 2, 3, 2, 3, 1, 4, 5, 2},
        {5, 7, 7, 13, 50, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0}, /* pointwise */
        {5, 8, 7, 13, 10, 1, 1, 3, 2, 1, 1, 0, 0, 0, 0}, /* kernel smaller than stride */
        {4, 5, 6, 3, 11, 5, 6, 1, 1, 1, 1, 0, 0, 0, 0},  /* the whole image */
        {40, 3, 3, 17, 3, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0}, /* small images go together */
        {37, 2, 2, 5, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {1, 40, 1, 8, 24, 9, 1, 1, 1, 1, 1, 4, 4, 0, 0},  /* one-dimensional */
        {3, 6, 5, 150, 70, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1}, /* channels in blocks */
        {0, 6, 5, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {2, 6, 5, 0, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {2, 6, 5, 2, 0, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {2, 2, 5, 2, 3, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0},    /* nothing fits */
        {1, 3, 3, 1, 1, 3, 3, 1, 1, 1, 1, 40, 40, 40, 40} /* almost all padding */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

TEST(conv_wide_images)
{
    static const cn_conv2d shapes[] = {
        {1, 3, 3000, 2, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {1, 120, 90, 6, 10, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {1, 205, 233, 4, 2, 2, 2, 1, 1, 200, 230, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

TEST(conv_refuses_what_is_too_large)
{
    cn_conv2d s = {1, 900, 900, 1, 1, 2, 2, 1, 1, 600, 600, 0, 0, 0, 0};
    CHECK(!cn_conv_fits(&s));
    CHECK(!cn_conv_forward(&s, NULL, NULL, NULL, CN_ACT_NONE, NULL));
    check_error(
        "not supported: a convolution with kernel_size=(2, 2), dilation_rate=(600, 600) and "
        "input (1, 900, 900, 1)");
}
