/* y = x where a step differs from mask_value somewhere along the last axis, else 0; such steps are
 * what the mask of y leaves.  x (..., features), y the same, mask (...).  keras.layers.Masking
 *
 * A number that is not one differs from all: with NaN nothing is masked, as in Keras. */
#include "layers/layer.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(masking, CN_MASKING, )

static cn_tensor *call(masking *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (x->shape.rank < 1)
        return cn_fail_null(CN_EINVAL, "expected an input with an axis of features, found shape %s",
                            cn_shape_text(x->shape));
    return cn_select(cn_any(cn_not_equal(x, self->mask_value), {-1}, true), x, 0);
}

static cn_tensor *compute_mask(masking *self, const cn_inputs *in)
{
    return cn_any(cn_not_equal(in->x[0], self->mask_value), {-1});
}

CN_BUILTIN_LAYER(masking, "Masking", NULL, .call = call, .compute_mask = compute_mask,
                 .one_input = true)
