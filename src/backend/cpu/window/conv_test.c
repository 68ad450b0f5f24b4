#include "backend/cpu/window/conv.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/isa.h"
#include "base/alloc.h"
#include "base/half.h"
#include "base/test.h"
#include "cornu/config.h"
#include "cornu/error.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* shapes leave bfloat16 out */

#define ONES CN_CONV_ONES
#define NONE CN_CONV_NONE

/* Everything a case needs: what goes in, what naive loops say, what the kernels say. */
typedef struct data {
    cn_conv_shape s;
    size_t nx, nw, ny;
    float *x, *w, *bias, *dy;
    float *y, *dx, *dw;
    float *want_y, *want_dx, *want_dw;
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
    float *all[] = {d->x,  d->w,  d->bias,   d->dy,      d->y,
                    d->dx, d->dw, d->want_y, d->want_dx, d->want_dw};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cn_mem_free(all[i]);
}

static data make_data(const cn_conv_shape *s)
{
    data d = {.s = *s};
    size_t f = (size_t)s->filters;
    d.nx = (size_t)(s->in[0] * s->in[1] * s->in[2] * s->in[3] * s->channels);
    d.nw = (size_t)(cn_conv_taps(s) * s->channels) * f;
    d.ny = (size_t)cn_conv_pixels(s) * f;
    d.x = numbers(d.nx, 1), d.w = numbers(d.nw, 2), d.bias = numbers(f, 3), d.dy = numbers(d.ny, 4);
    d.y = numbers(d.ny, 5), d.dx = numbers(d.nx, 6), d.dw = numbers(d.nw, 7);
    d.want_y = numbers(d.ny, 9), d.want_dx = numbers(d.nx, 10), d.want_dw = numbers(d.nw, 11);
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

/* Where the tap (at[4..7]) of an output pixel (at[0..3]) lies in x; -1 outside. */
static ptrdiff_t read_at(const cn_conv_shape *s, const ptrdiff_t *at)
{
    ptrdiff_t to_x = 0;
    for (int i = 0; i < CN_CONV_AXES; i++) {
        ptrdiff_t p = at[i] * s->stride[i] + at[4 + i] * s->dilation[i] - s->before[i];
        if (p < 0 || p >= s->in[i])
            return -1;
        to_x = to_x * s->in[i] + p;
    }
    return to_x * s->channels;
}

/* All output pixels, for each of them all taps. */
static void naive(data *d)
{
    const cn_conv_shape *s = &d->s;
    ptrdiff_t taps = cn_conv_taps(s), pairs = cn_conv_pixels(s) * taps, at[8];
    memset(d->want_y, 0, d->ny * sizeof(float));
    memset(d->want_dx, 0, d->nx * sizeof(float));
    memset(d->want_dw, 0, d->nw * sizeof(float));
    for (ptrdiff_t pair = 0; pair < pairs; pair++) {
        ptrdiff_t rest = pair;
        for (int i = 7; i >= 0; i--) {
            ptrdiff_t size = i < 4 ? cn_conv_out(s, i) : s->kernel[i - 4];
            at[i] = rest % size;
            rest /= size;
        }
        naive_tap(d, read_at(s, at), pair % taps * s->channels * s->filters,
                  pair / taps * s->filters);
    }
    for (size_t i = 0; i < d->ny; i++) {
        float b = d->bias[i % (size_t)s->filters];
        d->want_y[i] = fmaxf(0, fmaxf(0, d->want_y[i] + b) * b + b + d->dy[i]);
    }
}

static bool run(data *d)
{
    const cn_epilogue end = {d->bias, d->bias, d->dy, d->y, d->s.filters, CN_ACT_RELU};
    return CHECK(cn_conv_forward(&d->s, d->x, d->w, d->bias, CN_ACT_RELU, &end, NULL, d->y)) &&
           CHECK(cn_conv_grad_input(&d->s, d->dy, d->w, d->dx)) &&
           CHECK(cn_conv_grad_weights(&d->s, d->x, d->dy, d->dw));
}

/* Moves results to where the expected ones were, for the next comparison to be exact. */
static void keep(data *d)
{
    memcpy(d->want_y, d->y, d->ny * sizeof(float));
    memcpy(d->want_dx, d->dx, d->nx * sizeof(float));
    memcpy(d->want_dw, d->dw, d->nw * sizeof(float));
}

static bool equal(const data *d, double tolerance)
{
    double many = tolerance * sqrt((double)(d->ny / (size_t)(d->s.filters + 1) + 1));
    return check_close(d->y, d->want_y, d->ny, tolerance, tolerance) &&
           check_close(d->dx, d->want_dx, d->nx, tolerance, tolerance) &&
           check_close(d->dw, d->want_dw, d->nw, tolerance, many);
}

/* Against naive loops with one thread, then bit for bit with more. */
static bool agrees(const cn_conv_shape *s)
{
    data d = make_data(s);
    bool ok = true;
    for (cn_isa level = CN_ISA_PLAIN; ok && level <= CN_ISA_AMX; level++) {
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
    cn_isa_limit(CN_ISA_AMX);
    free_data(&d);
    return ok;
}

static bool forward_with(data *d, cn_kept *keep, float *y)
{
    const cn_epilogue end = {d->bias, NULL, d->dy, y, d->s.filters, CN_ACT_RELU};
    return cn_conv_forward(&d->s, d->x, d->w, d->bias, CN_ACT_NONE, &end, keep, y);
}

/* With weights that are kept, and again when they have changed. */
static bool kept_agrees(data *d)
{
    uint64_t changes = 7;
    cn_kept *keep = cn_conv_keep(&d->s, NULL, &changes);
    bool ok = CHECK(keep && cn_conv_keep(&d->s, keep, &changes) == keep);
    for (int turn = 0; ok && turn < 2; turn++) {
        ok = forward_with(d, NULL, d->want_y) && forward_with(d, keep, d->y) &&
             check_close(d->y, d->want_y, d->ny, 2e-5, 2e-5);
        changes++;
        for (size_t i = 0; i < d->nw; i++)
            d->w[i] = 1 - d->w[i];
    }
    return ok;
}

TEST(conv_kept_weights)
{
    static const cn_conv_shape shapes[] = {
        {64, 40, {1, 1, 8, 8}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {300, 64, {1, 1, 7, 5}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {96, 70, {1, 1, 4, 4}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {33, 64, {2, 1, 9, 9}, {1, 1, 3, 2}, {1, 1, 2, 2}, ONES, NONE, NONE},
        {800, 70, {1, 1, 6, 9}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {600, 9, {1, 1, 2, 2}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {64, 96, {1, 1, 16, 16}, {1, 1, 1, 1}, {1, 1, 2, 2}, ONES, NONE, NONE},
        {600, 90, {1, 1, 13, 15}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {520, 70, {1, 1, 3, 4}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {520, 70, {1, 1, 1, 13}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {32, 96, {1, 1, 12, 11}, {1, 1, 5, 3}, ONES, {1, 1, 2, 3}, {0, 0, 3, 1}, {0, 0, 1, 4}},
        {64, 33, {1, 1, 9, 9}, {1, 1, 2, 4}, ONES, ONES, NONE, NONE},
        {96, 65, {1, 1, 30, 13}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {64, 70, {1, 1, 1, 60}, {1, 1, 1, 5}, ONES, ONES, {0, 0, 0, 2}, {0, 0, 0, 2}},
        {32, 40, {1, 1, 9, 8}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}, true},
    };
    static float first[1 << 15];
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        data d = make_data(&shapes[i]);
        d.x[5] = i % 2 ? INFINITY : 0.5F;
        for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++)
            for (int threads = 1; threads <= 3; threads++) {
                cn_isa_limit(level);
                cn_set_num_threads(threads);
                CN_INNER_SCOPE
                CHECK(kept_agrees(&d));
                if (threads > 1)
                    CHECK(!memcmp(first, d.y, d.ny * sizeof *first));
                else
                    memcpy(first, d.y, d.ny * sizeof *first);
            }
        free_data(&d);
    }
    cn_set_num_threads(0);
    cn_isa_limit(CN_ISA_AMX);
}

static bool run_plain(data *d)
{
    return CHECK(cn_conv_forward(&d->s, d->x, d->w, NULL, CN_ACT_NONE, NULL, NULL, d->y)) &&
           CHECK(cn_conv_grad_input(&d->s, d->dy, d->w, d->dx)) &&
           CHECK(cn_conv_grad_weights(&d->s, d->x, d->dy, d->dw));
}

/* Times a number that bfloat16 has not, or as the nearest that it has. */
static void spoil(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] *= 1.003f;
}

static void round_all(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = cn_bfloat16_to_float(cn_bfloat16_from_float(x[i]));
}

static void each_operand(data *d, void (*change)(float *, size_t))
{
    change(d->x, d->nx);
    change(d->w, d->nw);
    change(d->dy, d->ny);
}

/* On matrix units, where there are some. */
TEST(conv_takes_numbers_as_bfloat16)
{
    static const cn_conv_shape shapes[] = {
        {64, 64, {2, 1, 24, 24}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {64, 40, {2, 1, 24, 24}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
    };
    bool has_units = cn_isa_level() == CN_ISA_AMX;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        data d = make_data(&shapes[i]);
        each_operand(&d, spoil);
        REQUIRE(run_plain(&d));
        keep(&d);
        d.s.bfloat16 = true;
        REQUIRE(run_plain(&d));
        bool same = !memcmp(d.y, d.want_y, d.ny * sizeof *d.y);
        CHECK(same != has_units && check_close(d.y, d.want_y, d.ny, 0.01, 0.2));
        keep(&d);
        each_operand(&d, round_all);
        REQUIRE(run_plain(&d));
        CHECK(!has_units || equal(&d, 0)); /* to the bit as if they had been rounded before */
        keep(&d);
        d.s.bfloat16 = false;
        REQUIRE(run_plain(&d));
        CHECK(equal(&d, 2e-5));
        free_data(&d);
    }
}

TEST(conv_shapes)
{
    static const cn_conv_shape shapes[] = {
        {1, 32, {3, 1, 28, 28}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE},  /* the first layer */
        {32, 64, {2, 1, 13, 13}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE}, /* and the second */
        {3, 16, {2, 1, 14, 9}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {5, 7, {2, 1, 15, 11}, {1, 1, 5, 3}, {1, 1, 2, 2}, ONES, {0, 0, 2, 0}, {0, 0, 1, 1}},
        {4, 33, {1, 1, 17, 13}, {1, 1, 2, 3}, {1, 1, 3, 2}, ONES, {0, 0, 0, 1}, {0, 0, 1, 0}},
        {3, 5, {2, 1, 19, 23}, {1, 1, 3, 3}, ONES, {1, 1, 3, 2}, {0, 0, 3, 2}, {0, 0, 3, 2}},
        {2,
         9,
         {1, 1, 20, 20},
         {1, 1, 3, 3},
         {1, 1, 2, 3},
         {1, 1, 2, 3},
         {0, 0, 1, 5},
         {0, 0, 4, 2}},
        {13, 50, {5, 1, 7, 7}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},         /* pointwise */
        {13, 10, {5, 1, 8, 7}, {1, 1, 1, 1}, {1, 1, 3, 2}, ONES, NONE, NONE}, /* kernel smaller than
                                                                                 stride */
        {3, 11, {4, 1, 5, 6}, {1, 1, 5, 6}, ONES, ONES, NONE, NONE},          /* the whole image */
        {17, 3, {40, 1, 3, 3}, {1, 1, 2, 2}, ONES, ONES, NONE, NONE}, /* small images go together */
        {5, 40, {37, 1, 2, 2}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {8,
         24,
         {1, 1, 40, 1},
         {1, 1, 9, 1},
         ONES,
         ONES,
         {0, 0, 4, 0},
         {0, 0, 4, 0}}, /* one-dimensional
                         */
        {150,
         70,
         {3, 1, 6, 5},
         {1, 1, 3, 3},
         ONES,
         ONES,
         {0, 0, 1, 1},
         {0, 0, 1, 1}}, /* channels in blocks */
        {2, 3, {0, 1, 6, 5}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {0, 3, {2, 1, 6, 5}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {2, 0, {2, 1, 6, 5}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {2, 3, {2, 1, 2, 5}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE}, /* nothing fits */
        {1, 1, {1, 1, 3, 3}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 40, 40}, {0, 0, 40, 40}} /* almost all
                                                                                          padding */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

TEST(conv_shapes_with_depth)
{
    static const cn_conv_shape shapes[] = {
        {3, 16, {2, 5, 14, 9}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {16, 33, {1, 7, 11, 10}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {5, 7, {2, 9, 8, 11}, {1, 2, 5, 3}, {1, 3, 2, 2}, ONES, {0, 0, 2, 0}, {0, 1, 1, 1}},
        {3, 5, {2, 8, 9, 7}, {1, 3, 3, 2}, ONES, {1, 3, 2, 4}, {0, 3, 2, 2}, {0, 3, 2, 2}},
        {2, 9, {1, 6, 5, 9}, {1, 3, 2, 2}, {1, 2, 3, 1}, {1, 2, 1, 3}, {0, 2, 1, 4}, {0, 1, 3, 0}},
        {4, 3, {2, 7, 6, 5}, {1, 1, 1, 2}, {1, 3, 2, 3}, ONES, NONE, NONE},
        {8, 24, {2, 40, 1, 1}, {1, 9, 1, 1}, ONES, ONES, {0, 8, 0, 0}, NONE}, /* causal */
        {3, 11, {4, 3, 4, 2}, {1, 3, 4, 2}, ONES, ONES, NONE, NONE},          /* the whole image */
        {13, 9, {2, 3, 4, 5}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},          /* pointwise */
        {4, 8, {2, 5, 6, 7}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {17, 3, {40, 2, 2, 2}, {1, 2, 2, 1}, ONES, ONES, NONE, NONE}, /* small images go together */
        {70, 40, {1, 3, 4, 5}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {32, 5, {1, 9, 30, 23}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}}, /* units */
        {2, 3, {0, 4, 6, 5}, {1, 2, 3, 3}, ONES, ONES, NONE, NONE},
        {2, 3, {2, 2, 6, 5}, {1, 3, 3, 3}, ONES, ONES, NONE, NONE}, /* nothing fits */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

/* More weights than pixels: filters are shared out, images go together. */
TEST(conv_small_maps)
{
    static const cn_conv_shape shapes[] = {
        {130, 300, {9, 1, 2, 2}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {200, 70, {1, 1, 7, 7}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {60, 1100, {5, 1, 4, 4}, {1, 1, 1, 1}, {1, 1, 2, 2}, ONES, NONE, NONE}, /* pixels apart */
        {1100, 60, {5, 1, 5, 4}, {1, 1, 1, 1}, {1, 1, 2, 3}, ONES, NONE, NONE},
        {70, 90, {3, 1, 6, 7}, {1, 1, 3, 1}, {1, 1, 1, 2}, ONES, {0, 0, 1, 0}, {0, 0, 1, 0}},
        {20, 200, {2, 1, 5, 6}, {1, 1, 1, 1}, {1, 1, 2, 2}, ONES, {0, 0, 1, 0}, {0, 0, 1, 3}},
        {70, 64, {9, 1, 5, 4}, {1, 1, 3, 3}, {1, 1, 2, 3}, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {80, 70, {2, 1, 9, 4}, {1, 1, 2, 3}, ONES, {1, 1, 3, 1}, {0, 0, 0, 2}, NONE},
        {40, 150, {4, 4, 2, 3}, {1, 3, 3, 1}, {1, 2, 1, 2}, ONES, {0, 1, 1, 0}, {0, 1, 1, 0}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

/* What matrix units do. */
TEST(conv_large)
{
    static const cn_conv_shape shapes[] = {
        {64, 48, {2, 1, 13, 12}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {100, 70, {3, 1, 7, 9}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 2, 0}, {0, 0, 1, 1}},
        {32, 16, {1, 1, 40, 33}, {1, 1, 5, 5}, ONES, ONES, {0, 0, 2, 2}, {0, 0, 2, 2}},
        {30, 95, {2, 1, 31, 50}, {1, 1, 2, 3}, ONES, {1, 1, 3, 2}, {0, 0, 3, 2}, NONE},
        {32, 33, {2, 6, 11, 10}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {24, 64, {3, 1, 30, 20}, {1, 1, 3, 3}, {1, 1, 2, 2}, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {96, 32, {1, 1, 9, 150}, {1, 1, 1, 7}, ONES, ONES, {0, 0, 0, 3}, {0, 0, 0, 3}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

static bool same_kinds(const float *got, const float *want, size_t count)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = isfinite(want[i]) ? CHECK(fabsf(got[i] - want[i]) <= 1e-4f * (1 + fabsf(want[i])))
             : isnan(want[i])  ? CHECK(isnan(got[i]))
                               : CHECK(got[i] == want[i]);
    return ok;
}

/* What is not finite reaches the numbers that read it, and no others, on every level. */
TEST(conv_knows_infinity)
{
    static const cn_conv_shape shape = {32,   48,   {1, 1, 20, 20}, {1, 1, 3, 3},
                                        ONES, ONES, {0, 0, 1, 1},   {0, 0, 1, 1}};
    data d = make_data(&shape);
    d.x[(3 * 20 + 4) * 32 + 5] = INFINITY;
    d.x[(10 * 20 + 10) * 32] = NAN;
    d.x[(15 * 20 + 1) * 32 + 31] = -INFINITY;
    d.x[(18 * 20 + 15) * 32 + 7] = FLT_MAX;
    d.dy[(18 * 20 + 15) * 48 + 9] = -INFINITY;
    d.dy[7] = FLT_MAX / 512;
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        cn_isa_limit(CN_ISA_PLAIN);
        REQUIRE(run(&d));
        keep(&d);
        cn_isa_limit(CN_ISA_AMX);
        REQUIRE(run(&d));
        CHECK(same_kinds(d.y, d.want_y, d.ny) && same_kinds(d.dx, d.want_dx, d.nx) &&
              same_kinds(d.dw, d.want_dw, d.nw));
    }
    cn_set_num_threads(0);
    free_data(&d);
}

TEST(conv_wide_images)
{
    static const cn_conv_shape shapes[] = {
        {2, 3, {1, 1, 3, 3000}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {6, 10, {1, 1, 120, 90}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {4, 2, {1, 1, 205, 233}, {1, 1, 2, 2}, ONES, {1, 1, 200, 230}, NONE, NONE},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        REQUIRE(agrees(&shapes[i]));
}

TEST(conv_refuses_what_is_too_large)
{
    cn_conv_shape s = {1, 1, {1, 1, 900, 900}, {1, 1, 2, 2}, ONES, {1, 1, 600, 600}, NONE, NONE};
    CHECK(!cn_conv_fits(&s));
    CHECK(!cn_conv_forward(&s, NULL, NULL, NULL, CN_ACT_NONE, NULL, NULL, NULL));
    check_error(
        "not supported: a convolution with kernel_size=(1, 2, 2), dilation_rate=(1, 600, 600) "
        "and input (1, 1, 900, 900, 1)");
}
