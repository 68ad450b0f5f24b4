/* What the files of loops share: a loop over one operand, and over two, as functions. */
#ifndef CN_BACKEND_CPU_LOOPS_TEMPLATE_H
#define CN_BACKEND_CPU_LOOPS_TEMPLATE_H

#include <math.h>

#include "backend/cpu/loops/loops.h"

/* The output is an input or apart from it: no need for a second loop, for arrays that overlap. */
#if defined(__GNUC__) && !defined(__clang__)
#define APART _Pragma("GCC ivdep")
#else
#define APART
#endif

#define LOOP1(name, type, out_type, e)                                              \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        out_type *y = out;                                                          \
        const type *px = in[0];                                                     \
        (void)attrs;                                                                \
        APART for (size_t i = 0; i < n; i++)                                        \
        {                                                                           \
            const type x = px[i];                                                   \
            y[i] = (out_type)(e);                                                   \
        }                                                                           \
    }
#define LOOP2(name, type, out_type, e)                                              \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        out_type *y = out;                                                          \
        const type *pa = in[0], *pb = in[1];                                        \
        (void)attrs;                                                                \
        APART for (size_t i = 0; i < n; i++)                                        \
        {                                                                           \
            const type a = pa[i], b = pb[i];                                        \
            y[i] = (out_type)(e);                                                   \
        }                                                                           \
    }
#define NO_LOOP(...)

#endif
