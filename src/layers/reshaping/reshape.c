/* (batch, ...) -> (batch, target_shape...).  keras.layers.Reshape */
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(reshape_layer, CN_RESHAPE_LAYER, )

static bool init(reshape_layer *self)
{
    int unknown = 0, n = cn_dims_count(self->target_shape);
    cn_shape target = {.rank = n};
    for (int i = 0; i < n; i++) {
        target.dim[i] = self->target_shape.d[i];
        unknown += target.dim[i] == -1;
        if (target.dim[i] < -1)
            return cn_fail(CN_EINVAL,
                           "Reshape: each dimension in `target_shape` must be a non-negative "
                           "integer, or `-1` for a single unknown dimension. Received: %lld",
                           (long long)target.dim[i]);
    }
    if (n >= CN_MAX_RANK)
        return cn_fail(CN_EINVAL, "Reshape: expected at most %d sizes. Received: %d",
                       CN_MAX_RANK - 1, n);
    return unknown < 2 ||
           cn_fail(CN_EINVAL,
                   "Reshape: there must be at most one unknown dimension (-1) in `target_shape`. "
                   "Received: target_shape=%s",
                   cn_shape_text(target));
}

static bool write_config(const reshape_layer *self, cn_json *config)
{
    return cn_write_sizes(config, "target_shape", self->target_shape.d,
                          cn_dims_count(self->target_shape));
}

static cn_tensor *call(reshape_layer *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (!cn_expect_min_rank(x->shape, 1))
        return NULL;
    int n = cn_dims_count(self->target_shape);
    cn_shape shape = {.rank = n + 1, .dim = {CN_DIM(0)}};
    cn_shape rest = {.rank = n}; /* 1 for the unknown size */
    int unknown = 0;
    for (int i = 0; i < n; i++) {
        rest.dim[i] = shape.dim[i + 1] = self->target_shape.d[i];
        if (rest.dim[i] < 0) {
            unknown = i + 1;
            rest.dim[i] = 1;
        }
    }
    cn_shape old = cn_shape_remove(x->shape, 0), new = cn_shape_remove(shape, 0);
    int64_t known = cn_shape_size(rest), size = cn_shape_size(old);
    if (size >= 0 && (unknown ? !known || size % known : size != known))
        return cn_fail_null(
            CN_EINVAL,
            "the total size of the tensor must be unchanged. Received: input_shape=%s, "
            "target_shape=%s",
            cn_shape_text(old), cn_shape_text(new));
    if (unknown && size >= 0)
        shape.dim[unknown] = size / known;
    return cn_regroup(x, shape);
}

CN_BUILTIN_LAYER(reshape_layer, "Reshape", NULL, .init = init, .write_config = write_config,
                 .call = call, .one_input = true, .ends_mask = true)
