#include "backend/cpu/window/depthwise.h"

#include <stdbool.h>
#include <string.h>

#include "backend/cpu/lanes.h"
#include "backend/cpu/window/conv_patch.h"

/* Taps begin .. end lie inside of the image for a window that starts at `start`. */
typedef struct part {
    ptrdiff_t start, begin, end;
} part;

static part part_of(ptrdiff_t out, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel,
                    ptrdiff_t dilation, ptrdiff_t length)
{
    part p = {out * stride - pad, 0, 0};
    if (p.start < 0)
        p.begin = (-p.start + dilation - 1) / dilation;
    if (length > p.start)
        p.end = (length - p.start + dilation - 1) / dilation;
    if (p.end > kernel)
        p.end = kernel;
    return p;
}

/* What output channels o .. o + n read of a pixel: channel o / filters each. */
static inline lanes input_lanes(const float *pixel, ptrdiff_t o, ptrdiff_t filters, ptrdiff_t n)
{
    if (filters == 1)
        return load_lanes(pixel + o, n);
    lanes v = {0};
    for (ptrdiff_t i = 0; i < n && i < LANES; i++)
        v[i] = pixel[(o + i) / filters];
    return v;
}

/* The gradient of input channels c .. c + n from a pixel of dy and a tap's weights. */
static inline lanes output_lanes(const float *dy, const float *w, ptrdiff_t c, ptrdiff_t filters,
                                 ptrdiff_t n)
{
    if (filters == 1)
        return load_lanes(dy + c, n) * load_lanes(w + c, n);
    lanes v = {0};
    for (ptrdiff_t i = 0; i < n && i < LANES; i++)
        for (ptrdiff_t f = 0; f < filters; f++)
            v[i] += dy[(c + i) * filters + f] * w[(c + i) * filters + f];
    return v;
}

/* A row's pixels and channels go in pieces, whose weights and neighbours stay in the caches. */
enum { PIXELS = 32, CHANNELS = 4 * LANES, GROUP = 4 };

static inline void put(const cn_depthwise_job *job, float *y, lanes sum, ptrdiff_t n)
{
    if (job->activation == CN_ACT_RELU)
        sum = relu_lanes(sum);
    store_lanes(y, sum, n);
}

/* At most LANES channels from o on of one pixel. */
static void forward_pixel(const cn_depthwise_job *job, const float *x, part h, part w, float *y,
                          ptrdiff_t o, ptrdiff_t n)
{
    const cn_conv_shape *s = &job->s;
    ptrdiff_t row = s->dilation[CN_HEIGHT] * s->in[CN_WIDTH] * s->channels,
              column = s->dilation[CN_WIDTH] * s->channels;
    lanes sum = job->bias ? load_lanes(job->bias + o, n) : (lanes){0};
    for (ptrdiff_t i = h.begin; i < h.end; i++)
        for (ptrdiff_t j = w.begin; j < w.end; j++) {
            const float *weights = job->w + (i * s->kernel[CN_WIDTH] + j) * job->outputs + o;
            sum += input_lanes(x + i * row + j * column, o, s->filters, n) * load_lanes(weights, n);
        }
    put(job, y + o, sum, n);
}

/* LANES channels of GROUP neighbours that see all columns of the kernel: they share its weights. */
static void forward_group(const cn_depthwise_job *job, const float *x, part h, float *y,
                          ptrdiff_t o)
{
    const cn_conv_shape *s = &job->s;
    ptrdiff_t row = s->dilation[CN_HEIGHT] * s->in[CN_WIDTH] * s->channels,
              column = s->dilation[CN_WIDTH] * s->channels,
              step = s->stride[CN_WIDTH] * s->channels;
    lanes sums[GROUP];
    EACH (u, GROUP)
        sums[u] = job->bias ? (lanes) * (const loose_lanes *)(job->bias + o) : (lanes){0};
    for (ptrdiff_t i = h.begin; i < h.end; i++) {
        const float *at = x + i * row + o,
                    *weights = job->w + i * s->kernel[CN_WIDTH] * job->outputs + o;
        for (ptrdiff_t j = s->kernel[CN_WIDTH]; j > 0; j--, at += column, weights += job->outputs) {
            lanes w = *(const loose_lanes *)weights;
            EACH (u, GROUP)
                sums[u] += *(const loose_lanes *)(at + u * step) * w;
        }
    }
    EACH (u, GROUP)
        put(job, y + u * job->outputs + o, sums[u], LANES);
}

