/* The functions that activations and losses are made of, in float arithmetic throughout: exp and
 * log, and what they give. Coefficients are minimax fits, rounded to float one after the other. */
#ifndef CN_BACKEND_CPU_VMATH_EXP_H
#define CN_BACKEND_CPU_VMATH_EXP_H

#include "backend/cpu/math/vmath_base.h"

#define CN_V_LN2_HI 0x1.62ep-1f /* 13 bits: whole multiples up to 2^11 are exact */
#define CN_V_LN2_LO 0x1.0bfbe8p-15f

/* x = n ln 2 + r with |r| <= ln 2 / 2. `shifted` is n + 1.5 * 2^23, so that n stands in its low
 * bits. */
static inline float cn_v_exp_split(float x, float *r, float *tail)
{
    const float magic = 0x1.8p23f;
    float shifted = CN_V_FMA(x, 0x1.715476p+0f, magic);
    float n = shifted - magic;
    float hi = CN_V_FMA(n, -CN_V_LN2_HI, x), lo = n * CN_V_LN2_LO;
    *r = hi - lo;
    *tail = (hi - *r) - lo;
    return shifted;
}

/* (exp(r) - 1 - r) / r^2 */
static inline float cn_v_exp_poly(float r)
{
    float q = 0x1.6adad4p-10f;
    q = CN_V_FMA(q, r, 0x1.123f5ap-7f);
    q = CN_V_FMA(q, r, 0x1.55584cp-5f);
    q = CN_V_FMA(q, r, 0x1.55548ap-3f);
    return CN_V_FMA(q, r, 0x1.fffffcp-2f);
}

/* exp(x) for |x| < 80, where no intermediate can overflow or lose bits. */
static inline float cn_v_exp_small(float x)
{
    float r, tail, shifted = cn_v_exp_split(x, &r, &tail);
    float p = 1.0f + (r + CN_V_FMA(r * r, cn_v_exp_poly(r), tail));
    return p * cn_v_float((cn_v_bits(shifted) << 23) + 0x3f800000u);
}

static inline float cn_v_exp(float x)
{
    float c = x > 89.0f ? 89.0f : x;
    c = c < -104.0f ? -104.0f : c;
    float r, tail, shifted = cn_v_exp_split(c, &r, &tail);
    float p = 1.0f + (r + CN_V_FMA(r * r, cn_v_exp_poly(r), tail));
    /* 2^n in two factors: n reaches from -150 (denormals, rounded once) to 128. */
    uint32_t n = cn_v_bits(shifted) - 0x4b400000u + 256, half = n >> 1;
    return p * cn_v_float((half - 1) << 23) * cn_v_float((n - half - 1) << 23);
}

static inline float cn_v_expm1(float x)
{
    float c = x > 89.0f ? 89.0f : x;
    c = c < -30.0f ? -30.0f : c;
    float r, tail, shifted = cn_v_exp_split(c, &r, &tail);
    float q = 0x1.6bd1c8p-13f;
    q = CN_V_FMA(q, r, 0x1.6d40fap-10f);
    q = CN_V_FMA(q, r, 0x1.1137020p-7f);
    q = CN_V_FMA(q, r, 0x1.5554f2p-5f);
    q = CN_V_FMA(q, r, 0x1.55553cp-3f);
    q = CN_V_FMA(q, r, 0.5f);
    q = r + CN_V_FMA(r * r, q, tail);
    /* 2^n may overflow where the result does not: half of both. */
    float scale = cn_v_float((cn_v_bits(shifted) << 23) + 0x3f000000u);
    float y = 2.0f * CN_V_FMA(scale, q, scale - 0.5f);
    return cn_v_abs(x) < 0x1p-30f ? x : y;
}

