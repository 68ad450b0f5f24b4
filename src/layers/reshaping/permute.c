/* The axes after the batch in another order: (batch, a, b) with {2, 1} -> (batch, b, a).
 * keras.layers.Permute */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(permute, CN_PERMUTE, )

static bool init(permute *self)
{
    int n = cn_dims_count(self->dims);
    cn_shape dims = {.rank = n};
    unsigned seen = 0;
    for (int i = 0; i < n; i++) {
        dims.dim[i] = self->dims.d[i];
        if (dims.dim[i] >= 1 && dims.dim[i] <= n)
            seen |= 1u << (dims.dim[i] - 1);
    }
    return (n && n < CN_MAX_RANK && seen == (1u << n) - 1) ||
           cn_fail(CN_EINVAL,
                   "Permute: the set of indices in `dims` must be consecutive and start from 1. "
                   "Received: dims=%s",
                   cn_shape_text(dims));
}

static cn_tensor *call(permute *self, const cn_inputs *in)
{
    int n = cn_dims_count(self->dims);
    cn_axes order = {{0}};
    for (int i = 0; i < n; i++)
        order.d[i + 1] = self->dims.d[i];
    return cn_expect_rank(in->x[0]->shape, n + 1) ? cn_transpose(in->x[0], order) : NULL;
}

CN_BUILTIN_LAYER(permute, "Permute", NULL, .init = init, .call = call, .one_input = true,
                 .ends_mask = true)
