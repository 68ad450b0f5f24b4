/* Keras's operations of networks: activations, windows, losses, attention. keras.ops.nn */
#include <math.h>
#include <string.h>

#include "saving/operations/operation_rows.h"

/* ---- activations ---- */

/* An activation by its spec, whose arguments the operation calls so. */
static cn_tensor *activate(cn_operation *op, const char *name, const char *argument,
                           double otherwise)
{
    cn_tensor *x = X;
    if (x && !cn_dtype_is_float(x->dtype))
        x = cn_cast(x, CN_FLOAT32);
    const char *spec =
        argument ? cn_fmt("%s(%s=%.17g)", name, argument, cn_op_double(op, argument, otherwise))
                 : name;
    return cn_activate(spec, x);
}

#define ACTIVATION(id, argument, otherwise)            \
    static cn_tensor *id(cn_operation *op)             \
    {                                                  \
        return activate(op, #id, argument, otherwise); \
    }
ACTIVATION(relu6, NULL, 0)
ACTIVATION(silu, NULL, 0)
ACTIVATION(softsign, NULL, 0)
ACTIVATION(selu, NULL, 0)
ACTIVATION(log_sigmoid, NULL, 0)
ACTIVATION(hard_sigmoid, NULL, 0)
ACTIVATION(hard_silu, NULL, 0)
ACTIVATION(hard_tanh, NULL, 0)
ACTIVATION(tanh_shrink, NULL, 0)
ACTIVATION(sparse_plus, NULL, 0)
ACTIVATION(sparse_sigmoid, NULL, 0)
ACTIVATION(squareplus, "b", 4)
ACTIVATION(leaky_relu, "negative_slope", 0.2)
ACTIVATION(elu, "alpha", 1)
ACTIVATION(celu, "alpha", 1)
ACTIVATION(hard_shrink, "threshold", 0.5)
ACTIVATION(soft_shrink, "threshold", 0.5)

static cn_tensor *gelu(cn_operation *op)
{
    return cn_gelu(X, cn_op_bool(op, "approximate", true));
}

static cn_tensor *threshold(cn_operation *op)
{
    cn_tensor *x = X;
    return cn_select(cn_greater(x, cn_op_double(op, "threshold", 0)), x,
                     cn_op_double(op, "default_value", 0));
}

static cn_tensor *glu(cn_operation *op)
{
    cn_list *halves = cn_split(X, 2, cn_op_int(op, "axis", -1));
    return halves ? cn_mul((cn_tensor *)cn_list_item(halves, 0),
                           cn_sigmoid((cn_tensor *)cn_list_item(halves, 1)))
                  : NULL;
}

/* Over several axes: shifted by the maximum, which cancels. */
static cn_tensor *over_axes(cn_operation *op, cn_tensor *x, bool log)
{
    unsigned mask;
    if (!x || !cn_op_axes_mask(op, "axis", x->shape.rank, &mask))
        return NULL;
    cn_reduce_options o = {.x = x, .axis = cn_axes_of_mask(mask), .keepdims = true};
    cn_tensor *shifted = cn_sub(x, cn_stop_gradient(cn_max_with(&o)));
    o.x = cn_exp(shifted);
    cn_tensor *sum = cn_sum_with(&o);
    return log ? cn_sub(shifted, cn_log(sum)) : cn_div(o.x, sum);
}

static cn_tensor *along_axis(cn_operation *op, cn_tensor *(*soft)(cn_tensor *, int64_t))
{
    cn_tensor *x = X;
    int64_t axes[CN_MAX_RANK] = {-1};
    int n = cn_op_ints(op, -1, "axis", axes);
    if (n > 1)
        return over_axes(op, x, soft == cn_log_softmax);
    return n < 0 ? NULL : soft(x, axes[0]);
}

static cn_tensor *softmax(cn_operation *op)
{
    return along_axis(op, cn_softmax);
}

static cn_tensor *log_softmax(cn_operation *op)
{
    return along_axis(op, cn_log_softmax);
}

/* max(x - tau, 0), where tau is found from the sorted logits. Keras adds up the running sums of all
 * logits in the support where Martins and Astudillo (2016) take the last one; so do we. */
static cn_tensor *sparsemax(cn_operation *op)
{
    cn_tensor *x = cn_moveaxis(X, cn_op_int(op, "axis", -1), -1);
    int64_t n = cn_dim(x, -1);
    if (!x || n < 0)
        return x ? cn_op_refuse(op, "an axis of unknown size") : NULL;
    cn_tensor *sorted = cn_flip(cn_sort(x, -1), (cn_axes){{-1}});
    cn_tensor *sums = cn_cumsum(sorted, -1), *r = cn_arange(1, (double)n + 1, 1, x->dtype);
    cn_tensor *support = cn_greater(sorted, cn_div(cn_sub(sums, 1), r));
    cn_tensor *k = cn_sum(cn_cast(support, x->dtype), {-1}, true);
    cn_tensor *total = cn_sum(cn_select(support, sums, 0), {-1}, true);
    cn_tensor *y = cn_maximum(cn_sub(x, cn_div(cn_sub(total, 1), k)), 0);
    return cn_moveaxis(y, -1, cn_op_int(op, "axis", -1));
}

/* ---- windows ---- */

/* An int stands for all spatial axes of x. */
static bool read_dims(cn_operation *op, const char *name, const cn_tensor *x, cn_dims *dims)
{
    int n = cn_op_ints(op, -1, name, dims->d), spatial = cn_rank(x) - 2;
    for (int i = 1; n == 1 && i < spatial; i++)
        dims->d[i] = dims->d[0];
    return n >= 0;
}

static bool read_window(cn_operation *op, const cn_tensor *x, cn_window *w)
{
    *w = (cn_window){.padding = cn_op_text(op, "padding", "valid"),
                     .data_format = cn_op_text(op, "data_format", NULL),
                     .has_output_padding = cn_op_value(op, -1, "output_padding") != NULL};
    return read_dims(op, "pool_size", x, &w->size) && read_dims(op, "strides", x, &w->strides) &&
           read_dims(op, "dilation_rate", x, &w->dilation) &&
           read_dims(op, "output_padding", x, &w->output_padding);
}

typedef cn_tensor *(*convolution)(cn_tensor *, cn_tensor *, const cn_window *);

static cn_tensor *convolve(cn_operation *op, convolution conv)
{
    cn_window w;
    cn_tensor *x = cn_op_tensor(op, 0, "inputs"), *kernel = cn_op_tensor(op, 1, "kernel");
    if (!x || !kernel || !read_window(op, x, &w))
        return NULL;
    bool first = w.data_format && !strcmp(w.data_format, "channels_first");
    int64_t channels = cn_dim(x, first ? 1 : -1), taken = cn_dim(kernel, -2);
    if (conv == cn_conv && taken > 0 && channels > taken)
        w.groups = channels / taken;
    return conv(x, kernel, &w);
}

static cn_tensor *conv(cn_operation *op)
{
    return convolve(op, cn_conv);
}

static cn_tensor *depthwise_conv(cn_operation *op)
{
    return convolve(op, cn_depthwise_conv);
}

static cn_tensor *conv_transpose(cn_operation *op)
{
    return convolve(op, cn_conv_transpose);
}

static cn_tensor *separable_conv(cn_operation *op)
{
    cn_window w;
    cn_tensor *x = cn_op_tensor(op, 0, "inputs"), *depth = cn_op_tensor(op, 1, "depthwise_kernel");
    cn_tensor *point = cn_op_tensor(op, 2, "pointwise_kernel");
    if (!x || !read_window(op, x, &w))
        return NULL;
    cn_window plain = {.padding = "valid", .data_format = w.data_format};
    return cn_conv(cn_depthwise_conv(x, depth, &w), point, &plain);
}

static cn_tensor *pool(cn_operation *op, cn_tensor *(*door)(cn_tensor *, const cn_window *))
{
    cn_window w;
    cn_tensor *x = cn_op_tensor(op, 0, "inputs");
    return x && read_window(op, x, &w) ? door(x, &w) : NULL;
}

static cn_tensor *max_pool(cn_operation *op)
{
    return pool(op, cn_max_pool);
}

static cn_tensor *average_pool(cn_operation *op)
{
    return pool(op, cn_average_pool);
}

/* Cell i of `cells` along an axis reaches from floor(i n / cells) to ceil((i + 1) n / cells). */
static cn_tensor *adapt(cn_operation *op, cn_tensor *x, int axis, int64_t cells, bool largest)
{
    int64_t n = cn_dim(x, axis), start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK];
    cn_list *parts = cn_list_new();
    if (!x || n < 0 || cells < 1)
        return x ? cn_op_refuse(op, "axes of unknown size") : NULL;
    for (int i = 0; i < x->shape.rank; i++)
        size[i] = CN_ANY;
    for (int64_t i = 0; i < cells; i++) {
        start[axis] = i * n / cells;
        size[axis] = ((i + 1) * n + cells - 1) / cells - start[axis];
        cn_reduce_options o = {.x = cn_strided_slice(x, start, size, NULL),
                               .axis = cn_axes_of_mask(1u << axis),
                               .keepdims = true};
        if (!cn_list_add(parts, largest ? cn_max_with(&o) : cn_mean_with(&o)))
            return NULL;
    }
    return cn_concat(parts, axis);
}

