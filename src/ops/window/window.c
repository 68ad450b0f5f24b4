#include "ops/window/window.h"

#include "ops/ops.h"

static int64_t reach(const cn_window_attrs *w, int i, int64_t size)
{
    return (size - 1) * w->dilation[i] + 1;
}

/* Keras's padding of a transposed convolution, as zeros around its input, whose pixels lie `stride`
 * apart. */
static void transposed_padding(const cn_window_attrs *w, int i, int64_t size, int64_t *left,
                               int64_t *right)
{
    int64_t r = reach(w, i, size), stride = w->stride[i], more = w->output_padding[i];
    if (w->padding == CN_PAD_TRANSPOSED_VALID) {
        *left = r - 1;
        *right = r - 1 + (w->has_output_padding ? more : stride > r ? stride - r : 0);
        return;
    }
    int64_t total = w->has_output_padding ? r + r % 2 - 2 + more : stride + r - 2;
    *left = total / 2 + total % 2;
    if (*left > r - 1)
        *left = r - 1;
    *right = total - *left;
}

/* What a transposed convolution makes of one pixel. */
static int64_t transposed_extent(const cn_window_attrs *w, int i, int64_t size)
{
    int64_t left, right;
    transposed_padding(w, i, size, &left, &right);
    return left + right + 2 - reach(w, i, size);
}

bool cn_window_inverts(const cn_window_attrs *w)
{
    return w->padding == CN_PAD_TRANSPOSED_VALID || w->padding == CN_PAD_TRANSPOSED_SAME;
}

int64_t cn_window_out(const cn_window_attrs *w, int i, int64_t in, int64_t size)
{
    if (in < 0 || size < 0)
        return CN_ANY;
    if (w->padding == CN_PAD_SAME || w->padding == CN_PAD_CAUSAL)
        return (in + w->stride[i] - 1) / w->stride[i];
    if (w->padding == CN_PAD_GIVEN)
        in += w->before[i] + w->after[i];
    int64_t needs = cn_window_inverts(w) ? transposed_extent(w, i, size) : reach(w, i, size);
    return in < needs ? 0 : (in - needs) / w->stride[i] + 1;
}

int64_t cn_window_in(const cn_window_attrs *w, int i, int64_t out, int64_t size)
{
    if (out < 0 || size < 0)
        return CN_ANY;
    int64_t in = out ? (out - 1) * w->stride[i] + transposed_extent(w, i, size) : 0;
    return in > 0 ? in : 0;
}

int64_t cn_window_before(const cn_window_attrs *w, int i, int64_t in, int64_t out, int64_t size)
{
    int64_t r = reach(w, i, size), left, right;
    if (w->padding == CN_PAD_VALID)
        return 0;
    if (w->padding == CN_PAD_CAUSAL)
        return r - 1;
    if (w->padding == CN_PAD_GIVEN)
        return w->before[i];
    if (w->padding == CN_PAD_SAME) {
        int64_t total = (out - 1) * w->stride[i] + r - in;
        return total > 0 ? total / 2 : 0;
    }
    transposed_padding(w, i, size, &left, &right);
    return r - 1 - left;
}

cn_geometry cn_window_geometry(const cn_window_attrs *w, cn_shape image, cn_shape result,
                               const int64_t *size)
{
    cn_geometry g = {.batch = image.dim[0],
                     .channels = image.dim[image.rank - 1],
                     .filters = result.dim[result.rank - 1],
                     .groups = w->groups ? w->groups : 1,
                     .bfloat16 = w->bfloat16};
    for (int k = 0; k < 3; k++) {
        int i = k - (3 - w->spatial);
        bool there = i >= 0;
        g.in[k] = there ? image.dim[1 + i] : 1;
        g.out[k] = there ? result.dim[1 + i] : 1;
        g.size[k] = there ? size[i] : 1;
        g.stride[k] = there ? w->stride[i] : 1;
        g.dilation[k] = there ? w->dilation[i] : 1;
        g.before[k] = there ? cn_window_before(w, i, g.in[k], g.out[k], g.size[k]) : 0;
    }
    return g;
}

int64_t cn_geometry_after(const cn_geometry *g, int axis)
{
    int64_t end = (g->out[axis] - 1) * g->stride[axis] + (g->size[axis] - 1) * g->dilation[axis] +
                  1 - g->before[axis];
    return end > g->in[axis] ? end - g->in[axis] : 0;
}

void cn_window_give(cn_window_attrs *w, const cn_geometry *g)
{
    w->padding = CN_PAD_GIVEN;
    for (int i = 0, k = 3 - w->spatial; k < 3; i++, k++) {
        w->before[i] = g->before[k];
        w->after[i] = cn_geometry_after(g, k);
    }
}

bool cn_window_unpad(cn_window_attrs *w, const cn_geometry *g, const cn_tensor *image)
{
    const int64_t *before, *after;
    if (!cn_pads_pixels(image, &before, &after))
        return false;
    cn_window_give(w, g);
    for (int i = 0; i < w->spatial; i++) {
        w->before[i] += before[1 + i];
        w->after[i] += after[1 + i];
    }
    return true;
}

bool cn_geometry_flat(cn_geometry *g)
{
    if (g->size[0] != 1 || g->stride[0] != 1 || g->before[0] || g->in[0] != g->out[0])
        return false;
    g->batch *= g->in[0];
    g->in[0] = g->out[0] = 1;
    return true;
}
