/* The kernels of one training step of a small image classifier, batch 128: conv 3x3 1 -> 32 and
 * relu on 28x28, max-pool 2, dense 5408 -> 10, and back. What lies between (softmax, optimizer) is
 * left out. */
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/window/conv.h"
#include "backend/cpu/gemm/gemm.h"
#include "backend/cpu/window/pool.h"
#include "bench.h"
#include "cornu/config.h"

#define ONES CN_CONV_ONES
#define NONE CN_CONV_NONE

enum { BATCH = 128, FEATURES = 13 * 13 * 32, CLASSES = 10 };

static const cn_conv_shape conv = {1, 32, {BATCH, 1, 28, 28}, {1, 1, 3, 3}, ONES, ONES, NONE, NONE};
static const cn_pool pool = {BATCH, 26, 26, 32, 2, 2, 2, 2, 0, 0, 0, 0};
static float x[BATCH * 28 * 28], filters[9 * 32], filters_grad[9 * 32], bias[32], bias_grad[32];
static float y[BATCH * 26 * 26 * 32], y_grad[BATCH * 26 * 26 * 32];
static float pooled[BATCH * FEATURES], pooled_grad[BATCH * FEATURES];
static uint16_t where[BATCH * FEATURES];
static float weights[FEATURES * CLASSES], weights_grad[FEATURES * CLASSES], offsets[CLASSES];
static float out[BATCH * CLASSES], out_grad[BATCH * CLASSES];

static void conv_forward(void *context)
{
    (void)context;
    cn_conv_forward(&conv, x, filters, bias, CN_ACT_RELU, NULL, NULL, y);
}

static void pool_forward(void *context)
{
    (void)context;
    cn_pool_max(&pool, y, pooled, where);
}

static void dense_forward(void *context)
{
    (void)context;
    cn_gemm g = CN_GEMM(BATCH, CLASSES, FEATURES, pooled, weights, out);
    g.bias = offsets;
    cn_gemm_run(&g);
}

static void dense_grad_input(void *context)
{
    (void)context;
    cn_gemm g = CN_GEMM(BATCH, FEATURES, CLASSES, out_grad, weights, pooled_grad);
    g.transpose_b = true;
    g.ldb = CLASSES;
    cn_gemm_run(&g);
}

static void dense_grad_weights(void *context)
{
    (void)context;
    cn_gemm g = CN_GEMM(FEATURES, CLASSES, BATCH, pooled, out_grad, weights_grad);
    g.transpose_a = true;
    g.lda = FEATURES;
    cn_gemm_run(&g);
}

static void pool_grad(void *context)
{
    (void)context;
    cn_pool_max_grad(&pool, pooled_grad, where, pooled, y_grad);
}

static void conv_grad_weights(void *context)
{
    (void)context;
    static const float one = 1;
    cn_gemm sum = CN_GEMM(1, 32, BATCH * 26 * 26, &one, y_grad, bias_grad);
    sum.transpose_a = true;
    sum.lda = 0; /* the same one for each pixel */
    cn_conv_grad_weights(&conv, x, y_grad, filters_grad);
    cn_gemm_run(&sum);
}

static const struct {
    const char *name;
    void (*run)(void *);
} parts[] = {{"conv", conv_forward},
             {"max-pool", pool_forward},
             {"dense", dense_forward},
             {"dense, input gradient", dense_grad_input},
             {"dense, weight gradient", dense_grad_weights},
             {"max-pool, gradient", pool_grad},
             {"conv, weight gradient", conv_grad_weights}};
enum { PARTS = sizeof parts / sizeof *parts };

static void step(void *context)
{
    for (int i = 0; i < PARTS; i++)
        parts[i].run(context);
}

static void fill(float *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (float)(i * 31 % 17) / 17 - 0.5f;
}

int main(void)
{
    fill(x, sizeof x / sizeof *x);
    fill(filters, sizeof filters / sizeof *filters);
    fill(weights, sizeof weights / sizeof *weights);
    fill(out_grad, sizeof out_grad / sizeof *out_grad);
    printf("level: %s\n", cn_isa_name(cn_isa_level()));
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        printf("%d threads: step %.3f ms\n", threads, 1e3 * best_time(step, NULL));
        for (int i = 0; i < PARTS; i++)
            printf("    %-24s %.3f ms\n", parts[i].name, 1e3 * best_time(parts[i].run, NULL));
    }
    return 0;
}
