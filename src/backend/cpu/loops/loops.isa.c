/* The float32 loops of loops.def, compiled for each instruction set. */
#include <string.h>

#include "backend/cpu/lanes.h"
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

typedef struct adam_numbers {
    float rate_1, rate_2, epsilon, alpha;
} adam_numbers;

/* Lanes of a step of Adam: n <= LANES weights from the i-th on. */
static inline void adam_lanes(const adam_numbers *by, const float *const *in, float *const *out,
                              size_t i, ptrdiff_t n)
{
    const lanes grad = load_lanes(in[0] + i, n), m = load_lanes(in[1] + i, n);
    const lanes v = load_lanes(in[2] + i, n), w = load_lanes(in[3] + i, n);
    const lanes mean = m + (grad - m) * by->rate_1;
    const lanes square = v + (grad * grad - v) * by->rate_2;
    store_lanes(out[0] + i, mean, n);
    store_lanes(out[1] + i, square, n);
    store_lanes(out[2] + i, w - mean * by->alpha / (sqrt_lanes(square) + by->epsilon), n);
}

static void adam(void *out, const void *const *in, size_t n, const void *attrs)
{
    const float *const from[] = {in[0], in[1], in[3], in[7]};
    float *const to[] = {(float *)in[8], (float *)in[9], out};
    const adam_numbers by = {*(const float *)in[2], *(const float *)in[4], *(const float *)in[5],
                             *(const float *)in[6]};
    size_t i = 0;
    (void)attrs;
    for (; i + LANES <= n; i += LANES)
        adam_lanes(&by, from, to, i, LANES);
    if (i < n)
        adam_lanes(&by, from, to, i, (ptrdiff_t)(n - i));
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
