#include "layers/convolutional/windows.h"

#include <string.h>

static bool has_more_than_one(const cn_dims *sizes)
{
    for (int i = 0; i < 3; i++)
        if (sizes->d[i] > 1)
            return true;
    return false;
}

static cn_shape shape_of(const cn_dims *sizes, int n)
{
    cn_shape shape = {.rank = n};
    memcpy(shape.dim, sizes->d, (size_t)n * sizeof *shape.dim);
    return shape;
}

bool cn_check_positive(const void *layer, const char *name, int value)
{
    return value > 0 || cn_fail(CN_EINVAL, "%s: expected %s > 0. Received: %s=%d",
                                cn_class_name(layer), name, name, value);
}

bool cn_set_conv_arguments(void *layer, const cn_conv_arguments *a)
{
    int n = cn_spatial_rank(layer);
    if (!cn_set_sizes(layer, "kernel_size", a->kernel_size->d, n, 1) ||
        !cn_set_sizes(layer, "strides", a->strides->d, n, 1) ||
        !cn_set_sizes(layer, "dilation_rate", a->dilation_rate->d, n, 1) ||
        !cn_set_padding(layer, a->padding, a->causal) || !cn_set_data_format(layer, a->data_format))
        return false;
    cn_shape strides = shape_of(a->strides, n), rates = shape_of(a->dilation_rate, n);
    if (has_more_than_one(a->strides) && has_more_than_one(a->dilation_rate))
        return cn_fail(CN_EINVAL,
                       "%s: `strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                       "Received: strides=%s and dilation_rate=%s",
                       cn_class_name(layer), cn_shape_text(strides), cn_shape_text(rates));
    return true;
}

int64_t cn_conv_channels_(const cn_shape *x, int spatial, cn_str data_format)
{
    if (!cn_expect_rank(*x, spatial + 2))
        return -1;
    return cn_known_dim(*x, cn_channel_axis(data_format, x->rank));
}

bool cn_conv_input_(const cn_shape *x, int spatial, cn_str data_format, int64_t channels)
{
    return cn_expect_rank(*x, spatial + 2) &&
           cn_expect_dim(*x, cn_channel_axis(data_format, x->rank), channels);
}

bool cn_window_fits_(const cn_shape *x, const cn_window *w, const char *size_name)
{
    int first = cn_first_spatial(w->data_format);
    cn_shape size = {.rank = x->rank - 2};
    bool fits = true;
    for (int i = 0; i < size.rank; i++) {
        int64_t dilation = w->dilation.d[i] ? w->dilation.d[i] : 1, in = x->dim[first + i];
        size.dim[i] = w->size.d[i];
        fits &= in < 0 || in >= dilation * (size.dim[i] - 1) + 1;
    }
    return fits || strcmp(w->padding, "valid") ||
           cn_fail(
               CN_EINVAL,
               "computed output size would be zero or negative. Received: input shape %s, %s=%s",
               cn_shape_text(*x), size_name, cn_shape_text(size));
}

cn_shape cn_kernel_shape(cn_dims kernel_size, int spatial, int64_t inner, int64_t outer)
{
    cn_shape shape = {.rank = spatial + 2};
    memcpy(shape.dim, kernel_size.d, (size_t)spatial * sizeof *shape.dim);
    shape.dim[spatial] = inner;
    shape.dim[spatial + 1] = outer;
    return shape;
}

cn_tensor *cn_finish_conv(cn_tensor *y, cn_tensor *bias, cn_str data_format, cn_str activation)
{
    if (y && bias && cn_is_channels_first(data_format)) {
        cn_shape shape = {.rank = y->shape.rank - 1, .dim = {bias->shape.dim[0]}};
        for (int i = 1; i < shape.rank; i++)
            shape.dim[i] = 1;
        bias = cn_reshape(bias, shape);
    }
    return cn_activate(activation, bias ? cn_add(y, bias) : y);
}
