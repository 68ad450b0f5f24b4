/* The float32 loops of loops.def, compiled for each instruction set. */
#include "backend/cpu/loops/loops_template.h"
#include "backend/cpu/math/vmath.h"

#define UNARY(name, f, d) LOOP1(name##_f32, float, float, f)
#define BINARY(name, f, d) LOOP2(name##_f32, float, float, f)
#define TEST1(name, f, d) LOOP1(name##_f32, float, uint8_t, f)
#define COMPARE(name, e) LOOP2(name##_f32, float, uint8_t, e)
#define RARE NO_LOOP
#define RARE2 NO_LOOP
#define UNARY_INT NO_LOOP
#define BINARY_INT NO_LOOP
#define LOGIC NO_LOOP
#include "backend/cpu/loops/loops.def"
#undef UNARY
#undef BINARY
#undef RARE
#undef RARE2
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

#define ROW(name, ...) [CN_LOOP_##name] = name##_f32,
const cn_loops CN_ISA_SYMBOL(cn_loops) = {
    .f32 =
        {
#define UNARY ROW
#define BINARY ROW
#define TEST1 ROW
#define COMPARE ROW
#define RARE NO_LOOP
#define RARE2 NO_LOOP
#define UNARY_INT NO_LOOP
#define BINARY_INT NO_LOOP
#define LOGIC NO_LOOP
#include "backend/cpu/loops/loops.def"
        },
    .select = {[1] = select_1, [2] = select_2, [4] = select_4, [8] = select_8},
    .fill = {[1] = fill_1, [2] = fill_2, [4] = fill_4, [8] = fill_8},
};