static inline float cn_v_exp2(float x)
{
    const float magic = 0x1.8p23f;
    float c = x > 129.0f ? 129.0f : x;
    c = c < -151.0f ? -151.0f : c;
    float shifted = c + magic, r = c - (shifted - magic);
    float q = 0x1.df1296p-17f;
    q = CN_V_FMA(q, r, 0x1.43f398p-13f);
    q = CN_V_FMA(q, r, 0x1.5da64ap-10f);
    q = CN_V_FMA(q, r, 0x1.3b2a74p-7f);
    q = CN_V_FMA(q, r, 0x1.c6b06ep-5f);
    q = CN_V_FMA(q, r, 0x1.ebfbe0p-3f);
    q = CN_V_FMA(q, r, 0x1.62e430p-1f);
    float p = CN_V_FMA(q, r, 1.0f);
    uint32_t n = cn_v_bits(shifted) - 0x4b400000u + 256, half = n >> 1;
    return p * cn_v_float((half - 1) << 23) * cn_v_float((n - half - 1) << 23);
}

/* log(u) + extra for normal u > 0, with u = 2^(k - scaled) (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
 */
static inline float cn_v_log_core(float u, float scaled, float extra)
{
    uint32_t bits = cn_v_bits(u);
    int32_t k = (int32_t)(bits - 0x3f3504f3u) >> 23;
    float f = cn_v_float(bits - ((uint32_t)k << 23)) - 1.0f;
    float n = (float)k - scaled;
    float p = 0x1.b5a8aep-5f;
    p = CN_V_FMA(p, f, -0x1.bf29d4p-4f);
    p = CN_V_FMA(p, f, 0x1.eff0cap-4f);
    p = CN_V_FMA(p, f, -0x1.0103e0p-3f);
    p = CN_V_FMA(p, f, 0x1.23036cp-3f);
    p = CN_V_FMA(p, f, -0x1.552f18p-3f);
    p = CN_V_FMA(p, f, 0x1.99a540p-3f);
    p = CN_V_FMA(p, f, -0x1.000070p-2f);
    p = CN_V_FMA(p, f, 0x1.555548p-2f);
    /* The two largest terms are added exactly: n ln2_hi is exact, and `lost` is what their sum
     * drops. */
    float big = n * CN_V_LN2_HI, sum = big + f, lost = f - (sum - big);
    float square = f * f;
    float small = CN_V_FMA(n, CN_V_LN2_LO, lost) + extra;
    small = CN_V_FMA(square * f, p, small);
    return sum + CN_V_FMA(square, -0.5f, small);
}

static inline float cn_v_log(float x)
{
    float up = x * 0x1p23f;
    float u = x < 0x1p-126f ? up : x, scaled = x < 0x1p-126f ? 23.0f : 0.0f;
    float y = cn_v_log_core(u, scaled, 0.0f);
    y = x < INFINITY ? y : x; /* infinity and NaN */
    y = x < 0.0f ? NAN : y;
    return x == 0.0f ? -INFINITY : y;
}

static inline float cn_v_log1p(float x)
{
    float u = 1.0f + x;
    float from_x = x - (u - 1.0f), from_one = 1.0f - (u - x);
    float lost = x > 1.0f ? from_one : from_x; /* 1 + x = u + lost */
    float y = cn_v_log_core(u, 0.0f, lost / u);
    y = cn_v_abs(x) < 0x1p-25f ? x : y; /* also keeps the sign of zero */
    y = x < INFINITY ? y : x;
    y = x < -1.0f ? NAN : y;
    return x == -1.0f ? -INFINITY : y;
}

/* 1 - 2 / (exp(2 c) + 1), with what exp and the sum drop carried along; 0.5 < c <= 10. */
static inline float cn_v_tanh_far(float c)
{
    float r, tail, shifted = cn_v_exp_split(2.0f * c, &r, &tail);
    float t = r + CN_V_FMA(r * r, cn_v_exp_poly(r), tail), p = 1.0f + t;
    float scale = cn_v_float((cn_v_bits(shifted) << 23) + 0x3f800000u);
    float e = p * scale, d = e + 1.0f;
    float lost = CN_V_FMA(t - (p - 1.0f), scale, 1.0f - (d - e));
    float z = 2.0f / d, y = 1.0f - z;
    return y + CN_V_FMA(z * z, 0.5f * lost, (1.0f - y) - z);
}

