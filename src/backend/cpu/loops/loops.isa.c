/* The float32 loops of loops.def, compiled for each instruction set. */
#include <string.h>

#include "backend/cpu/loops/loops_template.h"
#include "backend/cpu/math/vmath.h"

/* A long expression stands there once, for whole vectors: what is left over is put into one. */
enum { MOST_LANES = 16 };
static __attribute__((noinline)) void copy_rest(float *to, const float *from, size_t n)
{
    memcpy(to, from, n * sizeof *to);
}
#define LONG_LOOP(name, e)                                                          \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        size_t vectors = n / MOST_LANES, left = n % MOST_LANES;                     \
        float *y = out, *end = y + (n - left), rest[MOST_LANES] = {0};              \
        const float *px = in[0];                                                    \
        (void)attrs;                                                                \
        copy_rest(rest, px + (n - left), left);                                     \
        for (;;) {                                                                  \
            APART for (size_t i = 0; i < vectors * MOST_LANES; i++)                 \
            {                                                                       \
                const float x = px[i];                                              \
                y[i] = (e);                                                         \
            }                                                                       \
            if (y == rest || !left)                                                 \
                break;                                                              \
            px = y = rest;                                                          \
            vectors = 1;                                                            \
        }                                                                           \
        copy_rest(end, rest, left);                                                 \
    }

#define UNARY(name, f, d) LOOP1(name##_f32, float, float, f)
#define LONG(name, f, d) LONG_LOOP(name##_f32, f)
#define BINARY(name, f, d) LOOP2(name##_f32, float, float, f)
#define TEST1(name, f, d) LOOP1(name##_f32, float, uint8_t, f)
/* Not inlined into those that are another's loop. */
#define COMPARE(name, e) __attribute__((noinline)) LOOP2(name##_f32, float, uint8_t, e)
#define ANOTHER(name, other, i, j)                                                        \
    static void name##_f32(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                                     \
        other##_f32(out, (const void *[]){in[i], in[j]}, n, attrs);                       \
    }
#define TURNED(name, other, e) ANOTHER(name, other, 1, 0)
#define OF_ITSELF(name, other, d) ANOTHER(name, other, 0, 0)
#define RARE NO_LOOP
#define RARE_TEST NO_LOOP
#define RARE2 NO_LOOP
#define UNARY_INT NO_LOOP
#define BINARY_INT NO_LOOP
#define LOGIC NO_LOOP
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
#undef RARE_TEST
#undef COMPARE
#undef TURNED
#undef OF_ITSELF

BY_SIZE(4, uint32_t)

static void adam(void *out, const void *const *in, size_t n, const void *attrs)
{
    const float *g = in[0], *m = in[1], *rate_1 = in[2], *v = in[3], *rate_2 = in[4];
    const float *epsilon = in[5], *alpha = in[6], *w = in[7];
    float *new_m = (float *)in[8], *new_v = (float *)in[9], *y = out;
    (void)attrs;
    APART for (size_t i = 0; i < n; i++)
    {
        const float mean = m[i] + (g[i] - m[i]) * rate_1[i];
        const float square = v[i] + (g[i] * g[i] - v[i]) * rate_2[i];
        const float next = w[i] - mean * alpha[i] / (sqrtf(square) + epsilon[i]);
        new_m[i] = mean;
        new_v[i] = square;
        y[i] = next;
    }
}

#define ROW(name, ...) [CN_LOOP_##name] = name##_f32,
const cn_loops CN_ISA_SYMBOL(cn_loops) = {
    .f32 =
        {
#define UNARY ROW
#define LONG ROW
#define BINARY ROW
#define TEST1 ROW
#define COMPARE ROW
#define TURNED ROW
#define OF_ITSELF ROW
#define RARE_TEST NO_LOOP
#define RARE NO_LOOP
#define RARE2 NO_LOOP
#define UNARY_INT NO_LOOP
#define BINARY_INT NO_LOOP
#define LOGIC NO_LOOP
#include "backend/cpu/loops/loops.def"
        },
    .select = select_4,
    .fill = fill_4,
    .adam = adam,
};
