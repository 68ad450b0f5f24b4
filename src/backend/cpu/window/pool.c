#include "backend/cpu/window/pool.h"

#include "base/threads.h"

enum { PIECE = 1 << 15 }; /* numbers read that are worth a thread's while */

static ptrdiff_t out(ptrdiff_t padded, ptrdiff_t window, ptrdiff_t stride)
{
    return padded < window ? 0 : (padded - window) / stride + 1;
}

ptrdiff_t cn_pool_out_h(const cn_pool *p)
{
    return out(p->height + p->pad_top + p->pad_bottom, p->window_h, p->stride_h);
}

ptrdiff_t cn_pool_out_w(const cn_pool *p)
{
    return out(p->width + p->pad_left + p->pad_right, p->window_w, p->stride_w);
}

static cn_pool_job make(const cn_pool *p)
{
    return (cn_pool_job){.p = *p, .out_h = cn_pool_out_h(p), .out_w = cn_pool_out_w(p)};
}

static void max(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_pools)->max(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

static void max_grad(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_pools)->max_grad(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

static void average(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_pools)->average(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

static void average_grad(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_pools)->average_grad(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

/* `rows` rows, each of which reads `cost` numbers. */
static void each_row(ptrdiff_t rows, ptrdiff_t cost, cn_loop body, cn_pool_job *job)
{
    cn_parallel_for((size_t)rows, (size_t)(PIECE / (cost + 1) + 1), body, job);
}

static ptrdiff_t row_cost(const cn_pool_job *job)
{
    return job->out_w * job->p.channels * job->p.window_h * job->p.window_w;
}

void cn_pool_max(const cn_pool *p, const float *x, float *y, uint16_t *where)
{
    cn_pool_job job = make(p);
    job.x = x;
    job.to = y;
    job.where_out = where;
    each_row(p->batch * job.out_h, row_cost(&job), max, &job);
}

void cn_pool_average(const cn_pool *p, const float *x, float *y)
{
    cn_pool_job job = make(p);
    job.x = x;
    job.to = y;
    each_row(p->batch * job.out_h, row_cost(&job), average, &job);
}

void cn_pool_max_grad(const cn_pool *p, const float *dy, const uint16_t *where, const float *y,
                      float *dx)
{
    cn_pool_job job = make(p);
    job.dy = dy;
    job.where_in = where;
    job.y = y;
    job.to = dx;
    each_row(p->batch * p->height, p->width * p->channels, max_grad, &job);
}

void cn_pool_average_grad(const cn_pool *p, const float *dy, float *dx)
{
    cn_pool_job job = make(p);
    job.dy = dy;
    job.to = dx;
    each_row(p->batch * p->height, p->width * p->channels, average_grad, &job);
}
