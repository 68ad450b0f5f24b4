/* Speed of convolutions: GFLOP/s forward, input gradient, weight gradient, for each thread count.
 */
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/window/conv.h"
#include "bench.h"
#include "cornu/config.h"

typedef struct job {
    cn_conv2d s;
    float *x, *w, *bias, *y, *dx, *dw, *dbias;
} job;

static void forward(void *context)
{
    job *j = context;
    cn_conv_forward(&j->s, j->x, j->w, j->bias, CN_ACT_RELU, j->y);
}

static void grad_input(void *context)
{
    job *j = context;
    cn_conv_grad_input(&j->s, j->y, j->w, j->dx);
}

static void grad_weights(void *context)
{
    job *j = context;
    cn_conv_grad_weights(&j->s, j->x, j->y, j->dw, j->dbias);
}

static float *filled(ptrdiff_t count)
{
    float *block = malloc((size_t)count * sizeof *block);
    for (ptrdiff_t i = 0; i < count; i++)
        block[i] = (float)(i % 17) / 17;
    return block;
}

static void measure(const cn_conv2d *s)
{
    ptrdiff_t nx = s->batch * s->height * s->width * s->channels;
    ptrdiff_t nw = s->kernel_h * s->kernel_w * s->channels * s->filters;
    ptrdiff_t pixels = s->batch * cn_conv_out_h(s) * cn_conv_out_w(s), ny = pixels * s->filters;
    job j = {*s,         filled(nx), filled(nw), filled(s->filters),
             filled(ny), filled(nx), filled(nw), filled(s->filters)};
    double flops = 2e-9 * (double)pixels * (double)nw;
    printf("%td x %tdx%tdx%td -> %td, %tdx%td, stride %td, pad %td\n", s->batch, s->height,
           s->width, s->channels, s->filters, s->kernel_h, s->kernel_w, s->stride_h, s->pad_top);
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        double f = best_time(forward, &j), b = best_time(grad_input, &j);
        double w = best_time(grad_weights, &j);
        printf("   %d thr: forward %6.1f GF/s %7.3f ms, input %6.1f GF/s %7.3f ms, "
               "weights %6.1f GF/s %7.3f ms\n",
               threads, flops / f, f * 1e3, flops / b, b * 1e3, flops / w, w * 1e3);
    }
    free(j.x), free(j.w), free(j.bias), free(j.y), free(j.dx), free(j.dw), free(j.dbias);
}

int main(void)
{
    static const cn_conv2d shapes[] = {
        {128, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0},
        {128, 13, 13, 32, 64, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0},
        {32, 28, 28, 32, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {32, 32, 32, 3, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {8, 56, 56, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {8, 56, 56, 64, 128, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1},
        {8, 14, 14, 256, 256, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {8, 7, 7, 512, 512, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},
        {8, 56, 56, 64, 256, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0},
        {1, 224, 224, 3, 64, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3},
    };
    printf("level: %s\n", cn_isa_name(cn_isa_level()));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i]);
    return 0;
}
