#include "backend/cpu/window/conv.h"

#include "backend/cpu/window/correlate.h"
#include "backend/cpu/gemm/gemm.h"
#include "base/error.h"
#include "base/scratch.h"

static ptrdiff_t reach(ptrdiff_t kernel, ptrdiff_t dilation)
{
    return (kernel - 1) * dilation + 1;
}

static ptrdiff_t out(ptrdiff_t padded, ptrdiff_t kernel, ptrdiff_t stride)
{
    return padded < kernel ? 0 : (padded - kernel) / stride + 1;
}

ptrdiff_t cn_conv_out_h(const cn_conv2d *s)
{
    return out(s->height + s->pad_top + s->pad_bottom, reach(s->kernel_h, s->dilation_h),
               s->stride_h);
}

ptrdiff_t cn_conv_out_w(const cn_conv2d *s)
{
    return out(s->width + s->pad_left + s->pad_right, reach(s->kernel_w, s->dilation_w),
               s->stride_w);
}

static bool no_padding(const cn_conv2d *s)
{
    return !s->pad_top && !s->pad_bottom && !s->pad_left && !s->pad_right;
}

/* Where every input pixel, or the whole image, is one row of a matrix. False where it is neither.
 */
static bool as_matrix(const cn_conv2d *s, ptrdiff_t *rows, ptrdiff_t *length)
{
    bool pointwise = s->kernel_h == 1 && s->kernel_w == 1 && s->stride_h == 1 && s->stride_w == 1;
    bool whole = s->kernel_h == s->height && s->kernel_w == s->width && s->dilation_h == 1 &&
                 s->dilation_w == 1;
    if (!no_padding(s) || !(pointwise || whole))
        return false;
    *rows = pointwise ? s->batch * s->height * s->width : s->batch;
    *length = pointwise ? s->channels : s->height * s->width * s->channels;
    return true;
}

static cn_correlation forward(const cn_conv2d *s)
{
    return (cn_correlation){
        .batch = s->batch,
        .x = {NULL, s->height, s->width, s->channels},
        .origin_h = -s->pad_top,
        .origin_w = -s->pad_left,
        .step_h = s->stride_h,
        .step_w = s->stride_w,
        .box_h = reach(s->kernel_h, s->dilation_h),
        .box_w = reach(s->kernel_w, s->dilation_w),
        .tap_count = s->kernel_h * s->kernel_w,
        .w_channel = s->filters,
        .w_filter = 1,
        .rows = cn_conv_out_h(s),
        .columns = cn_conv_out_w(s),
        .filters = s->filters,
    };
}

/* Input pixels whose places have the same remainders read the same taps of dy, one step apart: each
 * of the stride_h * stride_w phases is a correlation of its own. In one direction: */
typedef struct phase {
    ptrdiff_t size;        /* output pixels, i.e. those of dx at first, first + stride, ... */
    ptrdiff_t origin, box; /* of dy */
} phase;

/* dy's row for dx's row `first` and tap k is (first + pad - k * dilation) / stride if that is
 * whole. */
static bool reaches(ptrdiff_t first, ptrdiff_t pad, ptrdiff_t k, ptrdiff_t dilation,
                    ptrdiff_t stride, ptrdiff_t *at)
{
    ptrdiff_t up = first + pad - k * dilation;
    *at = up / stride;
    return up % stride == 0;
}

static phase find_phase(ptrdiff_t first, ptrdiff_t length, ptrdiff_t pad, ptrdiff_t kernel,
                        ptrdiff_t dilation, ptrdiff_t stride)
{
    phase p = {.size = first < length ? cn_divide_up(length - first, stride) : 0, .box = 1};
    ptrdiff_t low = PTRDIFF_MAX, high = PTRDIFF_MIN, at;
    for (ptrdiff_t k = 0; k < kernel; k++)
        if (reaches(first, pad, k, dilation, stride, &at)) {
            low = cn_least(low, at);
            high = cn_most(high, at);
        }
    if (low <= high) {
        p.origin = low;
        p.box = high - low + 1;
    }
    return p;
}

/* The taps of phase (y, x); `taps` has room for all of the kernel's. */
static cn_correlation backward(const cn_conv2d *s, ptrdiff_t y, ptrdiff_t x, cn_tap *taps)
{
    phase v = find_phase(y, s->height, s->pad_top, s->kernel_h, s->dilation_h, s->stride_h);
    phase h = find_phase(x, s->width, s->pad_left, s->kernel_w, s->dilation_w, s->stride_w);
    cn_correlation c = {
        .batch = s->batch,
        .x = {NULL, cn_conv_out_h(s), cn_conv_out_w(s), s->filters},
        .origin_h = v.origin,
        .origin_w = h.origin,
        .step_h = 1,
        .step_w = 1,
        .box_h = v.box,
        .box_w = h.box,
        .taps = taps,
        .w_channel = 1,
        .w_filter = s->filters,
        .y_image = s->height * s->width * s->channels,
        .y_row = s->stride_h * s->width * s->channels,
        .y_pixel = s->stride_w * s->channels,
        .rows = v.size,
        .columns = h.size,
        .filters = s->channels,
    };
    ptrdiff_t row, column;
    for (ptrdiff_t i = s->kernel_h - 1; i >= 0;
         i--) /* backwards: neighbours in dy are neighbours */
        for (ptrdiff_t j = s->kernel_w - 1; j >= 0; j--)
            if (reaches(y, s->pad_top, i, s->dilation_h, s->stride_h, &row) &&
                reaches(x, s->pad_left, j, s->dilation_w, s->stride_w, &column))
                taps[c.tap_count++] = (cn_tap){row - v.origin, column - h.origin,
                                               (i * s->kernel_w + j) * s->channels * s->filters};
    return c;
}