static cn_tensor *adaptive_pool(cn_operation *op, bool largest)
{
    cn_tensor *x = cn_op_tensor(op, 0, "inputs");
    int64_t cells[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, "output_size", cells);
    bool first = !strcmp(cn_op_text(op, "data_format", "channels_last"), "channels_first");
    for (int i = 0; i < cn_rank(x) - 2 && n > 0; i++)
        x = adapt(op, x, first ? i + 2 : i + 1, cells[i < n ? i : n - 1], largest);
    return n < 0 ? NULL : x;
}

static cn_tensor *adaptive_max_pool(cn_operation *op)
{
    return adaptive_pool(op, true);
}

static cn_tensor *adaptive_average_pool(cn_operation *op)
{
    return adaptive_pool(op, false);
}

/* ---- losses of single elements ---- */

static cn_tensor *clipped(cn_tensor *p)
{
    return cn_clip(p, cn_epsilon(), 1 - cn_epsilon());
}

static cn_tensor *binary_crossentropy(cn_operation *op)
{
    cn_tensor *target = cn_op_tensor(op, 0, "target"), *y = cn_op_tensor(op, 1, "output");
    if (cn_op_bool(op, "from_logits", false)) /* -t log s(y) - (1 - t) log s(-y) */
        return cn_add(cn_mul(target, cn_softplus(cn_neg(y))),
                      cn_mul(cn_sub(1, target), cn_softplus(y)));
    y = clipped(y);
    return cn_neg(
        cn_add(cn_mul(target, cn_log(y)), cn_mul(cn_sub(1, target), cn_log(cn_sub(1, y)))));
}

