/* Which kernel computes a convolution: floats go to backend/cpu, with one group or (two axes) one
 * for each channel; everything else is made of patches and matrix products. */
#include "backend/cpu/gemm/gemm.h"
#include "backend/cpu/onednn/conv.h"
#include "backend/cpu/window/depthwise.h"
#include "ops/window/conv.h"

#include <pthread.h>
#include <string.h>

static cn_shape shape_of(const cn_view *view)
{
    cn_shape shape = {.rank = view->rank};
    memcpy(shape.dim, view->dim, sizeof shape.dim);
    return shape;
}

/* The backend's description, or false where it does not serve. */
static bool fast(cn_geometry g, cn_dtype dtype, cn_conv_shape *s, bool *depthwise)
{
    *depthwise = g.groups > 1;
    if (dtype != CN_FLOAT32 || (*depthwise && (g.groups != g.channels || !cn_geometry_flat(&g))))
        return false;
    *s = (cn_conv_shape){.channels = g.channels,
                         .filters = g.filters / g.groups,
                         .in = {g.batch},
                         .kernel = {1},
                         .stride = {1},
                         .dilation = {1},
                         .bfloat16 = g.bfloat16};
    bool same = true;
    for (int i = 0; i < 3; i++) {
        int axis = CN_DEPTH + i;
        s->in[axis] = g.in[i];
        s->kernel[axis] = g.size[i];
        s->stride[axis] = g.stride[i];
        s->dilation[axis] = g.dilation[i];
        s->before[axis] = g.before[i];
        s->after[axis] = cn_geometry_after(&g, i);
        same &= cn_conv_out(s, axis) == g.out[i];
    }
    return same && cn_conv_fits(s);
}

/* As fast(), for what the backend does best. Where pixels are few, the time is that of reading the
 * weights, and a product of few rows, the patches, mostly reads them best. `kept`: weights that
 * are, or NULL. */
static bool best(cn_geometry g, cn_dtype dtype, cn_kept *kept, cn_conv_shape *s, bool *depthwise)
{
    if (!fast(g, dtype, s, depthwise))
        return false;
    enum { FEW = 64, SOME = 1 << 16 };
    ptrdiff_t weights = cn_conv_taps(s) * s->channels * s->filters;
    bool few = cn_conv_pixels(s) <= FEW && weights >= SOME;
    return *depthwise || !few || (kept && cn_conv_suits_few(s, kept));
}

size_t cn_conv_scratch(const cn_window_attrs *w, cn_shape image, cn_shape result,
                       const int64_t *size, cn_dtype dtype)
{
    cn_conv_shape s;
    bool depthwise;
    cn_geometry g = cn_window_geometry(w, image, result, size);
    if (best(g, dtype, NULL, &s, &depthwise))
        return 0;
    return (size_t)(cn_patch_rows(&g) * cn_patch_pitch(&g)) * cn_dtype_size(dtype);
}

bool cn_conv_keep_variable(const cn_conv_shape *s, cn_variable_state *variable, void **prepared)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    *prepared = cn_conv_keep(s, variable->kept, &variable->changes);
    if (*prepared && *prepared != variable->kept)
        cn_replace(&variable->kept, *prepared);
    pthread_mutex_unlock(&lock);
    return *prepared;
}

/* Whether packing weights at each call takes long beside what is computed with them (measured). */
static bool worth_keeping(const cn_conv_shape *s)
{
    enum { MANY = 1024, LEAST = 1 << 14, SIDE = 32 };
    ptrdiff_t taps = cn_conv_taps(s), length = taps * s->channels, size = length * s->filters;
    ptrdiff_t most = CN_KEPT_FEW;
    if (taps > 1)
        most = MANY;
    else if (size >= CN_GEMM_LARGE) /* what is gained, a few percent, is not worth the memory */
        most = CN_KEPT_FEW / 2;
    return cn_conv_pixels(s) <= most && size >= LEAST && length >= SIDE && s->filters >= SIDE;
}

