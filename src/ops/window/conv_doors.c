/* The public doors of the convolutions. keras.ops.conv, depthwise_conv, conv_transpose */
#include <string.h>

#include "ops/window/conv.h"
#include "graph/form.h"
#include "ops/products.h"
#include "ops/window/window_read.h"

/* One call: both operands in a dtype that has kernels, x with its channels last. */
typedef struct call {
    cn_window_attrs attrs;
    cn_tensor *x, *kernel;
    cn_tensor *given[2]; /* the operands */
    const char *padding; /* in Keras's words */
    cn_dtype dtype;      /* of the result */
    bool channels_first;
} call;

static bool check_kernel(const cn_tensor *x, const cn_tensor *kernel, const char *who)
{
    if (kernel->shape.rank != x->shape.rank)
        return cn_fail(CN_EINVAL,
                       "%s: expected a kernel of rank %d for an input of shape %s, found "
                       "shape %s",
                       who, x->shape.rank, cn_shape_text(x->shape), cn_shape_text(kernel->shape));
    for (int i = 0; i < kernel->shape.rank; i++)
        if (kernel->shape.dim[i] < 1 && (kernel->shape.dim[i] < 0 || i < kernel->shape.rank - 2))
            return cn_fail(CN_EINVAL,
                           "%s: expected a kernel whose sizes are known and not 0, found shape %s",
                           who, cn_shape_text(kernel->shape));
    return true;
}

static bool begin(call *c, cn_tensor *x, cn_tensor *kernel, const cn_window *window,
                  const char *who)
{
    if (!x || !kernel || !cn_window_read(window, x, who, &c->attrs) ||
        !check_kernel(x, kernel, who))
        return false;
    memset(c->attrs.size, 0, sizeof c->attrs.size);
    if (strcmp(who, "cn_conv_transpose")) {
        memset(c->attrs.output_padding, 0, sizeof c->attrs.output_padding);
        c->attrs.has_output_padding = 0;
    }
    c->given[0] = x;
    c->given[1] = kernel;
    c->padding = c->attrs.padding == CN_PAD_SAME     ? "same"
                 : c->attrs.padding == CN_PAD_CAUSAL ? "causal"
                                                     : "valid";
    c->channels_first = cn_channels_are_first(window);
    cn_dtype dtype = cn_promote(x, kernel), compute = cn_compute_float(dtype);
    c->dtype = cn_result_float(dtype);
    c->attrs.bfloat16 = dtype == CN_BFLOAT16;
    c->kernel = cn_cast(kernel, compute);
    c->x = cn_cast(c->channels_first ? cn_channels_to_last(x) : x, compute);
    return c->x && c->kernel;
}

static cn_tensor *finish(const call *c, const char *class_name, cn_tensor *y)
{
    const cn_window_attrs *w = &c->attrs;
    y = cn_cast(y, c->dtype);
    y = c->channels_first ? cn_channels_to_first(y) : y;
    const char *output_padding =
        w->has_output_padding ? cn_sizes_text(w->output_padding, w->spatial) : "null";
    const char *more = cn_fmt(", \"output_padding\": %s", output_padding);
    return CN_FORMED(y, class_name, cn_list_make((void *const *)c->given, 2),
                     "\"strides\": %s, \"padding\": \"%s\", \"data_format\": \"%s\", "
                     "\"dilation_rate\": %s%s",
                     cn_sizes_text(w->stride, w->spatial), c->padding,
                     c->channels_first ? "channels_first" : "channels_last",
                     cn_sizes_text(w->dilation, w->spatial),
                     strcmp(class_name, "ConvTranspose") ? "" : more);
}

cn_tensor *cn_conv(cn_tensor *x, cn_tensor *kernel, const cn_window *window)
{
    call c;
    if (!begin(&c, x, kernel, window, "cn_conv"))
        return NULL;
    return finish(&c, "Conv", cn_apply2(&cn_op_conv, c.x, c.kernel, &c.attrs));
}

/* (size..., C, M) is (size..., 1, C * M) with a group for each channel. */
cn_tensor *cn_depthwise_conv(cn_tensor *x, cn_tensor *kernel, const cn_window *window)
{
    call c;
    if (!begin(&c, x, kernel, window, "cn_depthwise_conv"))
        return NULL;
    cn_shape shape = kernel->shape;
    int last = shape.rank - 1;
    int64_t channels = shape.dim[last - 1], have = c.x->shape.dim[last];
    if ((have >= 0 && have != channels) || !channels)
        return cn_fail_null(CN_EINVAL,
                            "cn_depthwise_conv: a kernel of shape %s does not fit an input of "
                            "shape %s",
                            cn_shape_text(shape), cn_shape_text(x->shape));
    shape.dim[last - 1] = 1;
    shape.dim[last] *= channels;
    c.attrs.groups = channels;
    return finish(&c, "DepthwiseConv",
                  cn_apply2(&cn_op_conv, c.x, cn_reshape(c.kernel, shape), &c.attrs));
}

/* The gradient of a convolution with respect to its input, whose size follows Keras's rule. */
cn_tensor *cn_conv_transpose(cn_tensor *x, cn_tensor *kernel, const cn_window *window)
{
    call c;
    if (!begin(&c, x, kernel, window, "cn_conv_transpose"))
        return NULL;
    c.attrs.groups = 1;
    c.attrs.padding =
        c.attrs.padding == CN_PAD_SAME ? CN_PAD_TRANSPOSED_SAME : CN_PAD_TRANSPOSED_VALID;
    return finish(&c, "ConvTranspose", cn_apply2(&cn_op_conv_input_grad, c.x, c.kernel, &c.attrs));
}
