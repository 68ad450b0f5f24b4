/* One vector of floats, for a NAME.isa.c: as many as the instruction set has lanes, or the `n` that
 * are left at the end of an array. */
#ifndef CN_BACKEND_CPU_LANES_H
#define CN_BACKEND_CPU_LANES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#if defined(CN_ISA) && defined(__SSE2__)
#include <immintrin.h>
#endif

#include "backend/cpu/isa.h"

enum { LANES = CN_VECTOR_BYTES / sizeof(float) };

typedef float lanes __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef float loose_lanes __attribute__((vector_size(CN_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t lane_bits __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef double double_lanes __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef int64_t double_lane_bits __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef uint16_t lane_halves __attribute__((vector_size(CN_VECTOR_BYTES / 2)));
typedef uint16_t loose_halves
    __attribute__((vector_size(CN_VECTOR_BYTES / 2), aligned(2), may_alias));

/* The first n <= LANES of a vector, without a branch where there are masks. */
#if CN_VECTOR_BYTES == 64
static inline lanes load_some(const float *from, ptrdiff_t n)
{
    return (lanes)_mm512_maskz_loadu_ps((__mmask16)((1 << n) - 1), from);
}

static inline void store_some(float *to, lanes v, ptrdiff_t n)
{
    _mm512_mask_storeu_ps(to, (__mmask16)((1 << n) - 1), (__m512)v);
}
#elif CN_VECTOR_BYTES == 32
static inline __m256i first_lanes(ptrdiff_t n)
{
    return (__m256i)((lane_bits){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)n);
}

static inline lanes load_some(const float *from, ptrdiff_t n)
{
    return (lanes)_mm256_maskload_ps(from, first_lanes(n));
}

static inline void store_some(float *to, lanes v, ptrdiff_t n)
{
    _mm256_maskstore_ps(to, first_lanes(n), (__m256)v);
}
#else
static inline lanes load_some(const float *from, ptrdiff_t n)
{
    lanes v = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        v[i] = from[i];
    return v;
}

static inline void store_some(float *to, lanes v, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        to[i] = v[i];
}
#endif

static inline lanes load_lanes(const float *from, ptrdiff_t n)
{
    return n >= LANES ? (lanes) * (const loose_lanes *)from : load_some(from, n);
}

static inline void store_lanes(float *to, lanes v, ptrdiff_t n)
{
    if (n >= LANES)
        *(loose_lanes *)to = v;
    else
        store_some(to, v, n);
}

/* Lane by lane: where the mask is all ones a, where it is zero b. */
static inline lanes choose_lanes(lane_bits mask, lanes a, lanes b)
{
    return (lanes)((mask & (lane_bits)a) | (~mask & (lane_bits)b));
}

/* The larger of a bound and each lane, with one instruction where there is one that lets a NaN
 * stay: it gives its second operand where a comparison fails. */
#ifdef __SSE2__
#if CN_VECTOR_BYTES == 64
#define CN_OF_WIDTH(name) _mm512_##name
#elif CN_VECTOR_BYTES == 32
#define CN_OF_WIDTH(name) _mm256_##name
#else
#define CN_OF_WIDTH(name) _mm_##name
#endif
static inline lanes above_lanes(lanes bound, lanes x)
{
    return (lanes)CN_OF_WIDTH(max_ps)(bound, x);
}

static inline double_lanes relu_double_lanes(double_lanes x)
{
    return (double_lanes)CN_OF_WIDTH(max_pd)(CN_OF_WIDTH(setzero_pd)(), x);
}
#else
static inline lanes above_lanes(lanes bound, lanes x)
{
    return choose_lanes(x < bound, bound, x);
}

static inline double_lanes relu_double_lanes(double_lanes x)
{
    return (double_lanes)((double_lane_bits)x & ~(x < 0));
}
#endif

static inline lanes relu_lanes(lanes x)
{
    return above_lanes((lanes){0}, x);
}

/* sqrtf of each lane, the same bits. The units for roots and for quotients are one, and slow: with
 * AVX-512 an estimate is refined beside it, by what multiplies (P. Markstein, "IA-64 and Elementary
 * Functions", 2000: the last step, of a root and half its reciprocal that are nearly exact, rounds
 * as the root does). Not where it has no estimate, or the rest of so small a root would be zero. */
static inline lanes sqrt_lanes(lanes x)
{
#if CN_VECTOR_BYTES == 64
    enum { LEAST = (127 - 102) << 23, INFINITE = 0x7f800000 }; /* 2^-102 in bits */
    const __m512 half = _mm512_set1_ps(0.5F), v = (__m512)x;
    const __m512i over = _mm512_sub_epi32((__m512i)v, _mm512_set1_epi32(LEAST));
    if (__builtin_expect(_mm512_cmpge_epu32_mask(over, _mm512_set1_epi32(INFINITE - LEAST)), 0))
        return (lanes)_mm512_sqrt_ps(v);
    __m512 estimate = _mm512_rsqrt14_ps(v);
    __m512 root = _mm512_mul_ps(v, estimate), h = _mm512_mul_ps(estimate, half);
    __m512 error = _mm512_fnmadd_ps(root, h, half);
    root = _mm512_fmadd_ps(root, error, root);
    h = _mm512_fmadd_ps(h, error, h);
    return (lanes)_mm512_fmadd_ps(_mm512_fnmadd_ps(root, root, v), h, root);
#elif defined(__SSE2__)
    return (lanes)CN_OF_WIDTH(sqrt_ps)(x);
#else
    for (int i = 0; i < LANES; i++)
        x[i] = sqrtf(x[i]);
    return x;
#endif
}

#endif