static inline float cn_v_tanh(float x)
{
    float a = cn_v_abs(x), u = x * x;
    float p = -0x1.750ce4p-8f;
    p = CN_V_FMA(p, u, 0x1.51f8cep-6f);
    p = CN_V_FMA(p, u, -0x1.b835a4p-5f);
    p = CN_V_FMA(p, u, 0x1.1106f6p-3f);
    p = CN_V_FMA(p, u, -0x1.555532p-2f);
    float near = CN_V_FMA(a * u, p, a);
    float far = cn_v_tanh_far(a > 10.0f ? 10.0f : a); /* from 9.02 on the result rounds to 1 */
    return cn_v_with_sign(a < 0.625f ? near : far, x);
}

/* 1 / (1 + exp(-x)), where exp(-x) is scale * (1 + q). Both terms are 2^64 times smaller, so that
 * exp(104) is a float; below -104 the result is zero, above 40 it is one. What the sum of two
 * powers of two cannot hold goes with the small term. */
static inline float cn_v_sigmoid(float x)
{
    const float magic = 0x1.8p23f, one = 0x1p-64f;
    float c = x > 40.0f ? 40.0f : x;
    c = c < -104.0f ? -104.0f : c;
    float shifted = CN_V_FMA(c, -0x1.715476p+0f, magic), n = shifted - magic;
    float r = CN_V_FMA(n, -CN_V_LN2_LO, CN_V_FMA(n, -CN_V_LN2_HI, -c));
    float q = CN_V_FMA(r * r, cn_v_exp_poly(r), r);
    float scale = cn_v_float((cn_v_bits(shifted) << 23) + ((127u - 64) << 23));
    float sum = one + scale, lost = one - (sum - scale);
    return one / (sum + CN_V_FMA(scale, q, lost));
}

/* log(1 + exp(x)) */
static inline float cn_v_softplus(float x)
{
    float positive = x < 0.0f ? 0.0f : x;
    return positive + cn_v_log1p(cn_v_exp(-cn_v_abs(x)));
}

static inline float cn_v_erf(float x)
{
    float a = cn_v_abs(x), u = x * x;
    float q = 0x1.49fb0cp-14f;
    q = CN_V_FMA(q, u, -0x1.a4d074p-11f);
    q = CN_V_FMA(q, u, 0x1.54318ap-8f);
    q = CN_V_FMA(q, u, -0x1.b7ff90p-6f);
    q = CN_V_FMA(q, u, 0x1.ce2d5cp-4f);
    q = CN_V_FMA(q, u, -0x1.812740p-2f);
    q = CN_V_FMA(q, u, 0x1.06eba8p-3f);
    float near = CN_V_FMA(a, q, a);
    /* Farther out erf(a) = 1 - erfc(1) exp(-t g(t)), t = a - 1; from 3.92 on the result rounds
     * to 1. */
    float t = (a > 4.0f ? 4.0f : a) - 1.0f;
    float g = -0x1.b63d80p-13f;
    g = CN_V_FMA(g, t, 0x1.f578f4p-10f);
    g = CN_V_FMA(g, t, -0x1.47c2cap-7f);
    g = CN_V_FMA(g, t, 0x1.547658p-5f);
    g = CN_V_FMA(g, t, 0x1.afab96p-1f);
    g = CN_V_FMA(g, t, 0x1.51c9b0p+1f);
    float far = CN_V_FMA(-0x1.422616p-3f, cn_v_exp_small(-t * g), 1.0f);
    return cn_v_with_sign(a < 0.84375f ? near : far, x);
}

#endif