bool cn_conv_claim(const cn_tensor *node, const cn_tensor *weights, void **prepared)
{
    const cn_window_attrs *w = node->attrs;
    cn_geometry g =
        cn_window_geometry(w, node->inputs[0]->shape, node->shape, node->inputs[1]->shape.dim);
    cn_conv_shape s;
    bool depthwise;
    cn_variable_state *variable = weights->variable;
    if (!variable || !fast(g, node->dtype, &s, &depthwise) || depthwise)
        return true;
    if (best(g, node->dtype, NULL, &s, &depthwise) &&
        !cn_onednn_conv_new(&s, w->epilogue & 1 << CN_END_BIAS, &variable->changes,
                            (cn_onednn_conv **)prepared))
        return false;
    return *prepared || !worth_keeping(&s) || cn_conv_keep_variable(&s, variable, prepared);
}

bool cn_conv_kernel(const cn_kernel_args *args)
{
    const cn_window_attrs *w = args->attrs;
    const cn_view *x = &args->in[0], *kernel = &args->in[1], *y = &args->out[0];
    cn_epilogue room;
    const cn_epilogue *end = cn_epilogue_of(args, w->epilogue, &room);
    const void *bias = cn_bias_of(args, w->epilogue);
    cn_tile_activation activation = cn_activation_of(w->epilogue);
    cn_geometry g = cn_window_geometry(w, shape_of(x), shape_of(y), kernel->dim);
    cn_conv_shape s;
    bool depthwise;
    if (!y->size)
        return true;
    bool other = cn_is(args->prepared, &cn_onednn_conv_kind);
    cn_kept *kept = other ? NULL : args->prepared;
    if (other &&
        cn_onednn_conv_run(args->prepared, x->data, kernel->data, bias, activation, end, y->data))
        return true;
    bool patches = !best(g, x->dtype, kept, &s, &depthwise);
    if (patches && kept)
        return cn_patches_kept(&g, x->data, kernel->data, bias, activation, end, kept, y->data);
    if (patches)
        return cn_patches_forward(&g, cn_dtype_size(x->dtype), x->data, kernel->data, bias,
                                  activation, end, y->data, args->scratch);
    if (!depthwise)
        return cn_conv_forward(&s, x->data, kernel->data, bias, activation, end, kept, y->data);
    cn_depthwise_forward(&s, x->data, kernel->data, bias, activation, end, y->data);
    return true;
}

bool cn_conv_input_grad_kernel(const cn_kernel_args *args)
{
    const cn_view *dy = &args->in[0], *kernel = &args->in[1], *dx = &args->out[0];
    cn_geometry g = cn_window_geometry(args->attrs, shape_of(dx), shape_of(dy), kernel->dim);
    cn_conv_shape s;
    bool depthwise;
    if (!dx->size)
        return true;
    if (!fast(g, dx->dtype, &s, &depthwise))
        return cn_patches_input_grad(&g, cn_dtype_size(dx->dtype), dy->data, kernel->data, dx->data,
                                     args->scratch);
    if (!depthwise)
        return cn_conv_grad_input(&s, dy->data, kernel->data, dx->data);
    cn_depthwise_grad_input(&s, dy->data, kernel->data, dx->data);
    return true;
}

bool cn_conv_kernel_grad_kernel(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *dy = &args->in[1], *dw = &args->out[0];
    cn_geometry g = cn_window_geometry(args->attrs, shape_of(x), shape_of(dy), dw->dim);
    cn_conv_shape s;
    bool depthwise;
    if (!dw->size)
        return true;
    if (!fast(g, dw->dtype, &s, &depthwise))
        return cn_patches_kernel_grad(&g, cn_dtype_size(dw->dtype), x->data, dy->data, dw->data,
                                      args->scratch);
    return depthwise ? cn_depthwise_grad_weights(&s, x->data, dy->data, dw->data, NULL)
                     : cn_conv_grad_weights(&s, x->data, dy->data, dw->data);
}
