/* The largest or the mean over all spatial axes.  x (batch, spatial..., channels) -> (batch,
 * channels).  keras.layers.GlobalMaxPooling1D … 3D, GlobalAveragePooling1D … 3D */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(global_pooling, CN_GLOBAL_POOLING, )

static bool init(global_pooling *self)
{
    return cn_set_data_format(self, &self->data_format);
}

static bool spatial_axes(const global_pooling *self, cn_shape x, cn_axes *axes)
{
    int n = cn_spatial_rank(self);
    *axes = (cn_axes){{0}};
    for (int i = 0; i < n; i++)
        axes->d[i] = cn_first_spatial(self->data_format) + i;
    return cn_expect_rank(x, n + 2);
}

static cn_tensor *call_max(global_pooling *self, const cn_inputs *in)
{
    cn_axes axes;
    if (!spatial_axes(self, in->x[0]->shape, &axes))
        return NULL;
    return cn_max(in->x[0], axes, self->keepdims);
}

static cn_tensor *call_average(global_pooling *self, const cn_inputs *in)
{
    cn_axes axes;
    if (!spatial_axes(self, in->x[0]->shape, &axes))
        return NULL;
    return cn_mean(in->x[0], axes, self->keepdims);
}

/* The mean over the steps that the mask leaves. */
static cn_tensor *call_average1d(global_pooling *self, const cn_inputs *in)
{
    cn_axes axes;
    cn_tensor *x = in->x[0];
    if (!in->mask || !spatial_axes(self, x->shape, &axes))
        return call_average(self, in);
    int channels = cn_channel_axis(self->data_format, 3);
    cn_tensor *mask = cn_cast(cn_expand_dims(in->mask, channels), CN_BOOL);
    cn_tensor *sum = cn_sum(cn_select(mask, x, 0), axes, self->keepdims);
    return cn_div(sum, cn_sum(cn_cast(mask, x->dtype), axes, self->keepdims));
}

#define GLOBAL_POOLING(id, name, alias, call_)                                        \
    CN_BUILTIN_LAYER_OF(global_pooling, id, name, alias, .init = init, .call = call_, \
                        .one_input = true, .ends_mask = true)
GLOBAL_POOLING(global_max_pooling1d, "GlobalMaxPooling1D", "GlobalMaxPool1D", call_max)
GLOBAL_POOLING(global_max_pooling2d, "GlobalMaxPooling2D", "GlobalMaxPool2D", call_max)
GLOBAL_POOLING(global_max_pooling3d, "GlobalMaxPooling3D", "GlobalMaxPool3D", call_max)
GLOBAL_POOLING(global_average_pooling1d, "GlobalAveragePooling1D", "GlobalAvgPool1D",
               call_average1d)
GLOBAL_POOLING(global_average_pooling2d, "GlobalAveragePooling2D", "GlobalAvgPool2D", call_average)
GLOBAL_POOLING(global_average_pooling3d, "GlobalAveragePooling3D", "GlobalAvgPool3D", call_average)
