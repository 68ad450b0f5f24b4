/* Maxima and averages of sliding windows. keras.ops.max_pool, average_pool */
#include "ops/window/pool.h"
#include "graph/form.h"

#include <string.h>

#include "ops/products.h"
#include "ops/window/window_read.h"

static bool pool_infer(const cn_tensor *node, cn_results *results)
{
    const cn_window_attrs *w = node->attrs;
    const cn_tensor *x = node->inputs[0];
    cn_shape *y = &results->shape[0];
    *y = x->shape;
    for (int i = 0; i < w->spatial; i++) {
        y->dim[1 + i] = cn_window_out(w, i, x->shape.dim[1 + i], w->size[i]);
        if (!y->dim[1 + i] && x->shape.dim[1 + i])
            return cn_fail(CN_EINVAL,
                           "cn_%s: an input of shape %s is smaller than the window, %lld, along "
                           "axis %d",
                           node->op->name, cn_shape_text(x->shape), (long long)w->size[i], 1 + i);
    }
    results->dtype[0] = x->dtype;
    return true;
}

static bool max_pool_infer(const cn_tensor *node, cn_results *results)
{
    if (!pool_infer(node, results))
        return false;
    results->count = 2;
    results->shape[1] = results->shape[0];
    results->dtype[1] = CN_UINT16;
    return true;
}

/* The image's size stands in the attributes, or is that of the last input. */
static bool grad_infer(const cn_tensor *node, cn_results *results)
{
    const cn_window_attrs *w = node->attrs;
    const cn_tensor *dy = node->inputs[0], *like = node->inputs[node->n_inputs - 1];
    results->shape[0] = dy->shape;
    for (int i = 0; i < w->spatial; i++)
        results->shape[0].dim[1 + i] = w->image[i] == CN_ANY ? like->shape.dim[1 + i] : w->image[i];
    results->dtype[0] = dy->dtype;
    return true;
}

/* op(inputs...) with the size of the image `x`, which is given along where it is not known. */
static cn_tensor *image_grad(const cn_op *op, const cn_window_attrs *w, cn_tensor *dy,
                             cn_tensor *where, cn_tensor *x)
{
    cn_window_attrs attrs = *w;
    cn_tensor *inputs[3] = {dy, where};
    int n = where ? 2 : 1;
    bool known = true;
    for (int i = 0; i < w->spatial; i++)
        known &= x->shape.dim[1 + i] >= 0;
    for (int i = 0; i < w->spatial; i++)
        attrs.image[i] = known ? x->shape.dim[1 + i] : CN_ANY;
    if (!known)
        inputs[n++] = x;
    return cn_apply(op, inputs, n, &attrs);
}

static cn_window_attrs without_image(const cn_window_attrs *w)
{
    cn_window_attrs attrs = *w;
    memset(attrs.image, 0, sizeof attrs.image);
    return attrs;
}

extern const cn_op cn_op_max_pool, cn_op_max_pool_grad, cn_op_max_pool_pick, cn_op_average_pool,
    cn_op_average_pool_grad;

/* ---- maxima: the gradient goes where the first maximum was ---- */

static bool max_pool_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *where = cn_nth_result((cn_tensor *)node, 1);
    if (dy[0])
        dx[0] = where ? image_grad(&cn_op_max_pool_grad, node->attrs, dy[0], where, node->inputs[0])
                      : NULL;
    return !dy[0] || dx[0];
}

static bool max_pool_grad_vjp(const cn_tensor *node, cn_tensor *const *g, cn_tensor **dx)
{
    cn_window_attrs attrs = without_image(node->attrs);
    dx[0] = cn_apply2(&cn_op_max_pool_pick, g[0], node->inputs[1], &attrs);
    return dx[0] != NULL;
}

static bool max_pool_pick_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = image_grad(&cn_op_max_pool_grad, node->attrs, dy[0], node->inputs[1], node->inputs[0]);
    return dx[0] != NULL;
}

/* Windows leave out what is around the image, which is as good as zeros if nothing is below them
 * and each window has a pixel of the image. */
static bool max_pool_unpadded(const cn_tensor *node, cn_tensor **made)
{
    cn_tensor *x = node->inputs[0];
    cn_window_attrs w = *CN_ATTRS(cn_window_attrs, node);
    cn_geometry g = cn_window_geometry(&w, x->shape, node->shape, w.size);
    if (!cn_window_unpad(&w, &g, x) || !(x->inputs[0]->op->traits & CN_UNSIGNED))
        return true;
    for (int i = 0; i < w.spatial; i++)
        if (w.before[i] >= w.size[i] || w.after[i] >= w.size[i])
            return true;
    *made = cn_apply1(&cn_op_max_pool, x->inputs[0], &w);
    return *made;
}

