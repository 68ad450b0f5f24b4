/* Time of pooling. */
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/window/pool.h"
#include "bench.h"
#include "cornu/config.h"

typedef struct job {
    cn_pool p;
    float *x, *y, *dx;
    uint16_t *where;
} job;

static void max(void *context)
{
    job *j = context;
    cn_pool_max(&j->p, j->x, j->y, j->where);
}

static void max_grad(void *context)
{
    job *j = context;
    cn_pool_max_grad(&j->p, j->y, j->where, j->y, j->dx);
}

static void average(void *context)
{
    job *j = context;
    cn_pool_average(&j->p, j->x, j->y);
}

static void average_grad(void *context)
{
    job *j = context;
    cn_pool_average_grad(&j->p, j->y, j->dx);
}

static float *filled(ptrdiff_t count)
{
    float *block = malloc((size_t)count * sizeof *block);
    for (ptrdiff_t i = 0; i < count; i++)
        block[i] = (float)(i * 31 % 17) / 17;
    return block;
}

static void measure(const cn_pool *p)
{
    ptrdiff_t nx = p->batch * p->height * p->width * p->channels;
    ptrdiff_t ny = p->batch * cn_pool_out_h(p) * cn_pool_out_w(p) * p->channels;
    job j = {*p, filled(nx), filled(ny), filled(nx), calloc((size_t)ny, sizeof(uint16_t))};
    printf("%td x %tdx%tdx%td, window %td, stride %td\n", p->batch, p->height, p->width,
           p->channels, p->window_h, p->stride_h);
    for (int threads = 1; threads <= 2; threads++) {
        cn_set_num_threads(threads);
        printf("   %d thr: max %.3f ms, gradient %.3f ms, average %.3f ms, gradient %.3f ms\n",
               threads, 1e3 * best_time(max, &j), 1e3 * best_time(max_grad, &j),
               1e3 * best_time(average, &j), 1e3 * best_time(average_grad, &j));
    }
    free(j.x), free(j.y), free(j.dx), free(j.where);
}

int main(void)
{
    static const cn_pool shapes[] = {{128, 26, 26, 32, 2, 2, 2, 2, 0, 0, 0, 0},
                                     {32, 28, 28, 64, 3, 3, 2, 2, 0, 1, 0, 1},
                                     {32, 7, 7, 512, 7, 7, 1, 1, 0, 0, 0, 0}};
    printf("level: %s\n", cn_isa_name(cn_isa_level()));
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i]);
    return 0;
}
