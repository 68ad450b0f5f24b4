/* Speed of convolutions: GFLOP/s forward, input gradient, weight gradient, for each thread count.
 */
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/window/conv.h"
#include "bench.h"
#include "cornu/config.h"

#define ONES CN_CONV_ONES
#define NONE CN_CONV_NONE

typedef struct job {
    cn_conv_shape s;
    float *x, *w, *bias, *y, *dx, *dw;
} job;

static void forward(void *context)
{
    job *j = context;
    cn_conv_forward(&j->s, j->x, j->w, j->bias, CN_ACT_RELU, NULL, NULL, j->y);
}

static void grad_input(void *context)
{
    job *j = context;
    cn_conv_grad_input(&j->s, j->y, j->w, j->dx);
}

static void grad_weights(void *context)
{
    job *j = context;
    cn_conv_grad_weights(&j->s, j->x, j->y, j->dw);
}

static float *filled(ptrdiff_t count)
{
    float *block = malloc((size_t)count * sizeof *block);
    for (ptrdiff_t i = 0; i < count; i++)
        block[i] = (float)(i % 17) / 17;
    return block;
}

static void measure(const cn_conv_shape *s)
{
    const ptrdiff_t *in = s->in, *k = s->kernel;
    ptrdiff_t nx = in[0] * in[1] * in[2] * in[3] * s->channels;
    ptrdiff_t nw = cn_conv_taps(s) * s->channels * s->filters, pixels = cn_conv_pixels(s);
    job j = {*s,         filled(nx), filled(nw), filled(s->filters), filled(pixels * s->filters),
             filled(nx), filled(nw)};
    double flops = 2e-9 * (double)pixels * (double)nw;
    printf("%td x %tdx%tdx%tdx%td -> %td, %tdx%tdx%td, stride %td, pad %td\n", in[0], in[1], in[2],
           in[3], s->channels, s->filters, k[1], k[2], k[3], s->stride[2], s->before[2]);
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        double f = best_time(forward, &j), b = best_time(grad_input, &j);
        double w = best_time(grad_weights, &j);
        printf("   %d thr: forward %6.1f GF/s %7.3f ms, input %6.1f GF/s %7.3f ms, "
               "weights %6.1f GF/s %7.3f ms\n",
               threads, flops / f, f * 1e3, flops / b, b * 1e3, flops / w, w * 1e3);
    }
    free(j.x), free(j.w), free(j.bias), free(j.y), free(j.dx), free(j.dw);
}

int main(void)
{
    static const cn_conv_shape shapes[] = {
        {1, 32, {128, 1, 28, 28}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE},
        {32, 64, {128, 1, 13, 13}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE},
        {32, 64, {32, 1, 28, 28}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {3, 32, {32, 1, 32, 32}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {64, 64, {8, 1, 56, 56}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {64, 128, {8, 1, 56, 56}, {1, 1, 3, 3}, {1, 1, 2, 2}, ONES, NONE, {0, 0, 1, 1}},
        {256, 256, {8, 1, 14, 14}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {512, 512, {8, 1, 7, 7}, {1, 1, 3, 3}, ONES, ONES, {0, 0, 1, 1}, {0, 0, 1, 1}},
        {3, 16, {4, 24, 64, 64}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {16, 32, {4, 24, 32, 32}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {64, 64, {2, 16, 28, 28}, {1, 3, 3, 3}, ONES, ONES, {0, 1, 1, 1}, {0, 1, 1, 1}},
        {64, 128, {2, 16, 28, 28}, {1, 3, 3, 3}, {1, 2, 2, 2}, ONES, NONE, {0, 1, 1, 1}},
        {64, 256, {8, 1, 56, 56}, {1, 1, 1, 1}, ONES, ONES, NONE, NONE},
        {3, 64, {1, 1, 224, 224}, {1, 1, 7, 7}, {1, 1, 2, 2}, ONES, {0, 0, 3, 3}, {0, 0, 3, 3}},
    };
    printf("level: %s\n", cn_isa_name(cn_isa_level()));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i]);
    return 0;
}
