/* Functions of single precision computed in double and rounded once: those that are rarely hot, or
 * that amplify errors (pow). The cores below are good to 2^-39 and expect arguments in the range of
 * floats. */
#ifndef CN_BACKEND_CPU_VMATH_DOUBLE_H
#define CN_BACKEND_CPU_VMATH_DOUBLE_H

#include "backend/cpu/math/vmath_base.h"

/* exp(x); outside [-110, 110] some value that overflows or vanishes as a float. */
static inline double cn_vd_exp(double x)
{
    const double magic = 0x1.8p52;
    double c = x > 110.0 ? 110.0 : x;
    c = c < -110.0 ? -110.0 : c;
    double shifted = CN_V_FMAD(c, 0x1.71547652b82fep+0, magic), n = shifted - magic;
    double r = CN_V_FMAD(n, -0x1.9ef35793c7673p-41, CN_V_FMAD(n, -0x1.62e42fefa2p-1, c));
    double q = 0x1.9e886bb087743p-16;
    q = CN_V_FMAD(q, r, 0x1.a186317b3d736p-13);
    q = CN_V_FMAD(q, r, 0x1.6c18d57c9e43dp-10);
    q = CN_V_FMAD(q, r, 0x1.1110a1dfd993bp-7);
    q = CN_V_FMAD(q, r, 0x1.5555541c40934p-5);
    q = CN_V_FMAD(q, r, 0x1.5555557e1918ap-3);
    q = CN_V_FMAD(q, r, 0x1.000000005ec58p-1);
    double p = 1.0 + CN_V_FMAD(r * r, q, r);
    return p * cn_vd_double((cn_vd_bits(shifted) << 52) + 0x3ff0000000000000u);
}

/* log(u) for normal u > 0: u = 2^k (1 + f), s = f / (2 + f), log(1 + f) = 2 artanh(s). */
static inline double cn_vd_log_core(double u)
{
    const uint64_t root_half = 0x3fe6a09e667f3bcdu;
    uint64_t bits = cn_vd_bits(u);
    uint64_t biased = (bits - root_half + ((uint64_t)1023 << 52)) >> 52; /* k + 1023 */
    double f = cn_vd_double(bits - ((biased - 1023) << 52)) - 1.0;
    double k = cn_vd_double(biased | 0x4330000000000000u) - (0x1p52 + 1023.0);
    double s = f / (2.0 + f), z = s * s;
    double p = 0x1.5876432576a9dp-3;
    p = CN_V_FMAD(p, z, 0x1.732c43fc28a5dp-3);
    p = CN_V_FMAD(p, z, 0x1.c72277028c768p-3);
    p = CN_V_FMAD(p, z, 0x1.24924179e503cp-2);
    p = CN_V_FMAD(p, z, 0x1.999999a28f9c3p-2);
    p = CN_V_FMAD(p, z, 0x1.5555555553976p-1);
    double y = CN_V_FMAD(s * z, p, 2.0 * s);
    return CN_V_FMAD(k, 0x1.62e42fefa39efp-1, y);
}

/* log(x) with the special values of C99. */
static inline double cn_vd_log(double x)
{
    double y = cn_vd_log_core(x);
    y = x < INFINITY ? y : x;
    y = x < 0.0 ? NAN : y;
    return x == 0.0 ? -INFINITY : y;
}

/* log(1 + t) for t >= 0, or -1 < t: relative accuracy holds down to zero. */
static inline double cn_vd_log1p(double t)
{
    double u = 1.0 + t, lost = t - (u - 1.0);
    return cn_vd_log_core(u) + lost / u;
}

static inline float cn_v_log2(float x)
{
    return (float)(cn_vd_log(x) * 0x1.71547652b82fep+0);
}

static inline float cn_v_log10(float x)
{
    return (float)(cn_vd_log(x) * 0x1.bcb7b1526e50ep-2);
}

static inline float cn_v_sinh(float x)
{
    double a = cn_vd_abs(x), e = cn_vd_exp(a), u = a * a;
    double p = 0x1.7a15b501c0c6fp-19;
    p = CN_V_FMAD(p, u, 0x1.9ffe9269aa16cp-13);
    p = CN_V_FMAD(p, u, 0x1.111134fb9df09p-7);
    p = CN_V_FMAD(p, u, 0x1.5555551b3ac99p-3);
    double near = CN_V_FMAD(a * u, p, a), far = 0.5 * (e - 1.0 / e);
    return (float)cn_vd_with_sign(a < 1.0 ? near : far, x);
}

static inline float cn_v_cosh(float x)
{
    double e = cn_vd_exp(cn_vd_abs(x));
    return (float)(0.5 * (e + 1.0 / e));
}

static inline float cn_v_asinh(float x)
{
    double a = cn_vd_abs(x), square = a * a;
    double y = cn_vd_log1p(a + square / (1.0 + sqrt(square + 1.0)));
    return (float)cn_vd_with_sign(a < INFINITY ? y : a, x);
}

