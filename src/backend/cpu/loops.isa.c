/* The loops of loops.def, compiled for each instruction set. */
#include "backend/cpu/loops.h"

#include <math.h>

#include "backend/cpu/vmath.h"

#define LOOP1(name, type, out_type, e)                                              \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        out_type *y = out;                                                          \
        const type *px = in[0];                                                     \
        (void)attrs;                                                                \
        for (size_t i = 0; i < n; i++) {                                            \
            const type x = px[i];                                                   \
            y[i] = (out_type)(e);                                                   \
        }                                                                           \
    }
#define LOOP2(name, type, out_type, e)                                              \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        out_type *y = out;                                                          \
        const type *pa = in[0], *pb = in[1];                                        \
        (void)attrs;                                                                \
        for (size_t i = 0; i < n; i++) {                                            \
            const type a = pa[i], b = pb[i];                                        \
            y[i] = (out_type)(e);                                                   \
        }                                                                           \
    }

/* Whole-number division rounds down, as Python's does; by zero it gives zero instead of a trap. */
#define INT_DIVISION(type, tag)                                        \
    static type floor_divide_of_##tag(type a, type b)                  \
    {                                                                  \
        if (b == 0 || b == -1)                                         \
            return b ? (type)(0 - (uint64_t)a) : 0;                    \
        return (type)(a / b - (a % b != 0 && (a % b < 0) != (b < 0))); \
    }                                                                  \
    LOOP2(floor_divide_##tag, type, type, floor_divide_of_##tag(a, b)) \
    LOOP2(mod_##tag, type, type, b ? a - floor_divide_of_##tag(a, b) * b : 0)
INT_DIVISION(int32_t, i32)
INT_DIVISION(int64_t, i64)

#define UNARY(name, f, d) LOOP1(name##_f32, float, float, f) LOOP1(name##_f64, double, double, d)
#define BINARY(name, f, d) LOOP2(name##_f32, float, float, f) LOOP2(name##_f64, double, double, d)
#define TEST1(name, f, d) LOOP1(name##_f32, float, uint8_t, f) LOOP1(name##_f64, double, uint8_t, d)
#define UNARY_INT(name, e) \
    LOOP1(name##_i32, int32_t, int32_t, e) LOOP1(name##_i64, int64_t, int64_t, e)
#define BINARY_INT(name, e) \
    LOOP2(name##_i32, int32_t, int32_t, e) LOOP2(name##_i64, int64_t, int64_t, e)
#define LOGIC(name, e) LOOP2(name##_u8, uint8_t, uint8_t, e)
#define COMPARE(name, e)                   \
    LOOP2(name##_f32, float, uint8_t, e)   \
    LOOP2(name##_f64, double, uint8_t, e)  \
    LOOP2(name##_i32, int32_t, uint8_t, e) \
    LOOP2(name##_i64, int64_t, uint8_t, e)
#include "backend/cpu/loops.def"
#undef UNARY
#undef BINARY
#undef TEST1
#undef UNARY_INT
#undef BINARY_INT
#undef LOGIC
#undef COMPARE

#define BY_SIZE(bytes, type)                                                                  \
    static void select_##bytes(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                                         \
        type *y = out;                                                                        \
        const uint8_t *cond = in[0];                                                          \
        const type *a = in[1], *b = in[2];                                                    \
        (void)attrs;                                                                          \
        for (size_t i = 0; i < n; i++)                                                        \
            y[i] = cond[i] ? a[i] : b[i];                                                     \
    }                                                                                         \
    static void fill_##bytes(void *out, const void *value, size_t n)                          \
    {                                                                                         \
        type *y = out;                                                                        \
        const type v = *(const type *)value;                                                  \
        for (size_t i = 0; i < n; i++)                                                        \
            y[i] = v;                                                                         \
    }
BY_SIZE(1, uint8_t)
BY_SIZE(2, uint16_t)
BY_SIZE(4, uint32_t)
BY_SIZE(8, uint64_t)

#define ROW_FLOATS(name) .f32[CN_LOOP_##name] = name##_f32, .f64[CN_LOOP_##name] = name##_f64,
#define ROW_INTS(name) .i32[CN_LOOP_##name] = name##_i32, .i64[CN_LOOP_##name] = name##_i64,
const cn_loops CN_ISA_SYMBOL(cn_loops) = {
#define UNARY(name, f, d) ROW_FLOATS(name)
#define BINARY(name, f, d) ROW_FLOATS(name)
#define TEST1(name, f, d) ROW_FLOATS(name)
#define UNARY_INT(name, e) ROW_INTS(name)
#define BINARY_INT(name, e) ROW_INTS(name)
#define COMPARE(name, e) ROW_FLOATS(name) ROW_INTS(name)
#define LOGIC(name, e) .u8[CN_LOOP_##name] = name##_u8,
#include "backend/cpu/loops.def"
    ROW_INTS(floor_divide) ROW_INTS(mod)
        .select = {[1] = select_1, [2] = select_2, [4] = select_4, [8] = select_8},
    .fill = {[1] = fill_1, [2] = fill_2, [4] = fill_4, [8] = fill_8},
};
