/* Elementwise ops of one operand, float only where that is all that makes sense. keras.ops */
#include "ops/elementwise/elementwise.h"

#include <math.h>

/* A gradient: dx in terms of x (the input), y (the result) and dy. */
#define GRADIENT(id, expression)                                                       \
    static bool id##_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx) \
    {                                                                                  \
        cn_tensor *x = node->inputs[0], *y = (cn_tensor *)node, *dy = dys[0];          \
        (void)x, (void)y;                                                              \
        dx[0] = (expression);                                                          \
        return dx[0] != NULL;                                                          \
    }

#define UNARY_OP_WITH(id, traits, numeric, expression)            \
    GRADIENT(id, expression)                                      \
    CN_ELEMENTWISE_OP(id, traits, cn_elementwise_infer, id##_vjp) \
    cn_tensor *cn_##id##_(cn_tensor *x)                           \
    {                                                             \
        return cn_unary(&cn_op_##id, x, numeric);                 \
    }
#define UNARY_OP(id, numeric, expression) \
    UNARY_OP_WITH(id, (numeric) == CN_FLOAT_ONLY ? CN_COSTLY : 0, numeric, expression)
#define STEP_OP(id, numeric, infer_rule)                    \
    CN_ELEMENTWISE_OP(id, CN_NO_GRADIENT, infer_rule, NULL) \
    cn_tensor *cn_##id##_(cn_tensor *x)                     \
    {                                                       \
        return cn_unary(&cn_op_##id, x, numeric);           \
    }

UNARY_OP_WITH(neg, CN_TAME, CN_ANY_NUMBER, cn_neg(dy))
UNARY_OP_WITH(abs, CN_UNSIGNED, CN_ANY_NUMBER, cn_mul(dy, cn_sign(x)))
/* What begins with dy is computed where it is used; 2 x could be, and was, as soon as x is there,
 * and kept until then. */
UNARY_OP_WITH(square, CN_UNSIGNED, CN_ANY_NUMBER, cn_mul(cn_mul(dy, x), 2))
UNARY_OP(sqrt, CN_FLOAT_ONLY, cn_div(cn_mul(dy, 0.5), y))
UNARY_OP(rsqrt, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(cn_div(y, x), -0.5)))
UNARY_OP(reciprocal, CN_FLOAT_ONLY, cn_neg(cn_mul(dy, cn_square(y))))
UNARY_OP(exp, CN_FLOAT_ONLY, cn_mul(dy, y))
UNARY_OP(expm1, CN_FLOAT_ONLY, cn_mul(dy, cn_add(y, 1)))
UNARY_OP(exp2, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(y, 0.69314718055994531)))
UNARY_OP(log, CN_FLOAT_ONLY, cn_div(dy, x))
UNARY_OP(log1p, CN_FLOAT_ONLY, cn_div(dy, cn_add(x, 1)))
UNARY_OP(log2, CN_FLOAT_ONLY, cn_div(cn_mul(dy, 1.4426950408889634), x))
UNARY_OP(log10, CN_FLOAT_ONLY, cn_div(cn_mul(dy, 0.43429448190325183), x))
UNARY_OP(sin, CN_FLOAT_ONLY, cn_mul(dy, cn_cos(x)))
UNARY_OP(cos, CN_FLOAT_ONLY, cn_neg(cn_mul(dy, cn_sin(x))))
UNARY_OP(tan, CN_FLOAT_ONLY, cn_mul(dy, cn_add(cn_square(y), 1)))
UNARY_OP(arcsin, CN_FLOAT_ONLY, cn_mul(dy, cn_rsqrt(cn_sub(1, cn_square(x)))))
UNARY_OP(arccos, CN_FLOAT_ONLY, cn_neg(cn_mul(dy, cn_rsqrt(cn_sub(1, cn_square(x))))))
UNARY_OP(arctan, CN_FLOAT_ONLY, cn_div(dy, cn_add(cn_square(x), 1)))
UNARY_OP(sinh, CN_FLOAT_ONLY, cn_mul(dy, cn_cosh(x)))
UNARY_OP(cosh, CN_FLOAT_ONLY, cn_mul(dy, cn_sinh(x)))
UNARY_OP(tanh, CN_FLOAT_ONLY, cn_mul(dy, cn_sub(1, cn_square(y))))
UNARY_OP(arcsinh, CN_FLOAT_ONLY, cn_mul(dy, cn_rsqrt(cn_add(cn_square(x), 1))))
UNARY_OP(arccosh, CN_FLOAT_ONLY, cn_mul(dy, cn_rsqrt(cn_mul(cn_sub(x, 1), cn_add(x, 1)))))
UNARY_OP(arctanh, CN_FLOAT_ONLY, cn_div(dy, cn_sub(1, cn_square(x))))
/* 2 / sqrt(pi) exp(-x^2) */
UNARY_OP(erf, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(cn_exp(cn_neg(cn_square(x))), 1.1283791670955126)))
UNARY_OP(erfc, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(cn_exp(cn_neg(cn_square(x))), -1.1283791670955126)))
UNARY_OP_WITH(sigmoid, CN_COSTLY | CN_UNSIGNED, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(y, cn_sub(1, y))))
UNARY_OP(softplus, CN_FLOAT_ONLY, cn_mul(dy, cn_sigmoid(x)))
/* In terms of y, so that x need not be kept. */
UNARY_OP_WITH(relu, CN_TAME | CN_UNSIGNED, CN_ANY_NUMBER, cn_select(cn_greater(y, 0), dy, 0))
UNARY_OP(cbrt, CN_FLOAT_ONLY, cn_div(dy, cn_mul(cn_square(y), 3)))

STEP_OP(sign, CN_ANY_NUMBER, cn_elementwise_infer)
STEP_OP(floor, CN_FLOAT_ONLY, cn_elementwise_infer)
STEP_OP(ceil, CN_FLOAT_ONLY, cn_elementwise_infer)
STEP_OP(trunc, CN_FLOAT_ONLY, cn_elementwise_infer)
STEP_OP(round, CN_FLOAT_ONLY, cn_elementwise_infer)
STEP_OP(isnan, CN_FLOAT_ONLY, cn_elementwise_infer_bool)
STEP_OP(isinf, CN_FLOAT_ONLY, cn_elementwise_infer_bool)
STEP_OP(isfinite, CN_FLOAT_ONLY, cn_elementwise_infer_bool)

cn_tensor *cn_logical_not_(cn_tensor *x)
{
    return cn_logical_xor(x, cn_cast(cn_number_int(1), CN_BOOL));
}

cn_tensor *cn_zeros_like(cn_tensor *x)
{
    return x ? cn_broadcast_like(cn_cast(cn_number_int(0), x->dtype), x) : NULL;
}

cn_tensor *cn_ones_like(cn_tensor *x)
{
    return x ? cn_broadcast_like(cn_cast(cn_number_int(1), x->dtype), x) : NULL;
}
