#include "backend/cpu/window/conv.h"

#include "backend/cpu/window/conv_amx.h"
#include "backend/cpu/gemm/gemm.h"
#include "base/error.h"
#include "base/scratch.h"

ptrdiff_t cn_conv_out(const cn_conv_shape *s, int axis)
{
    ptrdiff_t more = s->in[axis] + s->before[axis] + s->after[axis] - cn_conv_reach(s, axis);
    return more < 0 ? 0 : more / s->stride[axis] + 1;
}

ptrdiff_t cn_conv_pixels(const cn_conv_shape *s)
{
    return cn_conv_out(s, 0) * cn_conv_out(s, 1) * cn_conv_out(s, 2) * cn_conv_out(s, 3);
}

ptrdiff_t cn_conv_taps(const cn_conv_shape *s)
{
    return cn_product(s->kernel);
}

/* Where every input pixel, or the whole image, is one row of a matrix. False where it is neither.
 */
static bool as_matrix(const cn_conv_shape *s, ptrdiff_t *rows, ptrdiff_t *length)
{
    bool pointwise = true, whole = true;
    for (int i = 0; i < CN_CONV_AXES; i++) {
        bool bare = !s->before[i] && !s->after[i];
        pointwise &= bare && s->kernel[i] == 1 && s->stride[i] == 1;
        whole &= bare && (i == CN_BATCH || (s->kernel[i] == s->in[i] && s->dilation[i] == 1));
    }
    if (!pointwise && !whole)
        return false;
    *rows = pointwise ? cn_product(s->in) : s->in[CN_BATCH];
    *length = (pointwise ? 1 : cn_conv_taps(s)) * s->channels;
    return true;
}

static cn_correlation forward(const cn_conv_shape *s, const float *x, cn_tap *taps)
{
    cn_correlation c = {
        .tap_count = cn_conv_taps(s),
        .taps = taps,
        .w_channel = s->filters,
        .w_filter = 1,
        .filters = s->filters,
        .bfloat16 = s->bfloat16,
    };
    c.x = cn_image_of(s, x, c.step);
    for (int i = 0; i < CN_CONV_AXES; i++) {
        c.origin[i] = -s->before[i];
        c.box[i] = cn_conv_reach(s, i);
        c.out[i] = cn_conv_out(s, i);
    }
    cn_dense_steps(c.out, s->filters, c.y_step);
    ptrdiff_t k[CN_CONV_AXES] = {0};
    for (ptrdiff_t t = 0; t < c.tap_count; t++, cn_next_place(k, s->kernel, CN_CONV_AXES)) {
        taps[t].w = t * s->channels * s->filters;
        for (int i = 0; i < CN_CONV_AXES; i++)
            taps[t].at[i] = (int)(k[i] * s->dilation[i]);
    }
    return c;
}

/* Input pixels whose places have the same remainders read the same taps of dy, one step apart: each
 * of as many phases as strides multiply to is a correlation of its own. */

/* dy's place for the place `first` of dx and tap k is (first + before - k * dilation) / stride if
 * that is whole. */
static bool reaches(const cn_conv_shape *s, int axis, ptrdiff_t first, ptrdiff_t k, ptrdiff_t *at)
{
    ptrdiff_t up = first + s->before[axis] - k * s->dilation[axis];
    *at = up / s->stride[axis];
    return up % s->stride[axis] == 0;
}

static void find_phase(const cn_conv_shape *s, int axis, ptrdiff_t first, cn_correlation *c)
{
    ptrdiff_t length = s->in[axis] - first, low = PTRDIFF_MAX, high = PTRDIFF_MIN, at;
    for (ptrdiff_t k = 0; k < s->kernel[axis]; k++)
        if (reaches(s, axis, first, k, &at)) {
            low = cn_least(low, at);
            high = cn_most(high, at);
        }
    c->out[axis] = length > 0 ? cn_divide_up(length, s->stride[axis]) : 0;
    c->origin[axis] = low <= high ? low : 0;
    c->box[axis] = low <= high ? high - low + 1 : 1;
}

/* The pixels of dx at first, first + stride, ...; `taps` has room for all of the kernel's. */
static cn_correlation backward(const cn_conv_shape *s, const float *dy, const ptrdiff_t *first,
                               cn_tap *taps)
{
    cn_correlation c = {
        .x = {dy, .channels = s->filters},
        .step = {1, 1, 1, 1},
        .taps = taps,
        .w_channel = 1,
        .w_filter = s->filters,
        .filters = s->channels,
        .bfloat16 = s->bfloat16,
    };
    cn_dense_steps(s->in, s->channels, c.y_step);
    for (int i = 0; i < CN_CONV_AXES; i++) {
        c.x.size[i] = cn_conv_out(s, i);
        c.y_step[i] *= s->stride[i];
        find_phase(s, i, first[i], &c);
    }
    cn_dense_steps(c.x.size, s->filters, c.x.step);
    for (ptrdiff_t t = cn_conv_taps(s) - 1; t >= 0; t--) { /* neighbours are neighbours in dy */
        cn_tap *tap = &taps[c.tap_count];
        bool there = true;
        ptrdiff_t rest = t, at;
        for (int i = CN_WIDTH; i >= 0; rest /= s->kernel[i--]) {
            there &= reaches(s, i, first[i], rest % s->kernel[i], &at);
            tap->at[i] = (int)(at - c.origin[i]);
        }
        tap->w = t * s->channels * s->filters;
        c.tap_count += there;
    }
    return c;
}

