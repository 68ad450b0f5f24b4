/* Trigonometric functions of single precision, computed in double and rounded once.
 *
 * cn_v_sin, cn_v_cos and cn_v_tan reduce their argument with three pieces of pi / 2, which is
 * enough up to |x| = CN_V_TRIG_LIMIT (2^28); beyond it their results mean nothing. The forms over
 * arrays are right everywhere: after the vector loop they hand what lies beyond to the C library.
 */
#ifndef CN_BACKEND_CPU_VMATH_TRIG_H
#define CN_BACKEND_CPU_VMATH_TRIG_H

#include <stddef.h>

#include "backend/cpu/math/vmath_base.h"

#define CN_V_TRIG_LIMIT 0x1p28f

/* x = n pi / 2 + r, |r| <= pi / 4; gives sin(r), cos(r) and bits whose lowest two are those of n.
 */
static inline uint64_t cn_vd_sincos(double x, double *sine, double *cosine)
{
    const double magic = 0x1.8p52;
    double shifted = CN_V_FMAD(x, 0x1.45f306dc9c883p-1, magic), n = shifted - magic;
    double r = CN_V_FMAD(n, -0x1.921fb5p+0, x); /* exact, and so is the next step */
    r = CN_V_FMAD(n, -0x1.110b46p-26, r);
    r = CN_V_FMAD(n, -0x1.1a62633145c07p-54, r);
    double u = r * r;
    double p = 0x1.6cd19d31905d6p-19;
    p = CN_V_FMAD(p, u, -0x1.a00f7dc3e0399p-13);
    p = CN_V_FMAD(p, u, 0x1.11110868a7d02p-7);
    p = CN_V_FMAD(p, u, -0x1.5555554c6f720p-3);
    *sine = r * CN_V_FMAD(p, u, 1.0);
    double q = -0x1.242aaffa339d0p-22;
    q = CN_V_FMAD(q, u, 0x1.a0111f723f52cp-16);
    q = CN_V_FMAD(q, u, -0x1.6c16b897be9a4p-10);
    q = CN_V_FMAD(q, u, 0x1.5555554f4d52bp-5);
    *cosine = CN_V_FMAD(u * u, q, CN_V_FMAD(u, -0.5, 1.0));
    return cn_vd_bits(shifted);
}

/* One of the two, negated where bit 1 of n is set. */
static inline double cn_vd_quadrant(double at_even, double at_odd, uint64_t n)
{
    uint64_t odd = (uint64_t)0 - (n & 1);
    uint64_t bits = (cn_vd_bits(at_even) & ~odd) | (cn_vd_bits(at_odd) & odd);
    return cn_vd_double(bits ^ ((n & 2) << 62));
}

static inline float cn_v_sin(float x)
{
    double sine, cosine;
    uint64_t n = cn_vd_sincos(x, &sine, &cosine);
    return (float)cn_vd_quadrant(sine, cosine, n);
}

static inline float cn_v_cos(float x)
{
    double sine, cosine;
    uint64_t n = cn_vd_sincos(x, &sine, &cosine);
    return (float)cn_vd_quadrant(cosine, sine, n + ((n & 1) << 1));
}

static inline float cn_v_tan(float x)
{
    double sine, cosine;
    uint64_t n = cn_vd_sincos(x, &sine, &cosine) & 1;
    double above = cn_vd_quadrant(sine, cosine, n), below = cn_vd_quadrant(cosine, sine, n);
    return (float)cn_vd_double(cn_vd_bits(above / below) ^ (n << 63));
}

/* y[i] = f(x[i]) for all x; y may be x. */
#define CN_V_TRIG_ARRAY(name, library)                                         \
    static inline void cn_v_##name##_array(size_t n, const float *x, float *y) \
    {                                                                          \
        enum { block = 256 };                                                  \
        float in[block];                                                       \
        for (size_t begin = 0; begin < n; begin += block) {                    \
            size_t count = n - begin < block ? n - begin : block;              \
            memcpy(in, x + begin, count * sizeof *x);                          \
            uint32_t largest = 0;                                              \
            for (size_t i = 0; i < count; i++) {                               \
                uint32_t a = cn_v_bits(in[i]) & 0x7fffffffu;                   \
                largest = a > largest ? a : largest;                           \
                y[begin + i] = cn_v_##name(in[i]);                             \
            }                                                                  \
            for (size_t i = 0; largest > 0x4d800000u && i < count; i++)        \
                if (cn_v_abs(in[i]) > CN_V_TRIG_LIMIT)                         \
                    y[begin + i] = library(in[i]);                             \
        }                                                                      \
    }
