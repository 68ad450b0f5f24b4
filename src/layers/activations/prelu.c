/* x where x > 0, else alpha x.  alpha: the input's shape without the batch, of size 1 along shared
 * axes.  keras.layers.PReLU */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(prelu, CN_PRELU, cn_tensor *alpha;)

static bool is_shared(const prelu *self, int axis)
{
    for (int i = 0; i < cn_dims_count(self->shared_axes); i++)
        if (self->shared_axes.d[i] == axis)
            return true;
    return false;
}

static bool build(prelu *self, const cn_shapes *in)
{
    cn_shape x = in->shape[0];
    if (!cn_expect_min_rank(x, 1))
        return false;
    cn_shape shape = {.rank = x.rank - 1};
    for (int i = 1; i < x.rank; i++)
        if ((shape.dim[i - 1] = is_shared(self, i) ? 1 : cn_known_dim(x, i)) < 0)
            return false;
    self->alpha = cn_add_weight_of(self, "alpha", "alpha", shape);
    return self->alpha != NULL;
}

static cn_tensor *call(prelu *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (!cn_expect_rank(x->shape, self->alpha->shape.rank + 1))
        return NULL;
    for (int i = 1; i < x->shape.rank; i++)
        if (!is_shared(self, i) && !cn_expect_dim(x->shape, i, self->alpha->shape.dim[i - 1]))
            return NULL;
    return cn_sub(cn_relu(x), cn_mul(self->alpha, cn_relu(cn_neg(x))));
}

CN_BUILTIN_LAYER(prelu, "PReLU", NULL, .build = build, .call = call, .one_input = true)
