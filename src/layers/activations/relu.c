/* ReLU: x where x >= threshold, else negative_slope (x - threshold); at most max_value.
 * keras.layers.ReLU, LeakyReLU, ELU */
#include "layers/layer.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(relu_layer, CN_RELU_LAYER, )
CN_LAYER_STRUCT(leaky_relu_layer, CN_LEAKY_RELU_LAYER, )
CN_LAYER_STRUCT(elu_layer, CN_ELU_LAYER, )

static bool check_not_negative(const char *who, const char *name, double value)
{
    return value >= 0 ||
           cn_fail(CN_EINVAL, "%s: expected %s >= 0. Received: %s=%g", who, name, name, value);
}

static bool init_relu(relu_layer *self)
{
    return (CN_IS_NONE(self->max_value) ||
            check_not_negative("ReLU", "max_value", self->max_value)) &&
           check_not_negative("ReLU", "negative_slope", self->negative_slope) &&
           check_not_negative("ReLU", "threshold", self->threshold);
}

static cn_tensor *call_relu(relu_layer *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *y = x;
    if (self->threshold == 0) {
        y = self->negative_slope == 0 ? cn_relu(x) : cn_leaky_relu(x, self->negative_slope);
    } else {
        cn_tensor *below = cn_mul(cn_sub(x, self->threshold), self->negative_slope);
        y = cn_select(cn_greater(x, self->threshold), x, below);
    }
    return CN_IS_NONE(self->max_value) ? y : cn_minimum(y, self->max_value);
}

static bool init_leaky_relu(leaky_relu_layer *self)
{
    return check_not_negative("LeakyReLU", "negative_slope", self->negative_slope);
}

/* Files of older versions name the slope alpha. */
static bool read_leaky_relu(cn_json *config)
{
    cn_json *alpha = cn_json_remove(config, "alpha");
    return !alpha || cn_json_set(config, "negative_slope", alpha);
}

static cn_tensor *call_leaky_relu(leaky_relu_layer *self, const cn_inputs *in)
{
    return cn_leaky_relu(in->x[0], self->negative_slope);
}

static cn_tensor *call_elu(elu_layer *self, const cn_inputs *in)
{
    return cn_elu(in->x[0], self->alpha);
}

CN_BUILTIN_LAYER(relu_layer, "ReLU", NULL, .init = init_relu, .call = call_relu, .one_input = true)
CN_BUILTIN_LAYER(leaky_relu_layer, "LeakyReLU", NULL, .init = init_leaky_relu,
                 .read_config = read_leaky_relu, .call = call_leaky_relu, .one_input = true)
CN_BUILTIN_LAYER(elu_layer, "ELU", NULL, .call = call_elu, .one_input = true)