CN_V_TRIG_ARRAY(sin, sinf)
CN_V_TRIG_ARRAY(cos, cosf)
CN_V_TRIG_ARRAY(tan, tanf)
#undef CN_V_TRIG_ARRAY

/* atan(z) for 0 <= z <= 1. */
static inline double cn_vd_atan_core(double z)
{
    double u = z * z;
    double p = -0x1.6dec3d6176292p-11;
    p = CN_V_FMAD(p, u, 0x1.42d9295331a76p-8);
    p = CN_V_FMAD(p, u, -0x1.0b0c0335e69eep-6);
    p = CN_V_FMAD(p, u, 0x1.1a6c93f92f5b4p-5);
    p = CN_V_FMAD(p, u, -0x1.be97c837d235dp-5);
    p = CN_V_FMAD(p, u, 0x1.295898006cdd9p-4);
    p = CN_V_FMAD(p, u, -0x1.700b1cb9025c2p-4);
    p = CN_V_FMAD(p, u, 0x1.c66e4b0b06977p-4);
    p = CN_V_FMAD(p, u, -0x1.248a2c92b6b9dp-3);
    p = CN_V_FMAD(p, u, 0x1.999937f075ee0p-3);
    p = CN_V_FMAD(p, u, -0x1.555554873915dp-2);
    return CN_V_FMAD(z * u, p, z);
}

static inline float cn_v_atan(float x)
{
    double a = cn_vd_abs(x), z = a > 1.0 ? 1.0 / a : a, y = cn_vd_atan_core(z);
    return (float)cn_vd_with_sign(a > 1.0 ? 0x1.921fb54442d18p+0 - y : y, x);
}

/* The angle of the point (x, y) with the special values of C99. */
static inline float cn_v_atan2(float y, float x)
{
    double a = cn_vd_abs(x), b = cn_vd_abs(y), d = x;
    double low = a < b ? a : b, high = a < b ? b : a, z = low / high;
    z = low == high ? 1.0 : z; /* infinity over infinity */
    z = high == 0.0 ? 0.0 : z;
    double angle = cn_vd_atan_core(z);
    angle = a < b ? 0x1.921fb54442d18p+0 - angle : angle;
    uint64_t left = (uint64_t)0 - (cn_vd_bits(d) >> 63); /* -0 is left of 0 */
    double mirrored = 0x1.921fb54442d18p+1 - angle;
    angle = cn_vd_double((cn_vd_bits(mirrored) & left) | (cn_vd_bits(angle) & ~left));
    float r = (float)cn_vd_with_sign(angle, y);
    return ((x != x) | (y != y)) ? NAN : r;
}

/* asin(s) for 0 <= s <= 1/2, given u = s^2. */
static inline double cn_vd_asin_core(double s, double u)
{
    double p = 0x1.1beffc6e51534p-5;
    p = CN_V_FMAD(p, u, 0x1.eb671dcabaeeep-8);
    p = CN_V_FMAD(p, u, 0x1.932e68c8d091ap-6);
    p = CN_V_FMAD(p, u, 0x1.ed5ad475b0e21p-6);
    p = CN_V_FMAD(p, u, 0x1.6ddad61b1e7a9p-5);
    p = CN_V_FMAD(p, u, 0x1.3332a9a316a17p-4);
    p = CN_V_FMAD(p, u, 0x1.555556065edcbp-3);
    return CN_V_FMAD(s * u, p, s);
}

static inline float cn_v_asin(float x)
{
    double a = cn_vd_abs(x), u = a > 0.5 ? 0.5 * (1.0 - a) : a * a;
    double y = cn_vd_asin_core(a > 0.5 ? sqrt(u) : a, u);
    return (float)cn_vd_with_sign(a > 0.5 ? 0x1.921fb54442d18p+0 - 2.0 * y : y, x);
}

static inline float cn_v_acos(float x)
{
    double d = x, a = cn_vd_abs(d), u = a > 0.5 ? 0.5 * (1.0 - a) : a * a;
    double y = cn_vd_asin_core(a > 0.5 ? sqrt(u) : a, u);
    double near = 0x1.921fb54442d18p+0 - (d < 0.0 ? -y : y);
    double far = d < 0.0 ? 0x1.921fb54442d18p+1 - 2.0 * y : 2.0 * y;
    return (float)(a > 0.5 ? far : near);
}

#endif
