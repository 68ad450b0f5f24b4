/* Smooth activations.
 * keras.activations.sigmoid, tanh, exponential, linear, softplus, softsign, elu, selu, celu, silu,
 * gelu, mish, glu, squareplus, tanh_shrink, log_sigmoid */
#include "activations/activation.h"
#include "graph/form.h"
#include "ops/ops.h"

CN_PLAIN_ACTIVATION(linear, "linear", NULL, x)
CN_PLAIN_ACTIVATION(sigmoid, "sigmoid", NULL, cn_sigmoid(x))
CN_PLAIN_ACTIVATION(tanh, "tanh", NULL, cn_tanh(x))
CN_PLAIN_ACTIVATION(exponential, "exponential", NULL, cn_exp(x))
CN_PLAIN_ACTIVATION(softplus, "softplus", NULL, cn_softplus(x))
CN_PLAIN_ACTIVATION(softsign, "softsign", NULL, cn_div(x, cn_add(cn_abs(x), 1)))
CN_PLAIN_ACTIVATION(tanh_shrink, "tanh_shrink", NULL, cn_sub(x, cn_tanh(x)))
CN_PLAIN_ACTIVATION(log_sigmoid, "log_sigmoid", NULL, cn_neg(cn_softplus(cn_neg(x))))
CN_PLAIN_ACTIVATION(mish, "mish", NULL, cn_mul(x, cn_tanh(cn_softplus(x))))

/* x above 0, height (exp(x / width) - 1) below; exp never sees what it cannot take. */
static cn_tensor *exponential_below(cn_tensor *x, double height, double width)
{
    cn_tensor *negative = cn_minimum(x, 0);
    cn_tensor *below = cn_mul(cn_expm1(width == 1 ? negative : cn_div(negative, width)), height);
    return cn_select(cn_greater(x, 0), x, below);
}

cn_tensor *cn_elu(cn_tensor *x, double alpha)
{
    cn_tensor *y = exponential_below(x, alpha, 1);
    return CN_FORMED(y, "Elu", cn_list_of(x), "\"alpha\": %.17g", alpha);
}

cn_tensor *cn_selu(cn_tensor *x)
{
    cn_tensor *y = cn_mul(cn_elu(x, 1.6732632423543772), 1.0507009873554805);
    return CN_FORMED(y, "Selu", cn_list_of(x), "%s", "");
}

cn_tensor *cn_silu(cn_tensor *x)
{
    cn_tensor *y = cn_mul(x, cn_sigmoid(x));
    return CN_FORMED(y, "Silu", cn_list_of(x), "%s", "");
}

cn_tensor *cn_gelu(cn_tensor *x, bool approximate)
{
    cn_tensor *phi;
    if (approximate) {
        cn_tensor *cubed = cn_mul(cn_mul(cn_square(x), x), 0.044715);
        phi = cn_tanh(cn_mul(cn_add(x, cubed), 0.7978845608028654)); /* sqrt(2 / pi) */
    } else {
        phi = cn_erf(cn_mul(x, 0.7071067811865476));
    }
    cn_tensor *y = cn_mul(cn_mul(x, 0.5), cn_add(phi, 1));
    return CN_FORMED(y, "Gelu", cn_list_of(x), "\"approximate\": %s",
                     approximate ? "true" : "false");
}

CN_PLAIN_ACTIVATION(selu, "selu", NULL, cn_selu(x))
CN_PLAIN_ACTIVATION(silu, "silu", "swish", cn_silu(x))

#define ELU(P) P(float, alpha, 1.0, "the depth below 0")
CN_TABLE_ACTIVATION(elu, ELU, "elu", cn_elu(x, self->alpha))
#define CELU(P) P(float, alpha, 1.0, "depth and width below 0")
CN_TABLE_ACTIVATION(celu, CELU, "celu", exponential_below(x, self->alpha, self->alpha))
#define GELU(P) P(bool, approximate, false, "use tanh in place of erf")
CN_TABLE_ACTIVATION(gelu, GELU, "gelu", cn_gelu(x, self->approximate))
#define SQUAREPLUS(P) P(float, b, 4.0, "smoothness")
CN_TABLE_ACTIVATION(squareplus, SQUAREPLUS, "squareplus",
                    cn_mul(cn_add(x, cn_sqrt(cn_add(cn_square(x), self->b))), 0.5))

/* a sigmoid(b), where a and b are the halves of x along the axis */
static cn_tensor *glu(cn_tensor *x, int axis)
{
    cn_list *halves = cn_split(x, 2, axis);
    return halves ? cn_mul(cn_nth(halves, 0), cn_sigmoid(cn_nth(halves, 1))) : NULL;
}
#define GLU(P) P(int, axis, -1, "the axis that is halved")
CN_TABLE_ACTIVATION(glu, GLU, "glu", glu(x, self->axis))
