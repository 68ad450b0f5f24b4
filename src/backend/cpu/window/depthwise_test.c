#include "backend/cpu/window/depthwise.h"

#include <math.h>
#include <string.h>

#include "base/test.h"
#include "cornu/config.h"

enum { MOST = 1 << 15 };

typedef struct results {
    float y[MOST], dx[MOST], dw[MOST], dbias[MOST];
} results;

static float x[MOST], w[MOST], bias[MOST], dy[MOST];
static results got, want, kept;

static void naive_pixel(const cn_conv2d *s, ptrdiff_t n, ptrdiff_t oh, ptrdiff_t ow, ptrdiff_t o)
{
    ptrdiff_t outputs = s->channels * s->filters, c = o / s->filters;
    ptrdiff_t at = ((n * cn_conv_out_h(s) + oh) * cn_conv_out_w(s) + ow) * outputs + o;
    want.y[at] = bias[o];
    want.dbias[o] += dy[at];
    for (ptrdiff_t i = 0; i < s->kernel_h; i++)
        for (ptrdiff_t j = 0; j < s->kernel_w; j++) {
            ptrdiff_t h = oh * s->stride_h + i * s->dilation_h - s->pad_top;
            ptrdiff_t v = ow * s->stride_w + j * s->dilation_w - s->pad_left;
            if (h < 0 || h >= s->height || v < 0 || v >= s->width)
                continue;
            ptrdiff_t from = ((n * s->height + h) * s->width + v) * s->channels + c;
            ptrdiff_t by = (i * s->kernel_w + j) * outputs + o;
            want.y[at] += x[from] * w[by];
            want.dx[from] += dy[at] * w[by];
            want.dw[by] += dy[at] * x[from];
        }
    want.y[at] = fmaxf(0, want.y[at]);
}

static void naive(const cn_conv2d *s)
{
    memset(&want, 0, sizeof want);
    for (ptrdiff_t n = 0; n < s->batch; n++)
        for (ptrdiff_t i = 0; i < cn_conv_out_h(s); i++)
            for (ptrdiff_t j = 0; j < cn_conv_out_w(s); j++)
                for (ptrdiff_t o = 0; o < s->channels * s->filters; o++)
                    naive_pixel(s, n, i, j, o);
}

static bool agrees(const cn_conv2d *s)
{
    size_t outputs = (size_t)(s->channels * s->filters);
    size_t nx = (size_t)(s->batch * s->height * s->width * s->channels);
    size_t nw = (size_t)(s->kernel_h * s->kernel_w) * outputs;
    size_t ny = (size_t)(s->batch * cn_conv_out_h(s) * cn_conv_out_w(s)) * outputs;
    naive(s);
    for (int threads = 1; threads <= 3; threads++) {
        memset(&got, 0, sizeof got);
        cn_set_num_threads(threads);
        cn_depthwise_forward(s, x, w, bias, CN_ACT_RELU, got.y);
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
    static const cn_conv2d shapes[] = {
        {3, 14, 13, 32, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {2, 9, 8, 37, 1, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1},
        {20, 5, 6, 3, 1, 2, 3, 1, 1, 1, 1, 0, 0, 1, 1},
        {2, 12, 15, 17, 3, 3, 2, 1, 2, 2, 3, 2, 2, 1, 0},
        {1, 7, 7, 90, 2, 5, 5, 3, 1, 1, 1, 2, 2, 2, 2},
        {2, 4, 4, 5, 1, 1, 1, 2, 3, 1, 1, 0, 0, 0, 0},
        {2, 2, 4, 5, 1, 3, 1, 1, 1, 1, 1, 0, 0, 0, 0}, /* does not fit */
        {1, 2, 2, 5, 1, 3, 3, 1, 1, 4, 4, 9, 9, 9, 9},
        {0, 4, 4, 5, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0},
        {1, 4, 4, 0, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0},
    };
    for (int i = 0; i < MOST; i++) {
        x[i] = (float)(i % 37 * 11 % 37 - 18) / 16;
        w[i] = (float)(i % 41 * 17 % 41 - 20) / 32;
        dy[i] = (float)(i % 31 * 13 % 31 - 15) / 16;
        bias[i] = (float)(i % 7 - 3) / 4;
    }
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AVX512; level++) {
        cn_isa_limit(level);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            REQUIRE(agrees(&shapes[i]));
    }
    cn_isa_limit(CN_ISA_AVX512);
}
