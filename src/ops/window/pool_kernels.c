/* Pools: two axes in float by backend/cpu, everything else by plain loops. */
#include "backend/cpu/window/pool.h"

#include <string.h>

#include "base/threads.h"
#include "ops/window/pool.h"

enum { GRAIN = 1 << 14 }; /* numbers read that are worth a thread's while */

typedef struct pool_job {
    cn_geometry g;
    const void *in;
    const uint16_t *where;
    void *out;
    uint16_t *where_out;
} pool_job;

static cn_shape shape_of(const cn_view *view)
{
    cn_shape shape = {.rank = view->rank};
    memcpy(shape.dim, view->dim, sizeof shape.dim);
    return shape;
}

static pool_job make(const cn_kernel_args *args, const cn_view *image, const cn_view *result)
{
    const cn_window_attrs *w = args->attrs;
    return (pool_job){.g = cn_window_geometry(w, shape_of(image), shape_of(result), w->size),
                      .in = args->in[0].data,
                      .where = args->n_in > 1 ? args->in[1].data : NULL,
                      .out = args->out[0].data};
}

/* The backend's description, or false where it does not serve. */
static bool fast(cn_geometry g, cn_dtype dtype, cn_pool *p)
{
    if (dtype != CN_FLOAT32 || !cn_geometry_flat(&g))
        return false;
    *p = (cn_pool){.batch = g.batch,
                   .height = g.in[1],
                   .width = g.in[2],
                   .channels = g.channels,
                   .window_h = g.size[1],
                   .window_w = g.size[2],
                   .stride_h = g.stride[1],
                   .stride_w = g.stride[2],
                   .pad_top = g.before[1],
                   .pad_bottom = cn_geometry_after(&g, 1),
                   .pad_left = g.before[2],
                   .pad_right = cn_geometry_after(&g, 2)};
    return cn_pool_out_h(p) == g.out[1] && cn_pool_out_w(p) == g.out[2];
}

static int64_t taps_of(const cn_geometry *g)
{
    return g->size[0] * g->size[1] * g->size[2];
}

static int64_t pixels_of(const cn_geometry *g)
{
    return g->out[0] * g->out[1] * g->out[2]; /* of one image */
}

/* The pixel of the images that a place of an output pixel's window reads, -1 outside. */
static int64_t read_at(const cn_geometry *g, int64_t pixel, int64_t tap)
{
    int64_t at[3];
    for (int k = 3; k--;) {
        at[k] = pixel % g->out[k] * g->stride[k] + tap % g->size[k] - g->before[k];
        if (at[k] < 0 || at[k] >= g->in[k])
            return -1;
        pixel /= g->out[k];
        tap /= g->size[k];
    }
    return ((pixel * g->in[0] + at[0]) * g->in[1] + at[1]) * g->in[2] + at[2];
}

#define REAL float
#define NAME(x) x##_float
#include "ops/window/pool_template.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_double
#include "ops/window/pool_template.h"

/* By output pixels; or, where windows add to what they share, by images. */
static bool each_pixel(pool_job *job, cn_dtype dtype, cn_loop floats, cn_loop doubles)
{
    const cn_geometry *g = &job->g;
    cn_parallel_for((size_t)(g->batch * pixels_of(g)),
                    (size_t)(GRAIN / (taps_of(g) * g->channels + 1) + 1),
                    dtype == CN_FLOAT32 ? floats : doubles, job);
    return true;
}

static bool each_image(pool_job *job, const cn_view *dx, cn_loop floats, cn_loop doubles)
{
    memset(dx->data, 0, (size_t)dx->size * cn_dtype_size(dx->dtype));
    cn_parallel_for((size_t)job->g.batch, 1, dx->dtype == CN_FLOAT32 ? floats : doubles, job);
    return true;
}

bool cn_max_pool_kernel(const cn_kernel_args *args)
{
    pool_job job = make(args, &args->in[0], &args->out[0]);
    cn_pool p;
    job.where_out = args->out[1].data;
    if (!args->out[0].size)
        return true;
    if (!fast(job.g, args->in[0].dtype, &p))
        return each_pixel(&job, args->in[0].dtype, max_float, max_double);
    cn_pool_max(&p, job.in, job.out, job.where_out);
    return true;
}

bool cn_max_pool_grad_kernel(const cn_kernel_args *args)
{
    pool_job job = make(args, &args->out[0], &args->in[0]);
    cn_pool p;
    if (!args->out[0].size)
        return true;
    if (!args->in[0].size || !fast(job.g, args->in[0].dtype, &p))
        return each_image(&job, &args->out[0], max_grad_float, max_grad_double);
    cn_pool_max_grad(&p, job.in, job.where, NULL, job.out);
    return true;
}

bool cn_max_pool_pick_kernel(const cn_kernel_args *args)
{
    pool_job job = make(args, &args->in[0], &args->out[0]);
    return !args->out[0].size || each_pixel(&job, args->in[0].dtype, pick_float, pick_double);
}

bool cn_average_pool_kernel(const cn_kernel_args *args)
{
    pool_job job = make(args, &args->in[0], &args->out[0]);
    cn_pool p;
    if (!args->out[0].size)
        return true;
    if (!fast(job.g, args->in[0].dtype, &p))
        return each_pixel(&job, args->in[0].dtype, average_float, average_double);
    cn_pool_average(&p, job.in, job.out);
    return true;
}

bool cn_average_pool_grad_kernel(const cn_kernel_args *args)
{
    pool_job job = make(args, &args->out[0], &args->in[0]);
    cn_pool p;
    if (!args->out[0].size)
        return true;
    if (!args->in[0].size || !fast(job.g, args->in[0].dtype, &p))
        return each_image(&job, &args->out[0], average_grad_float, average_grad_double);
    cn_pool_average_grad(&p, job.in, job.out);
    return true;
}