static inline float cn_v_acosh(float x)
{
    double d = x, s = d - 1.0, y = cn_vd_log1p(s + sqrt(s * (d + 1.0)));
    y = d < INFINITY ? y : d;
    return (float)(d < 1.0 ? NAN : y);
}

static inline float cn_v_atanh(float x)
{
    double a = cn_vd_abs(x), y = 0.5 * cn_vd_log1p(2.0 * a / (1.0 - a));
    float inside = (float)cn_vd_with_sign(y, x), edge = a > 1.0 ? NAN : x * INFINITY;
    return a < 1.0 ? inside : edge;
}

static inline float cn_v_cbrt(float x)
{
    /* The logarithms of zero and infinity come out finite, but far enough out. */
    double y = cn_vd_exp(cn_vd_log_core(cn_vd_abs(x)) * (1.0 / 3.0));
    return x == x ? (float)cn_vd_with_sign(y, x) : x;
}

/* erfc: 1 - erf near zero, exp(-a^2) times a polynomial in (a - 3) / (a + 3) for the rest. */
static inline float cn_v_erfc(float x)
{
    double d = x, a = cn_vd_abs(d), u = d * d;
    double q = 0x1.4f67p-14;
    q = CN_V_FMAD(q, u, -0x1.a60a2ep-11);
    q = CN_V_FMAD(q, u, 0x1.544a1ap-8);
    q = CN_V_FMAD(q, u, -0x1.b8011ap-6);
    q = CN_V_FMAD(q, u, 0x1.ce2d64p-4);
    q = CN_V_FMAD(q, u, -0x1.812740p-2);
    q = CN_V_FMAD(q, u, 0x1.06eba8p-3);
    double near = 1.0 - CN_V_FMAD(d, q, d);
    double c = a > 10.3 ? 10.3 : a, t = (c - 3.0) / (c + 3.0);
    double p = 0x1.f462d62313c8cp-15;
    p = CN_V_FMAD(p, t, 0x1.1e4aa5ab218dep-15);
    p = CN_V_FMAD(p, t, -0x1.38bb125fbceaap-11);
    p = CN_V_FMAD(p, t, 0x1.7515b2830d81dp-11);
    p = CN_V_FMAD(p, t, 0x1.17c8ca49a6c7ap-8);
    p = CN_V_FMAD(p, t, -0x1.8fa820b41d9f7p-6);
    p = CN_V_FMAD(p, t, 0x1.258b12b669467p-4);
    p = CN_V_FMAD(p, t, -0x1.336ff6779dc0bp-3);
    p = CN_V_FMAD(p, t, 0x1.f6ff2031130fdp-3);
    p = CN_V_FMAD(p, t, -0x1.4e102ba9e86c0p-2);
    p = CN_V_FMAD(p, t, 0x1.6e9827d284405p-3);
    double tail = cn_vd_exp(-c * c) * p, far = d < 0.0 ? 2.0 - tail : tail;
    return (float)(a < 0.5 ? near : far);
}

/* |y| is first brought where one half of it can be rounded; from 2^24 on every float is even.
 * 0: y is an even number, 1: an odd one, between: no whole number. */
static inline float cn_vd_oddness(double y)
{
    const double magic = 0x1.8p52;
    double a = cn_vd_abs(y), half = 0.5 * (a > 0x1p25 ? 0x1p25 : a);
    return (float)(2.0 * cn_vd_abs(half - ((half + magic) - magic)));
}

/* pow with the special values of C99. Infinite exponents and logarithms become merely huge ones, so
 * that their product with zero is zero; what is not covered by that is chosen at the end, in single
 * precision. */
static inline float cn_v_pow(float x, float y)
{
    double a = cn_vd_abs(x), e = y;
    e = e > 0x1p200 ? 0x1p200 : e;
    e = e < -0x1p200 ? -0x1p200 : e;
    double l = cn_vd_log_core(a);
    l = a > 0x1p128 ? 0x1p800 : l;
    l = a < 0x1p-150 ? -0x1p800 : l;
    float r = (float)cn_vd_exp(e * l), odd = cn_vd_oddness(y);
    /* The sign of x where odd is 1; a comparison here would make gcc branch. */
    uint32_t is_odd = (cn_v_bits(odd) + 0x00800000u) << 1 & 0x80000000u;
    r = cn_v_float(cn_v_bits(r) ^ (is_odd & cn_v_bits(x)));
    float fraction = odd * (1.0f - odd);
    fraction = x < 0.0f ? fraction : 0.0f;
    fraction = x > -INFINITY ? fraction : 0.0f;
    r = fraction > 0.0f ? NAN : r;
    r = x == x ? r : x;
    r = x == 1.0f ? 1.0f : r;
    return y == 0.0f ? 1.0f : r;
}

#endif
