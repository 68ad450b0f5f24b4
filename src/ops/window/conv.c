/* Convolutions as ops: shapes and gradients. keras.ops.conv, conv_transpose */
#include "ops/window/conv.h"

#include "ops/ops.h"

static const char *text(const cn_tensor *x)
{
    return cn_shape_text(x->shape);
}

/* ---- shapes ---- */

static bool same_or_unknown(int64_t a, int64_t b)
{
    return a == b || a < 0 || b < 0;
}

static int64_t last(cn_shape shape)
{
    return shape.dim[shape.rank - 1];
}

/* Whether the kernel (size..., C / groups, F) fits an image of `channels` and a result of
 * `filters`. */
static bool check_kernel(const cn_window_attrs *w, const cn_tensor *kernel, int64_t channels,
                         int64_t filters)
{
    const int64_t *dim = kernel->shape.dim + w->spatial;
    return same_or_unknown(channels, dim[0] * w->groups) && same_or_unknown(filters, dim[1]) &&
           dim[1] % w->groups == 0;
}

static bool conv_infer(const cn_tensor *node, cn_results *results)
{
    const cn_window_attrs *w = node->attrs;
    const cn_tensor *x = node->inputs[0], *kernel = node->inputs[1];
    cn_shape *y = &results->shape[0];
    if (!check_kernel(w, kernel, last(x->shape), CN_ANY))
        return cn_fail(CN_EINVAL,
                       "cn_conv: a kernel of shape %s with groups=%lld does not fit an input of "
                       "shape %s",
                       text(kernel), (long long)w->groups, text(x));
    *y = x->shape;
    for (int i = 0; i < w->spatial; i++) {
        y->dim[1 + i] = cn_window_out(w, i, x->shape.dim[1 + i], kernel->shape.dim[i]);
        if (!y->dim[1 + i] && x->shape.dim[1 + i])
            return cn_fail(CN_EINVAL,
                           "cn_conv: an input of shape %s is too small for a kernel of shape %s "
                           "with dilation=%lld along axis %d",
                           text(x), text(kernel), (long long)w->dilation[i], 1 + i);
    }
    y->dim[y->rank - 1] = last(kernel->shape);
    results->dtype[0] = x->dtype;
    return true;
}

static bool input_grad_infer(const cn_tensor *node, cn_results *results)
{
    const cn_window_attrs *w = node->attrs;
    const cn_tensor *dy = node->inputs[0], *kernel = node->inputs[1];
    const cn_tensor *like = node->n_inputs > 2 ? node->inputs[2] : NULL;
    cn_shape *x = &results->shape[0];
    if (!check_kernel(w, kernel, CN_ANY, last(dy->shape)))
        return cn_fail(CN_EINVAL,
                       "cn_conv_transpose: a kernel of shape %s does not fit an input of shape %s",
                       text(kernel), text(dy));
    *x = dy->shape;
    for (int i = 0; i < w->spatial; i++) {
        x->dim[1 + i] = cn_window_inverts(w)
                            ? cn_window_in(w, i, dy->shape.dim[1 + i], kernel->shape.dim[i])
                        : like ? like->shape.dim[1 + i]
                               : w->image[i];
        if (!x->dim[1 + i] && dy->shape.dim[1 + i])
            return cn_fail(CN_EINVAL,
                           "cn_conv_transpose: with these strides and paddings an input of shape "
                           "%s and a kernel of shape %s give nothing along axis %d",
                           text(dy), text(kernel), 1 + i);
    }
    int64_t channels = kernel->shape.dim[w->spatial];
    x->dim[x->rank - 1] = channels < 0 ? CN_ANY : channels * w->groups;
    results->dtype[0] = dy->dtype;
    return true;
}

static bool kernel_grad_infer(const cn_tensor *node, cn_results *results)
{
    const cn_window_attrs *w = node->attrs;
    const cn_tensor *x = node->inputs[0], *dy = node->inputs[1];
    cn_shape *kernel = &results->shape[0];
    int64_t channels = last(x->shape);
    kernel->rank = w->spatial + 2;
    for (int i = 0; i < w->spatial; i++)
        kernel->dim[i] = w->size[i];
    kernel->dim[w->spatial] = channels < 0 ? CN_ANY : channels / w->groups;
    kernel->dim[w->spatial + 1] = last(dy->shape);
    results->dtype[0] = x->dtype;
    return true;
}

/* ---- gradients ---- */

/* Attributes without what belongs to one of the three alone. */
static cn_window_attrs shared(const cn_window_attrs *w)
{
    cn_window_attrs plain = *w;
    plain.epilogue = 0;
    for (int i = 0; i < CN_MAX_SPATIAL; i++)
        plain.size[i] = plain.image[i] = 0;
    return plain;
}

static cn_tensor *conv(const cn_window_attrs *w, cn_tensor *x, cn_tensor *kernel)
{
    cn_window_attrs attrs = shared(w);
    return cn_apply2(&cn_op_conv, x, kernel, &attrs);
}

static cn_tensor *input_grad(const cn_window_attrs *w, cn_tensor *dy, cn_tensor *kernel,
                             cn_tensor *like)
{
    cn_window_attrs attrs = shared(w);
    bool known = true;
    for (int i = 0; i < w->spatial && !cn_window_inverts(w); i++)
        known &= like->shape.dim[1 + i] >= 0;
    for (int i = 0; i < w->spatial && !cn_window_inverts(w); i++)
        attrs.image[i] = known ? like->shape.dim[1 + i] : CN_ANY;
    cn_tensor *inputs[] = {dy, kernel, like};
    return cn_apply(&cn_op_conv_input_grad, inputs, known ? 2 : 3, &attrs);
}

