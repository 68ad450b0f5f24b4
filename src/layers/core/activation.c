/* activation(x).  keras.layers.Activation */
#include "layers/layer.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(activation, CN_ACTIVATION_LAYER, )

static cn_tensor *call(activation *self, const cn_inputs *in)
{
    return cn_activate(self->activation, in->x[0]);
}

CN_BUILTIN_LAYER(activation, "Activation", NULL, .call = call, .one_input = true)
