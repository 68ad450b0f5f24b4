/* The loops of loops.def for double, integers and bool: one version for all machines, since few
 * networks live by them and each version costs room. */
#include "backend/cpu/loops/loops_template.h"
#include "backend/cpu/math/vmath.h"

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

#define UNARY(name, f, d) LOOP1(name##_f64, double, double, d)
#define LONG UNARY
#define BINARY(name, f, d) LOOP2(name##_f64, double, double, d)
#define RARE(name, f, d) LOOP1(name##_f32, float, float, f) UNARY(name, f, d)
#define RARE2(name, f, d) LOOP2(name##_f32, float, float, f) BINARY(name, f, d)
#define TEST1(name, f, d) LOOP1(name##_f64, double, uint8_t, d)
#define RARE_TEST(name, f, d) LOOP1(name##_f32, float, uint8_t, f) TEST1(name, f, d)
#define OF_ITSELF TEST1
#define UNARY_INT(name, e) \
    LOOP1(name##_i32, int32_t, int32_t, e) LOOP1(name##_i64, int64_t, int64_t, e)
#define BINARY_INT(name, e) \
    LOOP2(name##_i32, int32_t, int32_t, e) LOOP2(name##_i64, int64_t, int64_t, e)
#define LOGIC(name, e) LOOP2(name##_u8, uint8_t, uint8_t, e)
#define COMPARE(name, e)                   \
    LOOP2(name##_f64, double, uint8_t, e)  \
    LOOP2(name##_i32, int32_t, uint8_t, e) \
    LOOP2(name##_i64, int64_t, uint8_t, e)
#define TURNED(name, other, e) COMPARE(name, e)
#include "backend/cpu/loops/loops.def"
#undef UNARY
#undef LONG
#undef BINARY
#undef RARE
#undef RARE2
#undef TEST1
#undef UNARY_INT
#undef BINARY_INT
#undef LOGIC
#undef COMPARE
#undef RARE_TEST
#undef OF_ITSELF
#undef TURNED

BY_SIZE(1, uint8_t)
BY_SIZE(2, uint16_t)
BY_SIZE(8, uint64_t)

#define ROW_DOUBLE(name) .f64[CN_LOOP_##name] = name##_f64,
#define ROW_INTS(name) .i32[CN_LOOP_##name] = name##_i32, .i64[CN_LOOP_##name] = name##_i64,
const cn_wide_loops cn_loops_wide = {.select = {[1] = select_1, [2] = select_2, [8] = select_8},
                                     .fill = {[1] = fill_1, [2] = fill_2, [8] = fill_8},
#define UNARY(name, f, d) ROW_DOUBLE(name)
#define LONG UNARY
#define BINARY(name, f, d) ROW_DOUBLE(name)
#define RARE(name, f, d) .f32[CN_LOOP_##name] = name##_f32, ROW_DOUBLE(name)
#define RARE2 RARE
#define TEST1(name, f, d) ROW_DOUBLE(name)
#define RARE_TEST RARE
#define OF_ITSELF TEST1
#define UNARY_INT(name, e) ROW_INTS(name)
#define BINARY_INT(name, e) ROW_INTS(name)
#define COMPARE(name, e) ROW_DOUBLE(name) ROW_INTS(name)
#define TURNED(name, other, e) COMPARE(name, e)
#define LOGIC(name, e) .u8[CN_LOOP_##name] = name##_u8,
#include "backend/cpu/loops/loops.def"
                                     ROW_INTS(floor_divide) ROW_INTS(mod)};