static cn_tensor *sum_axis(cn_tensor *x, int64_t axis, bool keepdims)
{
    int at;
    return x && cn_axis(axis, x->shape.rank, &at, "axis")
               ? cn_sum_with(&(cn_reduce_options){
                     .x = x, .axis = cn_axes_of_mask(1u << at), .keepdims = keepdims})
               : NULL;
}

static cn_tensor *log_probability(cn_operation *op, cn_tensor *y, int64_t axis)
{
    if (cn_op_bool(op, "from_logits", false))
        return cn_log_softmax(y, axis);
    return cn_log(clipped(cn_div(y, sum_axis(y, axis, true))));
}

static cn_tensor *categorical_crossentropy(cn_operation *op)
{
    cn_tensor *target = cn_op_tensor(op, 0, "target"), *y = cn_op_tensor(op, 1, "output");
    int64_t axis = cn_op_int(op, "axis", -1);
    return cn_neg(sum_axis(cn_mul(target, log_probability(op, y, axis)), axis, false));
}

static cn_tensor *sparse_categorical_crossentropy(cn_operation *op)
{
    cn_tensor *target = cn_op_tensor(op, 0, "target"), *y = cn_op_tensor(op, 1, "output");
    int64_t axis = cn_op_int(op, "axis", -1);
    if (target && y && target->shape.rank == y->shape.rank && cn_dim(target, -1) == 1)
        target = cn_squeeze(target, -1);
    if (!y || cn_dim(y, (int)axis) < 0)
        return y ? cn_op_refuse(op, "an unknown number of classes") : NULL;
    cn_tensor *hot = cn_one_hot(target, cn_dim(y, (int)axis), axis, y->dtype);
    return cn_neg(sum_axis(cn_mul(hot, log_probability(op, y, axis)), axis, false));
}

/* ---- attention ---- */

static cn_tensor *dot_product_attention(cn_operation *op)
{
    const cn_attention_call call = {.query = cn_op_tensor(op, 0, "query"),
                                    .key = cn_op_tensor(op, 1, "key"),
                                    .value = cn_op_tensor(op, 2, "value"),
                                    .bias = cn_op_tensor_or(op, 3, "bias", NULL),
                                    .mask = cn_op_tensor_or(op, 4, "mask", NULL),
                                    .scale = cn_json_as_double(cn_op_value(op, 5, "scale"), 0),
                                    .is_causal = cn_op_bool(op, "is_causal", false),
                                    .attn_logits_soft_cap =
                                        cn_op_double(op, "attn_logits_soft_cap", 0)};
    return cn_error_code() ? NULL : cn_dot_product_attention_with(&call);
}

const cn_operation_row cn_operations_nn[] = {
    U("Relu", cn_relu_),
    U("Sigmoid", cn_sigmoid_),
    U("Softplus", cn_softplus_),
    C("Relu6", relu6),
    C("Silu", silu),
    C("Softsign", softsign),
    C("Selu", selu),
    C("LogSigmoid", log_sigmoid),
    C("HardSigmoid", hard_sigmoid),
    C("HardSilu", hard_silu),
    C("HardTanh", hard_tanh),
    C("TanhShrink", tanh_shrink),
    C("SparsePlus", sparse_plus),
    C("SparseSigmoid", sparse_sigmoid),
    C("Squareplus", squareplus),
    C("LeakyRelu", leaky_relu),
    C("Elu", elu),
    C("Celu", celu),
    C("HardShrink", hard_shrink),
    C("SoftShrink", soft_shrink),
    C("Gelu", gelu),
    C("Threshold", threshold),
    C("Glu", glu),
    C("Softmax", softmax),
    C("LogSoftmax", log_softmax),
    C("Sparsemax", sparsemax),
    C("Conv", conv),
    C("DepthwiseConv", depthwise_conv),
    C("SeparableConv", separable_conv),
    C("ConvTranspose", conv_transpose),
    C("MaxPool", max_pool),
    C("AveragePool", average_pool),
    C("AdaptiveMaxPool", adaptive_max_pool),
    C("AdaptiveAveragePool", adaptive_average_pool),
    C("BinaryCrossentropy", binary_crossentropy),
    C("CategoricalCrossentropy", categorical_crossentropy),
    C("SparseCategoricalCrossentropy", sparse_categorical_crossentropy),
    C("DotProductAttention", dot_product_attention),
    {0}};