/* Output columns first .. first + count <= PIXELS of a row. */
static void forward_pixels(const cn_depthwise_job *job, const float *x, part h, ptrdiff_t first,
                           ptrdiff_t count, float *y)
{
    const cn_conv_shape *s = &job->s;
    part w[PIXELS];
    bool whole[PIXELS + GROUP] = {false};
    for (ptrdiff_t i = 0; i < count; i++) {
        w[i] = part_of(first + i, s->stride[CN_WIDTH], s->before[CN_WIDTH], s->kernel[CN_WIDTH],
                       s->dilation[CN_WIDTH], s->in[CN_WIDTH]);
        whole[i] = w[i].begin == 0 && w[i].end == s->kernel[CN_WIDTH] && s->filters == 1;
    }
    for (ptrdiff_t block = 0; block < job->outputs; block += CHANNELS) {
        ptrdiff_t n = cn_least(job->outputs - block, CHANNELS);
        for (ptrdiff_t i = 0, size; i < count; i += size) {
            size = n >= LANES && whole[i] && whole[i + GROUP - 1] ? GROUP : 1;
            ptrdiff_t o = block, left = n;
            for (; size > 1 && left >= LANES; o += LANES, left -= LANES)
                forward_group(job, x + w[i].start * s->channels, h, y + i * job->outputs, o);
            for (; left > 0; o += LANES, left -= LANES)
                for (ptrdiff_t u = i; u < i + size; u++)
                    forward_pixel(job, x + w[u].start * s->channels, h, w[u], y + u * job->outputs,
                                  o, left);
        }
        if (job->end)
            cn_epilogue_run(job->end, sizeof *y, y + block, job->outputs, count, n);
    }
}

static void forward(const cn_depthwise_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    const cn_conv_shape *s = &job->s;
    for (ptrdiff_t row = begin; row < end; row++) {
        part h = part_of(row % job->out_h, s->stride[CN_HEIGHT], s->before[CN_HEIGHT],
                         s->kernel[CN_HEIGHT], s->dilation[CN_HEIGHT], s->in[CN_HEIGHT]);
        const float *x = job->x + (row / job->out_h * s->in[CN_HEIGHT] + h.start) *
                                      s->in[CN_WIDTH] * s->channels;
        for (ptrdiff_t i = 0; i < job->out_w; i += PIXELS)
            forward_pixels(job, x, h, i, cn_least(job->out_w - i, PIXELS),
                           job->to + (row * job->out_w + i) * job->outputs);
    }
}

/* What kernel row i gives to one row of dx, from one row of dy. */
static void spread(const cn_depthwise_job *job, const float *dy, ptrdiff_t i, float *dx)
{
    const cn_conv_shape *s = &job->s;
    for (ptrdiff_t k = 0; k < job->out_w; k++, dy += job->outputs) {
        part w = part_of(k, s->stride[CN_WIDTH], s->before[CN_WIDTH], s->kernel[CN_WIDTH],
                         s->dilation[CN_WIDTH], s->in[CN_WIDTH]);
        for (ptrdiff_t j = w.begin; j < w.end; j++) {
            const float *weights = job->w + (i * s->kernel[CN_WIDTH] + j) * job->outputs;
            float *to = dx + (w.start + j * s->dilation[CN_WIDTH]) * s->channels;
            for (ptrdiff_t c = 0, left = s->channels; left > 0; c += LANES, left -= LANES)
                store_lanes(to + c,
                            load_lanes(to + c, left) +
                                output_lanes(dy, weights, c, s->filters, left),
                            left);
        }
    }
}

static void grad_input(const cn_depthwise_job *job, ptrdiff_t begin, ptrdiff_t end)
{
    const cn_conv_shape *s = &job->s;
    for (ptrdiff_t row = begin; row < end; row++) {
        float *dx = job->to + row * s->in[CN_WIDTH] * s->channels;
        memset(dx, 0, (size_t)(s->in[CN_WIDTH] * s->channels) * sizeof *dx);
        for (ptrdiff_t i = 0; i < s->kernel[CN_HEIGHT]; i++) {
            ptrdiff_t up = row % s->in[CN_HEIGHT] + s->before[CN_HEIGHT] -
                           i * s->dilation[CN_HEIGHT],
                      o = up / s->stride[CN_HEIGHT];
            if (up < 0 || up % s->stride[CN_HEIGHT] || o >= job->out_h)
                continue;
            ptrdiff_t from = (row / s->in[CN_HEIGHT] * job->out_h + o) * job->out_w * job->outputs;
            spread(job, job->dy + from, i, dx);
        }
    }
}

