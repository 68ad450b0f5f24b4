#include "ops/window/window_read.h"

#include <string.h>

static bool read_sizes(const cn_dims *dims, int spatial, int64_t least, int64_t otherwise,
                       const char *who, const char *what, int64_t *out)
{
    int count = cn_dims_count(*dims);
    if (count > spatial)
        return cn_fail(CN_EINVAL, "%s: expected at most %d %s, found %d", who, spatial, what,
                       count);
    for (int i = 0; i < spatial; i++) {
        out[i] = dims->d[i] ? dims->d[i] : otherwise;
        if (out[i] < least || out[i] > INT32_MAX)
            return cn_fail(CN_EINVAL, "%s: expected %s of %lld or more, found %lld", who, what,
                           (long long)least, (long long)out[i]);
    }
    return true;
}

static bool read_padding(cn_str text, const char *who, int spatial, int32_t *padding)
{
    bool causal = !strcmp(who, "cn_conv") && spatial == 1;
    if (!text || !strcmp(text, "valid"))
        *padding = CN_PAD_VALID;
    else if (!strcmp(text, "same"))
        *padding = CN_PAD_SAME;
    else if (!strcmp(text, "causal") && causal)
        *padding = CN_PAD_CAUSAL;
    else
        return cn_fail(CN_EINVAL, "%s: expected padding \"valid\"%s \"same\"%s, found \"%s\"", who,
                       causal ? "," : " or", causal ? " or \"causal\"" : "", text);
    return true;
}

bool cn_window_read(const cn_window *window, const cn_tensor *x, const char *who,
                    cn_window_attrs *attrs)
{
    static const cn_window plain;
    const cn_window *w = window ? window : &plain;
    int spatial = x->shape.rank - 2;
    memset(attrs, 0, sizeof *attrs);
    attrs->spatial = spatial;
    attrs->groups = w->groups ? w->groups : 1;
    attrs->has_output_padding = w->has_output_padding;
    if (spatial < 1 || spatial > CN_MAX_SPATIAL)
        return cn_fail(CN_EINVAL, "%s: expected an input of rank 3, 4 or 5, found shape %s", who,
                       cn_shape_text(x->shape));
    if (attrs->groups < 1)
        return cn_fail(CN_EINVAL, "%s: expected groups of 1 or more, found %lld", who,
                       (long long)attrs->groups);
    if (w->data_format && strcmp(w->data_format, "channels_last") &&
        strcmp(w->data_format, "channels_first"))
        return cn_fail(CN_EINVAL,
                       "%s: expected data_format \"channels_last\" or \"channels_first\", found "
                       "\"%s\"",
                       who, w->data_format);
    return read_sizes(&w->size, spatial, 0, 0, who, "sizes", attrs->size) &&
           read_sizes(&w->strides, spatial, 1, 1, who, "strides", attrs->stride) &&
           read_sizes(&w->dilation, spatial, 1, 1, who, "dilations", attrs->dilation) &&
           read_sizes(&w->output_padding, spatial, 0, 0, who, "output paddings",
                      attrs->output_padding) &&
           read_padding(w->padding, who, spatial, &attrs->padding);
}

bool cn_channels_are_first(const cn_window *window)
{
    return window && window->data_format && !strcmp(window->data_format, "channels_first");
}

cn_tensor *cn_channels_to_last(cn_tensor *x)
{
    return cn_moveaxis(x, 1, -1);
}

cn_tensor *cn_channels_to_first(cn_tensor *x)
{
    return cn_moveaxis(x, -1, 1);
}
