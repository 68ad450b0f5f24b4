/* (batch, features) -> (batch, n, features).  keras.layers.RepeatVector */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(repeat_vector, CN_REPEAT_VECTOR, )

static bool init(repeat_vector *self)
{
    return self->n > 0 ||
           cn_fail(CN_EINVAL, "RepeatVector: expected n > 0. Received: n=%d", self->n);
}

static cn_tensor *call(repeat_vector *self, const cn_inputs *in)
{
    if (!cn_expect_rank(in->x[0]->shape, 2))
        return NULL;
    return cn_repeat(cn_expand_dims(in->x[0], 1), self->n, 1);
}

CN_BUILTIN_LAYER(repeat_vector, "RepeatVector", NULL, .init = init, .call = call, .one_input = true,
                 .ends_mask = true)
