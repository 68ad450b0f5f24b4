/* exp(x) / sum(exp(x)) along `axis`; 0 where the mask is false.  keras.layers.Softmax */
#include "layers/activations/softmax.h"

#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(softmax_layer, CN_SOFTMAX_LAYER, )

static bool init(softmax_layer *self)
{
    return cn_check_axes(self, "axis", self->axis);
}

/* What stands for minus infinity, as in Keras. */
static double large_negative(cn_dtype dtype)
{
    return dtype == CN_FLOAT16 ? -3e4 : -1e9;
}

static cn_tensor *along(cn_tensor *x, cn_axes axes)
{
    if (cn_axes_count(axes) == 1)
        return cn_softmax(x, axes.d[0]);
    return cn_exp(cn_sub(x, cn_logsumexp(x, axes, true)));
}

static bool check_mask(cn_shape mask, cn_shape x)
{
    bool ok = mask.rank <= x.rank;
    for (int i = 1; ok && i <= mask.rank; i++) {
        int64_t m = mask.dim[mask.rank - i], n = x.dim[x.rank - i];
        ok = m < 0 || n < 0 || m == 1 || m == n;
    }
    return ok || cn_fail(CN_EINVAL,
                         "the `mask` must be broadcastable to `inputs`. Received: inputs.shape=%s, "
                         "mask.shape=%s",
                         cn_shape_text(x), cn_shape_text(mask));
}

cn_tensor *cn_masked_softmax(cn_tensor *x, cn_tensor *mask, cn_axes axes)
{
    if (!mask || !x)
        return x ? along(x, axes) : NULL;
    if (!check_mask(mask->shape, x->shape))
        return NULL;
    if (mask->dtype != CN_BOOL)
        mask = cn_greater(mask, 0.5);
    cn_tensor *y = along(cn_select(mask, x, large_negative(x->dtype)), axes);
    return cn_select(mask, y, 0);
}

static cn_tensor *call(softmax_layer *self, const cn_inputs *in)
{
    return cn_masked_softmax(in->x[0], in->mask, self->axis);
}

static bool write_config(const softmax_layer *self, cn_json *config)
{
    return cn_write_axis(config, "axis", self->axis);
}

CN_BUILTIN_LAYER(softmax_layer, "Softmax", NULL, .init = init, .write_config = write_config,
                 .call = call, .one_input = true)