/* The sum along one row of x * dy, or of dy alone (x NULL), for at most LANES channels. Four sums
 * hide the latency of additions. */
static lanes sum_row(const cn_depthwise_job *job, const float *x, const float *dy, ptrdiff_t count,
                     ptrdiff_t o, ptrdiff_t n)
{
    ptrdiff_t step = job->s.stride[CN_WIDTH] * job->s.channels, filters = job->s.filters;
    lanes sums[4] = {{0}, {0}, {0}, {0}};
    ptrdiff_t k = 0;
    if (x && filters == 1 && n >= LANES)
        for (; k + 4 <= count; k += 4)
            EACH (u, 4)
                sums[u] += *(const loose_lanes *)(x + (k + u) * step + o) *
                           *(const loose_lanes *)(dy + (k + u) * job->outputs + o);
    for (; k < count; k++) {
        lanes v = load_lanes(dy + k * job->outputs + o, n);
        sums[0] += x ? input_lanes(x + k * step, o, filters, n) * v : v;
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/* Output columns begin .. end whose tap j lies inside of the image. */
static part columns_of(const cn_depthwise_job *job, ptrdiff_t j)
{
    const cn_conv_shape *s = &job->s;
    ptrdiff_t at = j * s->dilation[CN_WIDTH] - s->before[CN_WIDTH]; /* of output column 0 */
    part p = {at, 0, 0};
    if (at < 0)
        p.begin = (-at + s->stride[CN_WIDTH] - 1) / s->stride[CN_WIDTH];
    if (s->in[CN_WIDTH] > at)
        p.end = (s->in[CN_WIDTH] - at + s->stride[CN_WIDTH] - 1) / s->stride[CN_WIDTH];
    if (p.end > job->out_w)
        p.end = job->out_w;
    return p;
}

/* One image, one tap, at most LANES channels. */
static lanes sum_tap(const cn_depthwise_job *job, ptrdiff_t n, ptrdiff_t i, ptrdiff_t j,
                     ptrdiff_t o, ptrdiff_t left)
{
    const cn_conv_shape *s = &job->s;
    part w = columns_of(job, j);
    lanes sum = {0};
    for (ptrdiff_t k = 0; w.begin < w.end && k < job->out_h; k++) {
        ptrdiff_t h = k * s->stride[CN_HEIGHT] + i * s->dilation[CN_HEIGHT] - s->before[CN_HEIGHT];
        if (h < 0 || h >= s->in[CN_HEIGHT])
            continue;
        ptrdiff_t x =
            (n * s->in[CN_HEIGHT] + h) * s->in[CN_WIDTH] + w.begin * s->stride[CN_WIDTH] + w.start;
        const float *dy = job->dy + ((n * job->out_h + k) * job->out_w + w.begin) * job->outputs;
        sum += sum_row(job, job->x + x * s->channels, dy, w.end - w.begin, o, left);
    }
    return sum;
}

static void grad_weights(const cn_depthwise_job *job, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t o,
                         ptrdiff_t count)
{
    const cn_conv_shape *s = &job->s;
    ptrdiff_t taps = s->kernel[CN_HEIGHT] * s->kernel[CN_WIDTH], pixels = job->out_h * job->out_w;
    for (ptrdiff_t n = begin; n < end; n++)
        for (ptrdiff_t at = o, left = count; left > 0; at += LANES, left -= LANES) {
            for (ptrdiff_t t = 0; t < taps; t++) {
                float *to = job->to + t * job->outputs + at;
                lanes sum =
                    sum_tap(job, n, t / s->kernel[CN_WIDTH], t % s->kernel[CN_WIDTH], at, left);
                store_lanes(to, n > begin ? load_lanes(to, left) + sum : sum, left);
            }
            if (!job->dbias)
                continue;
            float *to = job->dbias + at;
            lanes sum = sum_row(job, NULL, job->dy + n * pixels * job->outputs, pixels, at, left);
            store_lanes(to, n > begin ? load_lanes(to, left) + sum : sum, left);
        }
}

const cn_depthwise CN_ISA_SYMBOL(cn_depthwise) = {
    .forward = forward,
    .grad_input = grad_input,
    .grad_weights = grad_weights,
};