bool cn_conv_fits(const cn_conv2d *s)
{
    return s->kernel_h * s->kernel_w <= CN_CONV_TAPS &&
           reach(s->kernel_h, s->dilation_h) * reach(s->kernel_w, s->dilation_w) <= CN_CONV_REACH;
}

static bool ready(const cn_conv2d *s)
{
    if (!cn_conv_fits(s))
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: a convolution with kernel_size=(%td, %td), "
                       "dilation_rate=(%td, %td) and input (%td, %td, %td, %td)",
                       s->kernel_h, s->kernel_w, s->dilation_h, s->dilation_w, s->batch, s->height,
                       s->width, s->channels);
    return cn_scratch() != NULL;
}

bool cn_conv_forward(const cn_conv2d *s, const float *x, const float *w, const float *bias,
                     cn_tile_activation activation, float *y)
{
    ptrdiff_t rows = s->batch * cn_conv_out_h(s) * cn_conv_out_w(s), length = 0;
    if (as_matrix(s, &rows, &length) || !s->channels) {
        cn_gemm g = CN_GEMM(rows, s->filters, length, x, w, y);
        g.bias = bias;
        g.activation = activation;
        return cn_gemm_run(&g);
    }
    if (!ready(s))
        return false;
    cn_tap taps[CN_CONV_TAPS];
    cn_correlation c = forward(s);
    for (ptrdiff_t i = 0; i < s->kernel_h; i++)
        for (ptrdiff_t j = 0; j < s->kernel_w; j++) {
            ptrdiff_t t = i * s->kernel_w + j;
            taps[t] = (cn_tap){i * s->dilation_h, j * s->dilation_w, t * s->channels * s->filters};
        }
    c.x.at = x;
    c.taps = taps;
    c.w = w;
    c.y = y;
    c.y_pixel = s->filters;
    c.y_row = c.columns * c.y_pixel;
    c.y_image = c.rows * c.y_row;
    c.bias = bias;
    c.activation = activation;
    cn_correlate(&c);
    return true;
}

bool cn_conv_grad_input(const cn_conv2d *s, const float *dy, const float *w, float *dx)
{
    ptrdiff_t rows = s->batch * s->height * s->width, length = s->channels;
    bool matrix = as_matrix(s, &rows, &length);
    if (matrix || !cn_conv_out_h(s) || !cn_conv_out_w(s) || !s->filters) {
        cn_gemm g = CN_GEMM(rows, length, matrix ? s->filters : 0, dy, w, dx);
        g.transpose_b = true;
        g.ldb = s->filters;
        return cn_gemm_run(&g);
    }
    if (!ready(s))
        return false;
    cn_tap taps[CN_CONV_TAPS];
    for (ptrdiff_t y = 0; y < s->stride_h; y++)
        for (ptrdiff_t x = 0; x < s->stride_w; x++) {
            cn_correlation c = backward(s, y, x, taps);
            c.x.at = dy;
            c.w = w;
            c.y = dx + (y * s->width + x) * s->channels;
            cn_correlate(&c);
        }
    return true;
}

/* dy summed over the pixels. */
static bool sum_bias(const float *dy, ptrdiff_t pixels, ptrdiff_t filters, float *dbias)
{
    static const float one = 1;
    cn_gemm g = CN_GEMM(1, filters, pixels, &one, dy, dbias);
    g.transpose_a = true;
    g.lda = 0; /* the same one for each pixel */
    return cn_gemm_run(&g);
}

bool cn_conv_grad_weights(const cn_conv2d *s, const float *x, const float *dy, float *dw,
                          float *dbias)
{
    ptrdiff_t pixels = s->batch * cn_conv_out_h(s) * cn_conv_out_w(s);
    ptrdiff_t rows = pixels, length = s->kernel_h * s->kernel_w * s->channels;
    if (as_matrix(s, &rows, &length) || !pixels || !length || !s->filters) {
        cn_gemm g = CN_GEMM(length, s->filters, rows, x, dy, dw);
        g.transpose_a = true;
        g.lda = length;
        return cn_gemm_run(&g) && (!dbias || sum_bias(dy, pixels, s->filters, dbias));
    }
    if (!ready(s))
        return false;
    cn_conv_sum_weights(s, x, dy, dw, dbias);
    return true;
}
