/* (batch, a, b, ...) -> (batch, a * b * ...); channels_first is put last before.
 * keras.layers.Flatten */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(flatten, CN_FLATTEN, )

static bool init(flatten *self)
{
    return cn_set_data_format(self, &self->data_format);
}

static cn_tensor *call(flatten *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (!cn_expect_min_rank(x->shape, 1))
        return NULL;
    if (cn_is_channels_first(self->data_format) && x->shape.rank > 1)
        x = cn_moveaxis(x, 1, -1);
    cn_shape rest = cn_shape_remove(x->shape, 0);
    return cn_regroup(x, cn_shape(CN_DIM(0), cn_shape_size(rest)));
}

CN_BUILTIN_LAYER(flatten, "Flatten", NULL, .init = init, .call = call, .one_input = true,
                 .ends_mask = true)
