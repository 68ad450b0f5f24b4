/* Mathematics of single precision for the insides of kernels: cn_v_exp, cn_v_tanh, ... take and
 * give one float and are branch-free C, so that compilers turn loops over them into vector code
 * (checked: gcc 12 and clang 14, SSE2, AVX2 with FMA, AVX-512).
 *
 * Flags: -O3 -fno-math-errno -fno-trapping-math, and -ffp-contract=off, so that only the
 * multiply-adds written here are fused and a loop's vector body and its scalar rest agree bit for
 * bit. Multiply-adds are fused where the target has them (__FMA__), so the last bit may differ
 * between instruction sets. Nothing needs -ffast-math, which must stay off.
 *
 * Errors, sampled over all bit patterns: exp, log, log1p, tanh and erf stay below 1 ulp, the others
 * below 2; those in vmath_double.h and vmath_trig.h below 0.6. NaN, infinities, signed zeros and
 * denormals come out as C99's Annex F says (exceptions and errno apart). */
#ifndef CN_BACKEND_CPU_VMATH_H
#define CN_BACKEND_CPU_VMATH_H

#include "backend/cpu/math/vmath_double.h"
#include "backend/cpu/math/vmath_exp.h"
#include "backend/cpu/math/vmath_trig.h"

#endif
