#include "backend/cpu/window/pool.h"

#include <math.h>
#include <string.h>

#include "backend/cpu/lanes.h"

/* The part begin .. end of a window that lies inside of the image; the window starts at `start`. */
typedef struct part {
    ptrdiff_t start, begin, end;
} part;

static part part_of(ptrdiff_t out, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t window,
                    ptrdiff_t length)
{
    part p = {out * stride - pad, 0, window};
    if (p.start < 0)
        p.begin = -p.start < window ? -p.start : window;
    if (p.start + window > length)
        p.end = length > p.start ? length - p.start : 0;
    if (p.end < p.begin)
        p.end = p.begin;
    return p;
}

static lanes max_lanes(const cn_pool_job *job, const float *x, part h, part w, ptrdiff_t n,
                       lane_bits *where)
{
    const cn_pool *p = &job->p;
    lanes best = (lanes){0} - INFINITY;
    lane_bits first = (lane_bits){0} + (int32_t)(h.begin * p->window_w + w.begin);
    for (ptrdiff_t i = h.begin; i < h.end; i++)
        for (ptrdiff_t j = w.begin; j < w.end; j++) {
            lanes v = load_lanes(x + (i * p->width + j) * p->channels, n);
            lane_bits more = (v > best) | (v != v);
            best = choose_lanes(more, v, best);
            first = (more & (int32_t)(i * p->window_w + j)) | (~more & first);
        }
    *where = first;
    return best;
}

static void max_pixel(const cn_pool_job *job, const float *x, part h, part w, ptrdiff_t at)
{
    for (ptrdiff_t c = 0, left = job->p.channels; left > 0; c += LANES, left -= LANES) {
        lane_bits where;
        store_lanes(job->to + at + c, max_lanes(job, x + c, h, w, left, &where), left);
        if (job->where_out && left >= LANES)
            *(loose_halves *)(job->where_out + at + c) =
                __builtin_convertvector(where, lane_halves);
        else if (job->where_out)
            for (ptrdiff_t i = 0; i < left; i++)
                job->where_out[at + c + i] = (uint16_t)where[i];
    }
}

static void average_pixel(const cn_pool_job *job, const float *x, part h, part w, ptrdiff_t at)
{
    const cn_pool *p = &job->p;
    float count = (float)((h.end - h.begin) * (w.end - w.begin));
    for (ptrdiff_t c = 0, left = p->channels; left > 0; c += LANES, left -= LANES) {
        lanes sum = {0};
        for (ptrdiff_t i = h.begin; i < h.end; i++)
            for (ptrdiff_t j = w.begin; j < w.end; j++)
                sum += load_lanes(x + (i * p->width + j) * p->channels + c, left);
        store_lanes(job->to + at + c, sum / count, left);
    }
}

/* For each pixel of the output rows begin .. end. */
static inline __attribute__((always_inline)) void
each_pixel(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end,
           void (*pixel)(const cn_pool_job *, const float *, part, part, ptrdiff_t))
{
    const cn_pool *p = &job->p;
    for (ptrdiff_t row = begin; row < end; row++) {
        ptrdiff_t n = row / job->out_h;
        part h = part_of(row % job->out_h, p->stride_h, p->pad_top, p->window_h, p->height);
        const float *image = job->x + (n * p->height + h.start) * p->width * p->channels;
        for (ptrdiff_t i = 0; i < job->out_w; i++) {
            part w = part_of(i, p->stride_w, p->pad_left, p->window_w, p->width);
            pixel(job, image + w.start * p->channels, h, w, (row * job->out_w + i) * p->channels);
        }
    }
}

static void max(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    each_pixel(job, begin, end, max_pixel);
}

static void average(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    each_pixel(job, begin, end, average_pixel);
}

/* Gradients: one row of dx gathers from the output rows whose windows hold it. */

static lane_bits where_lanes(const uint16_t *from, ptrdiff_t n)
{
    if (n >= LANES)
        return __builtin_convertvector(*(const loose_halves *)from, lane_bits);
    lane_bits v = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        v[i] = from[i];
    return v;
}

/* Window row i, of output pixel `at`, to the pixels `dx` .. of its window. */
static void max_grad_pixel(const cn_pool_job *job, ptrdiff_t at, ptrdiff_t i, part w,
                           ptrdiff_t count, float *dx)
{
    const cn_pool *p = &job->p;
    (void)count;
    for (ptrdiff_t c = 0, left = p->channels; left > 0; c += LANES, left -= LANES) {
        lanes dy = load_lanes(job->dy + at + c, left);
        lane_bits where = where_lanes(job->where_in + at + c, left);
        if (job->y)
            dy = (lanes)((lane_bits)dy & (load_lanes(job->y + at + c, left) > 0));
        for (ptrdiff_t j = w.begin; j < w.end; j++) {
            float *to = dx + j * p->channels + c;
            lane_bits mask = where == (int32_t)(i * p->window_w + j);
            store_lanes(to, load_lanes(to, left) + (lanes)(mask & (lane_bits)dy), left);
        }
    }
}

static void average_grad_pixel(const cn_pool_job *job, ptrdiff_t at, ptrdiff_t i, part w,
                               ptrdiff_t count, float *dx)
{
    const cn_pool *p = &job->p;
    (void)i;
    for (ptrdiff_t c = 0, left = p->channels; left > 0; c += LANES, left -= LANES) {
        lanes dy = load_lanes(job->dy + at + c, left) / (float)(count * (w.end - w.begin));
        for (ptrdiff_t j = w.begin; j < w.end; j++) {
            float *to = dx + j * p->channels + c;
            store_lanes(to, load_lanes(to, left) + dy, left);
        }
    }
}

/* For each pixel of the input rows begin .. end. */
static inline __attribute__((always_inline)) void
each_row(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end,
         void (*pixel)(const cn_pool_job *, ptrdiff_t, ptrdiff_t, part, ptrdiff_t, float *))
{
    const cn_pool *p = &job->p;
    for (ptrdiff_t row = begin; row < end; row++) {
        float *dx = job->to + row * p->width * p->channels;
        memset(dx, 0, (size_t)(p->width * p->channels) * sizeof *dx);
        ptrdiff_t n = row / p->height, y = row % p->height + p->pad_top;
        ptrdiff_t first = y < p->window_h ? 0 : (y - p->window_h) / p->stride_h + 1;
        for (ptrdiff_t o = first; o < job->out_h && o * p->stride_h <= y; o++) {
            part h = part_of(o, p->stride_h, p->pad_top, p->window_h, p->height);
            ptrdiff_t at = (n * job->out_h + o) * job->out_w * p->channels;
            for (ptrdiff_t i = 0; i < job->out_w; i++, at += p->channels) {
                part w = part_of(i, p->stride_w, p->pad_left, p->window_w, p->width);
                pixel(job, at, y - o * p->stride_h, w, h.end - h.begin, dx + w.start * p->channels);
            }
        }
    }
}

static void max_grad(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    each_row(job, begin, end, max_grad_pixel);
}

static void average_grad(const cn_pool_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    each_row(job, begin, end, average_grad_pixel);
}

const cn_pools CN_ISA_SYMBOL(cn_pools) = {
    .max = max,
    .max_grad = max_grad,
    .average = average,
    .average_grad = average_grad,
};
