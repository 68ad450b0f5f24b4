/* y = activation(x kernel + bias).  x (..., inputs), kernel (inputs, units), bias (units,).
 * keras.layers.Dense */
#include "layers/layer.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(dense, CN_DENSE, cn_tensor *kernel, *bias;)

static bool init(dense *self)
{
    return self->units > 0 ||
           cn_fail(CN_EINVAL, "Dense: expected units > 0. Received: units=%d", self->units);
}

/* Keras has the activity's regularizer only where there is one. */
static bool write_config(const dense *self, cn_json *config)
{
    if (!self->activity_regularizer)
        cn_json_free(cn_json_remove(config, "activity_regularizer"));
    return cn_json_set(config, "quantization_config", cn_json_null());
}

static bool build(dense *self, const cn_shapes *in)
{
    cn_shape x = in->shape[0];
    if (x.rank < 1 || x.dim[x.rank - 1] < 0)
        return cn_fail(CN_EINVAL, "expected an input whose last axis is known, found shape %s",
                       cn_shape_text(x));
    self->kernel =
        cn_add_weight_of(self, "kernel", "kernel", cn_shape(x.dim[x.rank - 1], self->units));
    if (self->use_bias)
        self->bias = cn_add_weight_of(self, "bias", "bias", cn_shape(self->units));
    return self->kernel && (self->bias || !self->use_bias);
}

static cn_tensor *call(dense *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    int64_t width = self->kernel->shape.dim[0];
    if (x->shape.rank < 1 ||
        (x->shape.dim[x->shape.rank - 1] != width && x->shape.dim[x->shape.rank - 1] >= 0))
        return cn_fail_null(CN_EINVAL, "expected last axis %lld, found shape %s", (long long)width,
                            cn_shape_text(x->shape));
    cn_tensor *y = cn_matmul(x, self->kernel);
    if (self->use_bias)
        y = cn_add(y, self->bias);
    return cn_activate(self->activation, y);
}

CN_BUILTIN_LAYER(dense, "Dense", NULL, .init = init, .write_config = write_config, .build = build,
                 .call = call, .one_input = true)