bool cn_conv_fits(const cn_conv_shape *s)
{
    ptrdiff_t pixels = 1;
    for (int i = 0; i < CN_CONV_AXES; i++)
        pixels *= cn_conv_reach(s, i);
    return cn_conv_taps(s) <= CN_CONV_TAPS && pixels <= CN_CONV_REACH;
}

static bool ready(const cn_conv_shape *s)
{
    const ptrdiff_t *k = s->kernel, *d = s->dilation, *x = s->in;
    if (!cn_conv_fits(s))
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: a convolution with kernel_size=(%td, %td, %td), "
                       "dilation_rate=(%td, %td, %td) and input (%td, %td, %td, %td, %td)",
                       k[1], k[2], k[3], d[1], d[2], d[3], x[0], x[1], x[2], x[3], s->channels);
    return cn_scratch() != NULL;
}

bool cn_conv_forward(const cn_conv_shape *s, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, const cn_epilogue *end, cn_kept *keep, float *y)
{
    ptrdiff_t rows = cn_conv_pixels(s), length = 0;
    if (as_matrix(s, &rows, &length) || !s->channels) {
        cn_gemm g = CN_GEMM(rows, s->filters, length, x, w, y);
        g.bias = bias;
        g.activation = activation;
        g.end = end;
        g.keep = keep;
        g.bfloat16 = s->bfloat16;
        return cn_gemm_run(&g);
    }
    if (!ready(s))
        return false;
    cn_tap taps[CN_CONV_TAPS];
    cn_correlation c = forward(s, x, taps);
    c.w = w;
    c.y = y;
    c.bias = bias;
    c.activation = activation;
    c.end = end;
    c.keep = keep;
    return cn_correlate(&c);
}

bool cn_conv_suits_few(const cn_conv_shape *s, cn_kept *keep)
{
    ptrdiff_t rows, length;
    cn_tap taps[CN_CONV_TAPS];
    if (as_matrix(s, &rows, &length) || !cn_conv_fits(s))
        return false;
    cn_correlation c = forward(s, NULL, taps);
    c.keep = keep;
    return cn_correlate_suits_panels(&c);
}

cn_kept *cn_conv_keep(const cn_conv_shape *s, cn_kept *old, const uint64_t *changes)
{
    ptrdiff_t rows, length, taps = cn_conv_taps(s);
    if (as_matrix(s, &rows, &length))
        taps = 1;
    if (old && old->taps == taps && old->filters == s->filters)
        return old;
    return cn_kept_new(taps, cn_conv_taps(s) * s->channels / taps, s->filters, changes);
}

bool cn_conv_grad_input(const cn_conv_shape *s, const float *dy, const float *w, float *dx)
{
    ptrdiff_t rows = cn_product(s->in), length = s->channels;
    bool matrix = as_matrix(s, &rows, &length);
    if (matrix || !cn_conv_pixels(s) || !s->filters) {
        cn_gemm g = CN_GEMM(rows, length, matrix ? s->filters : 0, dy, w, dx);
        g.transpose_b = true;
        g.ldb = s->filters;
        g.bfloat16 = s->bfloat16;
        return cn_gemm_run(&g);
    }
    if (!ready(s))
        return false;
    cn_tap taps[CN_CONV_TAPS];
    ptrdiff_t first[CN_CONV_AXES] = {0}, steps[CN_CONV_AXES];
    cn_dense_steps(s->in, s->channels, steps);
    for (ptrdiff_t phase = cn_product(s->stride); phase > 0; phase--) {
        cn_correlation c = backward(s, dy, first, taps);
        c.w = w;
        c.y = dx + cn_offset(first, steps);
        cn_correlate(&c);
        cn_next_place(first, s->stride, CN_CONV_AXES);
    }
    return true;
}

bool cn_conv_grad_weights(const cn_conv_shape *s, const float *x, const float *dy, float *dw)
{
    ptrdiff_t pixels = cn_conv_pixels(s), rows = pixels, length = cn_conv_taps(s) * s->channels;
    if (as_matrix(s, &rows, &length) || !pixels || !length || !s->filters) {
        cn_gemm g = CN_GEMM(length, s->filters, rows, x, dy, dw);
        g.transpose_a = true;
        g.lda = length;
        g.bfloat16 = s->bfloat16;
        return cn_gemm_run(&g);
    }
    if (!ready(s))
        return false;
    cn_conv_sum_weights(s, x, dy, dw);
    return true;
}
