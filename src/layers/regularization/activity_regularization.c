/* x itself; l1 sum |x| + l2 sum x * x is added to the loss, as the mean over the batch.
 * keras.layers.ActivityRegularization */
#include "layers/layer.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(activity_regularization, CN_ACTIVITY_REGULARIZATION, )

static cn_tensor *call(activity_regularization *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    cn_tensor *penalty =
        cn_add(cn_mul(cn_abs(x), self->l1), cn_mul(cn_square(x), self->l2)); /* x's shape */
    if (x->shape.rank)
        penalty = cn_mean(penalty, {0});
    return cn_add_loss(self, cn_sum(penalty)) ? x : NULL;
}

CN_BUILTIN_LAYER(activity_regularization, "ActivityRegularization", NULL, .call = call,
                 .one_input = true)
