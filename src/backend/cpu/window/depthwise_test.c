#include "backend/cpu/window/depthwise.h"

#include <math.h>
#include <string.h>

#include "base/test.h"
#include "cornu/config.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* shapes leave bfloat16 out */

#define ONES CN_CONV_ONES
#define NONE CN_CONV_NONE

enum { MOST = 1 << 15 };

typedef struct results {
    float y[MOST], dx[MOST], dw[MOST], dbias[MOST];
} results;

static float x[MOST], w[MOST], bias[MOST], dy[MOST];
static results got, want, kept;

static void naive_pixel(const cn_conv_shape *s, ptrdiff_t n, ptrdiff_t oh, ptrdiff_t ow,
                        ptrdiff_t o)
{
    ptrdiff_t outputs = s->channels * s->filters, c = o / s->filters;
    ptrdiff_t at =
        ((n * cn_conv_out(s, CN_HEIGHT) + oh) * cn_conv_out(s, CN_WIDTH) + ow) * outputs + o;
    want.y[at] = 0;
    want.dbias[o] += dy[at];
    for (ptrdiff_t i = 0; i < s->kernel[CN_HEIGHT]; i++)
        for (ptrdiff_t j = 0; j < s->kernel[CN_WIDTH]; j++) {
            ptrdiff_t h =
                oh * s->stride[CN_HEIGHT] + i * s->dilation[CN_HEIGHT] - s->before[CN_HEIGHT];
            ptrdiff_t v =
                ow * s->stride[CN_WIDTH] + j * s->dilation[CN_WIDTH] - s->before[CN_WIDTH];
            if (h < 0 || h >= s->in[CN_HEIGHT] || v < 0 || v >= s->in[CN_WIDTH])
                continue;
            ptrdiff_t from = ((n * s->in[CN_HEIGHT] + h) * s->in[CN_WIDTH] + v) * s->channels + c;
            ptrdiff_t by = (i * s->kernel[CN_WIDTH] + j) * outputs + o;
            want.y[at] += x[from] * w[by];
            want.dx[from] += dy[at] * w[by];
            want.dw[by] += dy[at] * x[from];
        }
    want.y[at] = fmaxf(0, fmaxf(0, want.y[at] + bias[o]) * bias[o] + bias[o] + dy[at]);
}

static void naive(const cn_conv_shape *s)
{
    memset(&want, 0, sizeof want);
    for (ptrdiff_t n = 0; n < s->in[CN_BATCH]; n++)
        for (ptrdiff_t i = 0; i < cn_conv_out(s, CN_HEIGHT); i++)
            for (ptrdiff_t j = 0; j < cn_conv_out(s, CN_WIDTH); j++)
                for (ptrdiff_t o = 0; o < s->channels * s->filters; o++)
                    naive_pixel(s, n, i, j, o);
}

static bool agrees(const cn_conv_shape *s)
{
    size_t outputs = (size_t)(s->channels * s->filters);
    size_t nx = (size_t)(s->in[CN_BATCH] * s->in[CN_HEIGHT] * s->in[CN_WIDTH] * s->channels);
    size_t nw = (size_t)(s->kernel[CN_HEIGHT] * s->kernel[CN_WIDTH]) * outputs;
    size_t ny =
        (size_t)(s->in[CN_BATCH] * cn_conv_out(s, CN_HEIGHT) * cn_conv_out(s, CN_WIDTH)) * outputs;
    naive(s);
    for (int threads = 1; threads <= 3; threads++) {
        memset(&got, 0, sizeof got);
        cn_set_num_threads(threads);
        const cn_epilogue end = {bias, bias, dy, got.y, s->channels * s->filters, CN_ACT_RELU};
        cn_depthwise_forward(s, x, w, bias, CN_ACT_RELU, &end, got.y);
        cn_depthwise_grad_input(s, dy, w, got.dx);
        bool ok = CHECK(cn_depthwise_grad_weights(s, x, dy, got.dw, got.dbias)) &&
                  check_close(got.y, want.y, ny, 1e-5, 1e-5) &&
                  check_close(got.dx, want.dx, nx, 1e-5, 1e-5) &&
                  check_close(got.dw, want.dw, nw, 1e-4, 1e-4) &&
                  check_close(got.dbias, want.dbias, outputs, 1e-4, 1e-4) &&
                  CHECK(threads == 1 || !memcmp(&got, &kept, sizeof got));
        cn_set_num_threads(0);
        if (!ok)
            return false;
        kept = got;
    }
    return true;
}

TEST(depthwise_shapes)
{
    static const cn_conv_shape shapes[] = {
        {32, 1, {3, 1, 14, 13}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {37, 1, {2, 1, 9, 8}, {1, 1, 3, 3}, {1, 1, 2, 2}, ONES, NONE, {0, 0, 1, 1}},
        {3, 1, {20, 1, 5, 6}, {1, 1, 2, 3}, ONES, ONES, {0, 0, 0, 1}, {0, 0, 0, 1}},
        {17,
         3,
         {2, 1, 12, 15},
         {1, 1, 3, 2},
         {1, 1, 1, 2},
         {1, 1, 2, 3},
         {0, 0, 2, 1},
         {0, 0, 2, 0}},
        {90, 2, {1, 1, 7, 7}, {1, 1, 5, 5}, {1, 1, 3, 1}, ONES, {0, 0, 2, 2}, {0, 0, 2, 2}},
        {70, 1, {1, 1, 3, 39}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}}, /* pieces */
        {5, 1, {2, 1, 4, 4}, {1, 1, 1, 1}, {1, 1, 2, 3}, ONES, NONE, NONE},
        {5, 1, {2, 1, 2, 4}, {1, 1, 3, 1}, ONES, ONES, NONE, NONE}, /* does not fit */
        {5, 1, {1, 1, 2, 2}, {1, 1, 3, 3}, ONES, {1, 1, 4, 4}, {0, 0, 9, 9}, {0, 0, 9, 9}},
        {5, 1, {0, 1, 4, 4}, {1, 1, 2, 2}, ONES, ONES, NONE, NONE},
        {0, 1, {1, 1, 4, 4}, {1, 1, 2, 2}, ONES, ONES, NONE, NONE},
    };
    for (int i = 0; i < MOST; i++) {
        x[i] = (float)(i % 37 * 11 % 37 - 18) / 16;
        w[i] = (float)(i % 41 * 17 % 41 - 20) / 32;
        dy[i] = (float)(i % 31 * 13 % 31 - 15) / 16;
        bias[i] = (float)(i % 7 - 3) / 4;
    }
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            REQUIRE(agrees(&shapes[i]));
    }
    cn_isa_limit(CN_ISA_AMX);
}
