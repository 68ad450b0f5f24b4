/* max(x, 0) and its relatives, linear in pieces.
 * keras.activations.relu, relu6, leaky_relu, hard_sigmoid, hard_silu, hard_tanh, hard_shrink,
 * soft_shrink, threshold, sparse_plus, sparse_sigmoid */
#include "activations/activation.h"
#include "graph/form.h"
#include "ops/ops.h"

cn_tensor *cn_leaky_relu(cn_tensor *x, double negative_slope)
{
    cn_tensor *y = cn_select(cn_greater_equal(x, 0), x, cn_mul(x, negative_slope));
    return CN_FORMED(y, "LeakyRelu", cn_list_of(x), "\"negative_slope\": %.17g", negative_slope);
}

#define RELU(P)                                                     \
    P(float, negative_slope, 0.0, "the slope below the threshold")  \
    P(float, max_value, CN_NONE, "the largest result; default: no") \
    P(float, threshold, 0.0, "where the rise begins")
CN_THING(relu_activation, cn_instance, RELU, )

/* x where it is above the threshold, at most max_value; below it the slope times the distance. */
static cn_tensor *call_relu(relu_activation *self, cn_tensor *x)
{
    double slope = self->negative_slope, start = self->threshold;
    if (slope && !start && CN_IS_NONE(self->max_value))
        return cn_leaky_relu(x, slope);
    cn_tensor *y = start ? cn_select(cn_greater(x, start), x, 0) : cn_relu(x);
    if (!CN_IS_NONE(self->max_value))
        y = cn_minimum(y, self->max_value);
    return slope ? cn_sub(y, cn_mul(cn_relu(cn_sub(start, x)), slope)) : y;
}
CN_ACTIVATION(relu_activation, "relu", NULL, .call = call_relu)

CN_PLAIN_ACTIVATION(relu6, "relu6", NULL, cn_minimum(cn_relu(x), 6))

#define LEAKY_RELU(P) P(float, negative_slope, 0.2, "the slope below 0")
CN_TABLE_ACTIVATION(leaky_relu, LEAKY_RELU, "leaky_relu", cn_leaky_relu(x, self->negative_slope))

/* clip(x + 3, 0, 6) / 6 */
static cn_tensor *hard_sigmoid(cn_tensor *x)
{
    return cn_div(cn_clip(cn_add(x, 3), 0, 6), 6);
}
CN_PLAIN_ACTIVATION(hard_sigmoid, "hard_sigmoid", NULL, hard_sigmoid(x))

/* What hard_sigmoid was before Keras 3, and means in files of that time: clip(x / 5 + 1/2, 0, 1).
 * Keras does not have it: it is saved like a user's own. */
static cn_tensor *keras2_hard_sigmoid(void *self, cn_tensor *x)
{
    (void)self;
    return cn_clip(cn_add(cn_mul(x, 0.2), 0.5), 0, 1);
}
static const cn_activation_methods keras2_hard_sigmoid_methods = {.call = keras2_hard_sigmoid};
extern const cn_class cn_keras2_hard_sigmoid_class;
const cn_class cn_keras2_hard_sigmoid_class = {.family = CN_ACTIVATIONS,
                                               .name = "keras2_hard_sigmoid",
                                               .size = sizeof(cn_text_instance),
                                               .methods = &keras2_hard_sigmoid_methods};

CN_PLAIN_ACTIVATION(hard_silu, "hard_silu", "hard_swish", cn_mul(x, hard_sigmoid(x)))
CN_PLAIN_ACTIVATION(hard_tanh, "hard_tanh", NULL, cn_clip(x, -1, 1))

#define SHRINK(P) P(float, threshold, 0.5, "what is nearer to 0 becomes 0")
CN_TABLE_ACTIVATION(hard_shrink, SHRINK, "hard_shrink",
                    cn_select(cn_greater(cn_abs(x), self->threshold), x, 0))

static cn_tensor *soft_shrink(cn_tensor *x, double threshold)
{
    cn_tensor *below = cn_select(cn_less(x, -threshold), cn_add(x, threshold), 0);
    return cn_select(cn_greater(x, threshold), cn_sub(x, threshold), below);
}
CN_TABLE_ACTIVATION(soft_shrink, SHRINK, "soft_shrink", soft_shrink(x, self->threshold))

#define THRESHOLD(P)                                        \
    P(float, threshold, CN_REQUIRED, "what is above stays") \
    P(float, default_value, CN_REQUIRED, "what the others become")
CN_TABLE_ACTIVATION(threshold, THRESHOLD, "threshold",
                    cn_select(cn_greater(x, self->threshold), x, self->default_value))

/* 0, then (x + 1)^2 / 4 from -1 to 1, then x */
static cn_tensor *sparse_plus(cn_tensor *x)
{
    cn_tensor *middle = cn_mul(cn_square(cn_add(x, 1)), 0.25);
    return cn_select(cn_less_equal(x, -1), 0, cn_select(cn_less(x, 1), middle, x));
}
CN_PLAIN_ACTIVATION(sparse_plus, "sparse_plus", NULL, sparse_plus(x))

/* clip((x + 1) / 2, 0, 1) */
static cn_tensor *sparse_sigmoid(cn_tensor *x)
{
    cn_tensor *middle = cn_mul(cn_add(x, 1), 0.5);
    return cn_select(cn_less_equal(x, -1), 0, cn_select(cn_less(x, 1), middle, 1));
}
CN_PLAIN_ACTIVATION(sparse_sigmoid, "sparse_sigmoid", NULL, sparse_sigmoid(x))