const cn_op cn_op_max_pool = {
    .name = "max_pool",
    .attrs = sizeof(cn_window_attrs),
    .infer = max_pool_infer,
    .vjp = max_pool_vjp,
    .run = cn_max_pool_kernel,
    .extras = &(const cn_op_extras){.pixels = &(const cn_pixels){.unpadded = max_pool_unpadded}}};
const cn_op cn_op_max_pool_grad = {.name = "max_pool_grad",
                                   .attrs = sizeof(cn_window_attrs),
                                   .infer = grad_infer,
                                   .vjp = max_pool_grad_vjp,
                                   .run = cn_max_pool_grad_kernel};
const cn_op cn_op_max_pool_pick = {.name = "max_pool_pick",
                                   .attrs = sizeof(cn_window_attrs),
                                   .infer = pool_infer,
                                   .vjp = max_pool_pick_vjp,
                                   .run = cn_max_pool_pick_kernel};

/* ---- averages: linear, so that they are each other's gradients ---- */

static bool average_pool_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = image_grad(&cn_op_average_pool_grad, node->attrs, dy[0], NULL, node->inputs[0]);
    return dx[0] != NULL;
}

static bool average_pool_grad_vjp(const cn_tensor *node, cn_tensor *const *g, cn_tensor **dx)
{
    cn_window_attrs attrs = without_image(node->attrs);
    dx[0] = cn_apply1(&cn_op_average_pool, g[0], &attrs);
    return dx[0] != NULL;
}

const cn_op cn_op_average_pool = {.name = "average_pool",
                                  .attrs = sizeof(cn_window_attrs),
                                  .infer = pool_infer,
                                  .vjp = average_pool_vjp,
                                  .run = cn_average_pool_kernel};
const cn_op cn_op_average_pool_grad = {.name = "average_pool_grad",
                                       .attrs = sizeof(cn_window_attrs),
                                       .infer = grad_infer,
                                       .vjp = average_pool_grad_vjp,
                                       .run = cn_average_pool_grad_kernel};

/* ---- the public doors ---- */

/* Strides that are not given are the window's size, as Keras has it. */
static bool read(const cn_window *window, const cn_tensor *x, const char *who,
                 cn_window_attrs *attrs)
{
    if (!cn_window_read(window, x, who, attrs))
        return false;
    int64_t places = 1;
    for (int i = 0; i < attrs->spatial; i++) {
        attrs->size[i] = attrs->size[i] ? attrs->size[i] : 1;
        if (!window || !cn_dims_count(window->strides))
            attrs->stride[i] = attrs->size[i];
        attrs->output_padding[i] = 0;
        places *= attrs->size[i] <= CN_POOL_MOST ? attrs->size[i] : CN_POOL_MOST + 1;
        if (places > CN_POOL_MOST)
            return cn_fail(CN_EUNSUPPORTED, "not supported: %s over windows of more than %d places",
                           who, CN_POOL_MOST);
        if (attrs->dilation[i] != 1)
            return cn_fail(CN_EINVAL, "%s: expected no dilation, found %lld", who,
                           (long long)attrs->dilation[i]);
    }
    attrs->has_output_padding = 0;
    attrs->groups = 1;
    return true;
}

static cn_tensor *pool(const cn_op *op, cn_tensor *x, const cn_window *window, const char *who)
{
    cn_window_attrs attrs;
    if (!x || !read(window, x, who, &attrs))
        return NULL;
    bool first = cn_channels_are_first(window);
    cn_dtype dtype = cn_result_float(x->dtype);
    cn_tensor *last = cn_cast(first ? cn_channels_to_last(x) : x, cn_compute_float(x->dtype));
    cn_tensor *y = cn_cast(last ? cn_apply1(op, last, &attrs) : NULL, dtype);
    y = first ? cn_channels_to_first(y) : y;
    return CN_FORMED(y, op == &cn_op_max_pool ? "MaxPool" : "AveragePool", cn_list_of(x),
                     "\"pool_size\": %s, \"strides\": %s, \"padding\": \"%s\", \"data_format\": "
                     "\"%s\"",
                     cn_sizes_text(attrs.size, attrs.spatial),
                     cn_sizes_text(attrs.stride, attrs.spatial),
                     attrs.padding == CN_PAD_SAME ? "same" : "valid",
                     first ? "channels_first" : "channels_last");
}

cn_tensor *cn_max_pool(cn_tensor *x, const cn_window *window)
{
    return pool(&cn_op_max_pool, x, window, "cn_max_pool");
}

cn_tensor *cn_average_pool(cn_tensor *x, const cn_window *window)
{
    return pool(&cn_op_average_pool, x, window, "cn_average_pool");
}
