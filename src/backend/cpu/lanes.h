/* One vector of floats, for a NAME.isa.c: as many as the instruction set has lanes, or the `n` that
 * are left at the end of an array. */
#ifndef CN_BACKEND_CPU_LANES_H
#define CN_BACKEND_CPU_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "backend/cpu/isa.h"

enum { LANES = CN_VECTOR_BYTES / sizeof(float) };

typedef float lanes __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef float loose_lanes __attribute__((vector_size(CN_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t lane_bits __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef uint16_t lane_halves __attribute__((vector_size(CN_VECTOR_BYTES / 2)));
typedef uint16_t loose_halves
    __attribute__((vector_size(CN_VECTOR_BYTES / 2), aligned(2), may_alias));

static inline lanes load_lanes(const float *from, ptrdiff_t n)
{
    if (n >= LANES)
        return *(const loose_lanes *)from;
    lanes v = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        v[i] = from[i];
    return v;
}

static inline void store_lanes(float *to, lanes v, ptrdiff_t n)
{
    if (n >= LANES)
        *(loose_lanes *)to = v;
    else
        for (ptrdiff_t i = 0; i < n; i++)
            to[i] = v[i];
}

/* Lane by lane: where the mask is all ones a, where it is zero b. */
static inline lanes choose_lanes(lane_bits mask, lanes a, lanes b)
{
    return (lanes)((mask & (lane_bits)a) | (~mask & (lane_bits)b));
}

#endif
