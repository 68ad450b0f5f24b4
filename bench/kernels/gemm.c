/* Speed of matrix products: GFLOP/s for several shapes and each thread count. */
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/gemm/gemm.h"
#include "bench.h"
#include "cornu/config.h"

static void run(void *context)
{
    cn_gemm_run(context);
}

static void *filled(size_t count, size_t size)
{
    void *block = malloc(count * size);
    for (size_t i = 0; i < count; i++)
        if (size == sizeof(float))
            ((float *)block)[i] = (float)(i % 17) / 17;
        else
            ((double *)block)[i] = (double)(i % 17) / 17;
    return block;
}

static void measure(int m, int n, int k, int form)
{
    size_t na = (size_t)m * (size_t)k, nb = (size_t)k * (size_t)n, nc = (size_t)m * (size_t)n;
    float *a = filled(na, 4), *b = filled(nb, 4), *c = filled(nc, 4);
    double *a2 = filled(na, 8), *b2 = filled(nb, 8), *c2 = filled(nc, 8);
    cn_gemm g = CN_GEMM(m, n, k, a, b, c);
    cn_gemm g2 = CN_GEMM(m, n, k, a2, b2, c2);
    g.transpose_a = g2.transpose_a = form & 1;
    g.transpose_b = g2.transpose_b = form & 2;
    g.lda = g2.lda = form & 1 ? m : k;
    g.ldb = g2.ldb = form & 2 ? k : n;
    printf("%5d %5d %5d  %c%c", m, n, k, form & 1 ? 'T' : 'N', form & 2 ? 'T' : 'N');
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        double t = best_time(run, &g), t2 = best_time(run, &g2);
        double flops = 2e-9 * m * n * k;
        printf("   %d thr: f32 %6.1f GF/s %9.2f us, f64 %6.1f GF/s", threads, flops / t, t * 1e6,
               flops / t2);
    }
    printf("\n");
    free(a), free(b), free(c), free(a2), free(b2), free(c2);
}

int main(void)
{
    static const int shapes[][4] = {
        {512, 512, 512, 0},    {512, 512, 512, 1}, {512, 512, 512, 2}, {512, 512, 512, 3},
        {1024, 1024, 1024, 0}, {64, 64, 64, 0},    {128, 128, 128, 0}, {16, 16, 4, 0},
        {16, 4, 4, 0},         {1, 128, 128, 0},   {1, 128, 784, 0},   {1, 1024, 1024, 0},
        {1, 1024, 1024, 2},    {1024, 1, 1024, 0}, {32, 128, 784, 0},  {32, 784, 128, 2},
        {784, 128, 32, 1},     {128, 10, 5408, 0}, {128, 5408, 10, 2}, {5408, 10, 128, 1},
        {32, 256, 64, 0},      {128, 64, 3136, 0}};
    printf("level: %s\n", cn_isa_name(cn_isa_level()));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
    return 0;
}
