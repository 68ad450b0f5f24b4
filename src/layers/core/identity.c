/* x itself.  keras.layers.Identity */
#include "layers/layer.h"

CN_LAYER_STRUCT(identity, CN_NO_PARAMS, )

static cn_tensor *call(identity *self, const cn_inputs *in)
{
    (void)self;
    return in->x[0];
}

CN_BUILTIN_LAYER(identity, "Identity", NULL, .call = call, .one_input = true)
