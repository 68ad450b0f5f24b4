/* Integers by their bits and divisors. keras.ops.bitwise_and, left_shift, gcd, lcm */
#include "ops/elementwise/elementwise.h"

static uint64_t gcd(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

static int64_t lcm(int64_t a, int64_t b)
{
    uint64_t divisor = gcd(a, b);
    return divisor ? (int64_t)((uint64_t)(a < 0 ? -(uint64_t)a : (uint64_t)a) / divisor *
                               (b < 0 ? -(uint64_t)b : (uint64_t)b))
                   : 0;
}

/* Beyond the width of the dtype all bits are gone. */
#define SHIFTS(n) ((uint64_t)(n) < 8 * sizeof(a))

#define LOOP(name, type, expression)                                                \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        const type *pa = in[0], *pb = in[1];                                        \
        type *y = out;                                                              \
        (void)attrs;                                                                \
        for (size_t i = 0; i < n; i++) {                                            \
            const type a = pa[i], b = pb[i];                                        \
            y[i] = (type)(expression);                                              \
        }                                                                           \
    }

static cn_tensor *of_integers(const cn_op *op, cn_tensor *a, cn_tensor *b)
{
    if (!a || !b)
        return NULL;
    if (cn_dtype_is_float(a->dtype) || cn_dtype_is_float(b->dtype))
        return cn_fail_null(CN_EINVAL, "cn_%s: expected integers, found %s and %s", op->name,
                            cn_dtype_name(a->dtype), cn_dtype_name(b->dtype));
    return cn_binary(op, a, b, CN_ANY_NUMBER);
}

/* In int32 or int64, and back in the dtype that the operands promote to. */
#define INT_OP(id, expression)                                           \
    LOOP(id##_32, int32_t, expression)                                   \
    LOOP(id##_64, int64_t, expression)                                   \
    static cn_loop_kernel id##_loop(const cn_tensor *node)               \
    {                                                                    \
        return node->dtype == CN_INT32 ? id##_32 : id##_64;              \
    }                                                                    \
    const cn_op cn_op_##id = {.name = #id,                               \
                              .traits = CN_ELEMENTWISE | CN_NO_GRADIENT, \
                              .infer = cn_elementwise_infer,             \
                              .loop = id##_loop};                        \
    cn_tensor *cn_##id(cn_tensor *a, cn_tensor *b)                       \
    {                                                                    \
        return of_integers(&cn_op_##id, a, b);                           \
    }

INT_OP(bitwise_and, a &b)
INT_OP(bitwise_or, a | b)
INT_OP(bitwise_xor, a ^ b)
INT_OP(left_shift, SHIFTS(b) ? (uint64_t)a << b : 0)
INT_OP(right_shift, SHIFTS(b) ? a >> b : a < 0 ? -1 : 0)
INT_OP(gcd, gcd(a, b))
INT_OP(lcm, lcm(a, b))
