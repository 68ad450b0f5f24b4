/* Nanoseconds per element of the vector mathematics beside the C library. Takes no arguments.
 *
 *     cc -std=c11 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math \
 *         -D_GNU_SOURCE -Isrc bench/kernels/vmath.c -o vmath -lm && ./vmath */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "backend/cpu/math/vmath.h"

enum { N = 4096, ROUNDS = 200 };
static float x[N], y[N];
static volatile float sink;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The best of all rounds, so that other work on the machine counts little. */
static double measure(void (*body)(void))
{
    double best = INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        body();
        double spent = now() - start;
        best = spent < best ? spent : best;
        sink = y[i];
    }
    return best / N;
}

static float sigmoidf(float v)
{
    return 1.0f / (1.0f + expf(-v));
}

static float softplusf(float v)
{
    return fmaxf(v, 0.0f) + log1pf(expf(-fabsf(v)));
}

static float rsqrtf(float v)
{
    return 1.0f / sqrtf(v);
}

#define LOOP(id, call)              \
    static void id(void)            \
    {                               \
        for (int i = 0; i < N; i++) \
            y[i] = call;            \
    }
/* name, the library's function, range of arguments */
/* clang-format off */
#define FUNCTIONS(F) \
    F(exp, expf, -20, 20) F(expm1, expm1f, -5, 5) F(exp2, exp2f, -20, 20) \
    F(log, logf, 0.01f, 100) F(log1p, log1pf, -0.9f, 10) F(log2, log2f, 0.01f, 100) \
    F(log10, log10f, 0.01f, 100) F(tanh, tanhf, -4, 4) F(sigmoid, sigmoidf, -8, 8) \
    F(softplus, softplusf, -8, 8) F(erf, erff, -4, 4) F(erfc, erfcf, -4, 4) \
    F(sin, sinf, -50, 50) F(cos, cosf, -50, 50) F(tan, tanf, -50, 50) F(sinh, sinhf, -5, 5) \
    F(cosh, coshf, -5, 5) F(asin, asinf, -1, 1) F(acos, acosf, -1, 1) F(atan, atanf, -5, 5) \
    F(asinh, asinhf, -5, 5) F(acosh, acoshf, 1, 9) F(atanh, atanhf, -1, 1) F(cbrt, cbrtf, -9, 9) \
    F(rsqrt, rsqrtf, 0.1f, 9)
/* clang-format on */
#define DEFINE(name, library, low, high) \
    LOOP(own_##name, cn_v_##name(x[i])) LOOP(libm_##name, library(x[i]))
FUNCTIONS(DEFINE)
LOOP(own_pow, cn_v_pow(x[i], 1.7f))
LOOP(libm_pow, powf(x[i], 1.7f))
LOOP(own_atan2, cn_v_atan2(x[i], x[N - 1 - i]))
LOOP(libm_atan2, atan2f(x[i], x[N - 1 - i]))

static void row(const char *name, void (*own)(void), void (*library)(void), float low, float high)
{
    for (int i = 0; i < N; i++)
        x[i] = low + (high - low) * (float)(i * 2654435761u % N) / N;
    double mine = measure(own), theirs = measure(library);
    printf("%-9s %7.2f %7.2f %6.1fx\n", name, mine, theirs, theirs / mine);
}

int main(void)
{
    printf("%-9s %7s %7s   (ns per element)\n", "", "cn_v", "libm");
#define ROW(name, library, low, high) row(#name, own_##name, libm_##name, low, high);
    FUNCTIONS(ROW)
    row("pow", own_pow, libm_pow, 0.1f, 9);
    row("atan2", own_atan2, libm_atan2, -5, 5);
    return 0;
}
