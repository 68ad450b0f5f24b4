/* What every function of vmath.h stands on: bits of numbers, sign, rounding, multiply-add. All of
 * it is branch-free, so that a loop over it becomes vector code. */
#ifndef CN_BACKEND_CPU_VMATH_BASE_H
#define CN_BACKEND_CPU_VMATH_BASE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined __FMA__ || defined __ARM_FEATURE_FMA
#define CN_V_FMA(a, b, c) fmaf(a, b, c)
#define CN_V_FMAD(a, b, c) fma(a, b, c)
#else
#define CN_V_FMA(a, b, c) ((a) * (b) + (c))
#define CN_V_FMAD(a, b, c) ((a) * (b) + (c))
#endif

static inline uint32_t cn_v_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float cn_v_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t cn_vd_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double cn_vd_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float cn_v_abs(float x)
{
    return cn_v_float(cn_v_bits(x) & 0x7fffffffu);
}

/* `magnitude` must not be negative. */
static inline float cn_v_with_sign(float magnitude, float sign)
{
    return cn_v_float(cn_v_bits(magnitude) | (cn_v_bits(sign) & 0x80000000u));
}

static inline double cn_vd_abs(double x)
{
    return cn_vd_double(cn_vd_bits(x) & 0x7fffffffffffffffu);
}

static inline double cn_vd_with_sign(double magnitude, double sign)
{
    return cn_vd_double(cn_vd_bits(magnitude) | (cn_vd_bits(sign) & 0x8000000000000000u));
}

/* Where the machine has rounding instructions the library's names compile to them; elsewhere adding
 * 1.5 * 2^23 pushes the fraction out of the significand. From 2^23 on every float is whole. */
#if defined __SSE4_1__ || defined __aarch64__
static inline float cn_v_rint(float x)
{
    return rintf(x);
}

static inline float cn_v_floor(float x)
{
    return floorf(x);
}

static inline float cn_v_ceil(float x)
{
    return ceilf(x);
}

static inline float cn_v_trunc(float x)
{
    return truncf(x);
}
#else
static inline float cn_v_rint(float x)
{
    const float magic = 0x1p23f;
    float a = cn_v_abs(x), r = (a + magic) - magic;
    return cn_v_with_sign(a < magic ? r : a, x);
}

static inline float cn_v_trunc(float x)
{
    float a = cn_v_abs(x), r = cn_v_rint(a);
    return cn_v_with_sign(r > a ? r - 1.0f : r, x);
}

static inline float cn_v_floor(float x)
{
    float r = cn_v_rint(x), down = r - 1.0f;
    return r > x ? down : r;
}

static inline float cn_v_ceil(float x)
{
    return -cn_v_floor(-x);
}
#endif

/* 1 / sqrt(x), each step rounded once. */
static inline float cn_v_rsqrt(float x)
{
    return 1.0f / sqrtf(x);
}

#endif
