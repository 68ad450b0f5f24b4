/* float16 (IEEE 754 binary16) and bfloat16 to and from float: rounding to nearest, ties to even;
 * NaN stays NaN (quiet, the leading bits of its payload kept); denormals are exact. Free of
 * branches, so that the array forms become vector code. */
#ifndef CN_BASE_HALF_H
#define CN_BASE_HALF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline float cn_half_float_(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint32_t cn_half_bits_(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float cn_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16, rest = half & 0x7fffu;
    /* Exponent and fraction in their new place, the exponent rebiased: 112 = 127 - 15. */
    uint32_t normal = (rest << 13) + (112u << 23);
    uint32_t special = normal + (112u << 23); /* exponent 31 becomes 255 */
    /* A denormal is rest * 2^-24: made exactly by subtracting 2^-14 from 2^-14 + rest * 2^-24. */
    uint32_t denormal = cn_half_bits_(cn_half_float_((113u << 23) | rest << 13) - 0x1p-14f);
    uint32_t bits = rest < 0x0400u ? denormal : normal;
    bits = rest >= 0x7c00u ? special : bits;
    bits |= rest > 0x7c00u ? 0x00400000u : 0;
    return cn_half_float_(bits | sign);
}

static inline uint16_t cn_half_from_float(float x)
{
    uint32_t bits = cn_half_bits_(x), sign = bits >> 16 & 0x8000u, a = bits & 0x7fffffffu;
    /* Normal: half an ulp less one, plus the last bit kept, then cut; a carry moves the exponent.
     */
    uint32_t normal = (a - (112u << 23) + 0x0fffu + (a >> 13 & 1)) >> 13;
    /* Denormal: adding 1/2 makes the float's own rounding stop at 2^-24. */
    uint32_t small = a < 0x38800000u ? a : 0;
    uint32_t denormal = cn_half_bits_(cn_half_float_(small) + 0.5f) - 0x3f000000u;
    uint32_t nan = 0x7e00u | (a >> 13 & 0x01ffu);
    uint32_t half = a < 0x38800000u ? denormal : normal;
    half = a >= 0x477ff000u ? 0x7c00u : half; /* from 65520 on */
    half = a > 0x7f800000u ? nan : half;
    return (uint16_t)(half | sign);
}

static inline float cn_bfloat16_to_float(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    bits |= (half & 0x7fffu) > 0x7f80u ? 0x00400000u : 0;
    return cn_half_float_(bits);
}

static inline uint16_t cn_bfloat16_from_float(float x)
{
    uint32_t bits = cn_half_bits_(x);
    uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1)) >> 16, nan = bits >> 16 | 0x0040u;
    return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? nan : rounded);
}

/* n elements each; source and result must not overlap. */
void cn_half_to_floats(size_t n, const uint16_t *half, float *x);
void cn_half_from_floats(size_t n, const float *x, uint16_t *half);
void cn_bfloat16_to_floats(size_t n, const uint16_t *half, float *x);
void cn_bfloat16_from_floats(size_t n, const float *x, uint16_t *half);

#endif
