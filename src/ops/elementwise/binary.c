/* Elementwise ops of two operands. keras.ops */
#include "ops/elementwise/elementwise.h"

/* Gradients of a and b in terms of a, b, the result y and dy, summed back to the operands' shapes.
 */
#define GRADIENTS(id, of_a, of_b)                                                      \
    static bool id##_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx) \
    {                                                                                  \
        cn_tensor *a = node->inputs[0], *b = node->inputs[1], *y = (cn_tensor *)node;  \
        cn_tensor *dy = dys[0];                                                        \
        (void)y;                                                                       \
        dx[0] = cn_sum_like(of_a, a);                                                  \
        dx[1] = cn_sum_like(of_b, b);                                                  \
        return dx[0] && dx[1];                                                         \
    }

#define BINARY_OP_WITH(id, traits, numeric, of_a, of_b)           \
    GRADIENTS(id, of_a, of_b)                                     \
    CN_ELEMENTWISE_OP(id, traits, cn_elementwise_infer, id##_vjp) \
    cn_tensor *cn_##id##_(cn_tensor *a, cn_tensor *b)             \
    {                                                             \
        return cn_binary(&cn_op_##id, a, b, numeric);             \
    }
#define BINARY_OP(id, numeric, of_a, of_b) BINARY_OP_WITH(id, 0, numeric, of_a, of_b)
#define TEST_OP(id, numeric)                                               \
    CN_ELEMENTWISE_OP(id, CN_NO_GRADIENT, cn_elementwise_infer_bool, NULL) \
    cn_tensor *cn_##id##_(cn_tensor *a, cn_tensor *b)                      \
    {                                                                      \
        return cn_binary(&cn_op_##id, a, b, numeric);                      \
    }

/* d a^b / db is 0 where a is 0 or below, as Keras's backends have it, not NaN. */
static cn_tensor *log_of_base(cn_tensor *a)
{
    cn_tensor *positive = cn_greater(a, 0);
    return cn_select(positive, cn_log(cn_select(positive, a, 1)), 0);
}

/* The share of a in the gradient of maximum(a, b): ties give each half. */
static cn_tensor *share(cn_tensor *wins, cn_tensor *a, cn_tensor *b, cn_tensor *dy)
{
    return cn_mul(
        dy, cn_select(wins, 1.0,
                      cn_select(cn_equal(a, b), cn_cast(cn_number_float(0.5), dy->dtype), 0.0)));
}

BINARY_OP_WITH(add, CN_TAME, CN_ANY_NUMBER, dy, dy)
BINARY_OP_WITH(sub, CN_TAME, CN_ANY_NUMBER, dy, cn_neg(dy))
BINARY_OP(mul, CN_ANY_NUMBER, cn_mul(dy, b), cn_mul(dy, a))
BINARY_OP(div, CN_FLOAT_ONLY, cn_div(dy, b), cn_neg(cn_div(cn_mul(dy, y), b)))
BINARY_OP(mod, CN_ANY_NUMBER, dy, cn_neg(cn_mul(dy, cn_floor_divide(a, b))))
BINARY_OP(pow, CN_FLOAT_ONLY, cn_mul(dy, cn_mul(b, cn_pow(a, cn_sub(b, 1)))),
          cn_mul(dy, cn_mul(y, log_of_base(a))))
BINARY_OP_WITH(maximum, CN_TAME, CN_ANY_NUMBER, share(cn_greater(a, b), a, b, dy),
               share(cn_less(a, b), a, b, dy))
BINARY_OP_WITH(minimum, CN_TAME, CN_ANY_NUMBER, share(cn_less(a, b), a, b, dy),
               share(cn_greater(a, b), a, b, dy))
BINARY_OP(arctan2, CN_FLOAT_ONLY, cn_div(cn_mul(dy, b), cn_add(cn_square(a), cn_square(b))),
          cn_neg(cn_div(cn_mul(dy, a), cn_add(cn_square(a), cn_square(b)))))

CN_ELEMENTWISE_OP(floor_divide, CN_NO_GRADIENT, cn_elementwise_infer, NULL)
cn_tensor *cn_floor_divide_(cn_tensor *a, cn_tensor *b)
{
    return cn_binary(&cn_op_floor_divide, a, b, CN_ANY_NUMBER);
}

TEST_OP(equal, CN_ANY_NUMBER)
TEST_OP(not_equal, CN_ANY_NUMBER)
TEST_OP(less, CN_ANY_NUMBER)
TEST_OP(less_equal, CN_ANY_NUMBER)
TEST_OP(greater, CN_ANY_NUMBER)
TEST_OP(greater_equal, CN_ANY_NUMBER)
TEST_OP(logical_and, CN_TRUTH)
TEST_OP(logical_or, CN_TRUTH)
TEST_OP(logical_xor, CN_TRUTH)

cn_tensor *cn_both(cn_tensor *a, cn_tensor *b)
{
    return a && b ? cn_logical_and(a, b) : a ? a : b;
}