static cn_tensor *kernel_grad(const cn_window_attrs *w, cn_tensor *x, cn_tensor *dy,
                              const cn_tensor *kernel)
{
    cn_window_attrs attrs = shared(w);
    for (int i = 0; i < w->spatial; i++)
        attrs.size[i] = kernel->shape.dim[i];
    return cn_apply2(&cn_op_conv_kernel_grad, x, dy, &attrs);
}

static bool conv_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx)
{
    const cn_window_attrs *w = node->attrs;
    cn_tensor *x = node->inputs[0], *kernel = node->inputs[1];
    cn_tensor *dy = cn_epilogue_vjp(node, w->epilogue, dys[0], dx);
    dx[0] = input_grad(w, dy, kernel, x);
    dx[1] = kernel_grad(w, x, dy, kernel);
    return dx[0] && dx[1];
}

static bool input_grad_vjp(const cn_tensor *node, cn_tensor *const *g, cn_tensor **dx)
{
    dx[0] = conv(node->attrs, g[0], node->inputs[1]);
    dx[1] = kernel_grad(node->attrs, g[0], node->inputs[0], node->inputs[1]);
    return dx[0] && dx[1];
}

static bool kernel_grad_vjp(const cn_tensor *node, cn_tensor *const *g, cn_tensor **dx)
{
    dx[0] = input_grad(node->attrs, node->inputs[1], g[0], node->inputs[0]);
    dx[1] = conv(node->attrs, node->inputs[0], g[0]);
    return dx[0] && dx[1];
}

/* ---- for plans: without a pad before it, or of fewer pixels ---- */

static cn_geometry geometry_of(const cn_tensor *node)
{
    return cn_window_geometry(node->attrs, node->inputs[0]->shape, node->shape,
                              node->inputs[1]->shape.dim);
}

static bool conv_unpadded(const cn_tensor *node, cn_tensor **made)
{
    cn_geometry g = geometry_of(node);
    cn_window_attrs w = *CN_ATTRS(cn_window_attrs, node);
    cn_tensor *x = node->inputs[0];
    if (!cn_window_unpad(&w, &g, x))
        return true;
    *made = cn_apply2(&cn_op_conv, x->inputs[0], node->inputs[1], &w);
    return *made;
}

static bool conv_points(const cn_tensor *node, int64_t *stride)
{
    cn_geometry g = geometry_of(node);
    bool points = true;
    for (int k = 0; k < 3; k++) {
        stride[k] = g.stride[k];
        points &=
            g.size[k] == 1 && !g.before[k] && g.out[k] == (g.in[k] + stride[k] - 1) / stride[k];
    }
    return points;
}

static cn_tensor *conv_thin(const cn_tensor *node, cn_tensor *const *inputs, const int64_t *more,
                            const int64_t *less)
{
    cn_geometry g = geometry_of(node);
    cn_window_attrs w = *CN_ATTRS(cn_window_attrs, node);
    cn_window_give(&w, &g);
    for (int i = 0, k = 3 - w.spatial; k < 3; i++, k++)
        w.stride[i] = w.stride[i] * more[k] / less[k];
    return cn_apply(&cn_op_conv, inputs, node->n_inputs, &w);
}

/* ---- records ---- */

static size_t conv_scratch(const cn_tensor *node)
{
    return cn_conv_scratch(node->attrs, node->inputs[0]->shape, node->shape,
                           node->inputs[1]->shape.dim, node->dtype);
}

static size_t input_grad_scratch(const cn_tensor *node)
{
    return cn_conv_scratch(node->attrs, node->shape, node->inputs[0]->shape,
                           node->inputs[1]->shape.dim, node->dtype);
}

static size_t kernel_grad_scratch(const cn_tensor *node)
{
    return cn_conv_scratch(node->attrs, node->inputs[0]->shape, node->inputs[1]->shape,
                           node->shape.dim, node->dtype);
}

/* Each element of `y` is a sum over the window and a group's channels. */
static double flops_of(const cn_view *y, const cn_view *kernel)
{
    return 2.0 * (double)y->size * (double)kernel->size / (double)kernel->dim[kernel->rank - 1];
}

static double conv_flops(const cn_kernel_args *args)
{
    return flops_of(&args->out[0], &args->in[1]);
}

static double input_grad_flops(const cn_kernel_args *args)
{
    return flops_of(&args->in[0], &args->in[1]);
}

static double kernel_grad_flops(const cn_kernel_args *args)
{
    return flops_of(&args->in[1], &args->out[0]);
}

const cn_op cn_op_conv = {.name = "conv",
                          .attrs = sizeof(cn_window_attrs),
                          .infer = conv_infer,
                          .vjp = conv_vjp,
                          .run = cn_conv_kernel,
                          .extras = &(const cn_op_extras){
                              .flops = conv_flops,
                              .scratch = conv_scratch,
                              .claim = cn_conv_claim,
                              .pixels = &(const cn_pixels){conv_unpadded, conv_points, conv_thin},
                              .epilogue = 1 + offsetof(cn_window_attrs, epilogue)}};
const cn_op cn_op_conv_input_grad = {
    .name = "conv_input_grad",
    .attrs = sizeof(cn_window_attrs),
    .infer = input_grad_infer,
    .vjp = input_grad_vjp,
    .run = cn_conv_input_grad_kernel,
    .extras = &(const cn_op_extras){.flops = input_grad_flops, .scratch = input_grad_scratch}};
const cn_op cn_op_conv_kernel_grad = {
    .name = "conv_kernel_grad",
    .attrs = sizeof(cn_window_attrs),
    .infer = kernel_grad_infer,
    .vjp = kernel_grad_vjp,
    .run = cn_conv_kernel_grad_kernel,
    .extras = &(const cn_op_extras){.flops = kernel_grad_flops, .scratch = kernel_grad_scratch}};
