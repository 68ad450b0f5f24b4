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

/* For elements of so many bytes. */
#define BY_SIZE(bytes, type)                                                                  \
    static void select_##bytes(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                                         \
        type *y = out;                                                                        \
        const uint8_t *cond = in[0];                                                          \
        const type *a = in[1], *b = in[2];                                                    \
        (void)attrs;                                                                          \
        APART for (size_t i = 0; i < n; i++)                                                  \
        {                                                                                     \
            y[i] = cond[i] ? a[i] : b[i];                                                     \
        }                                                                                     \
    }                                                                                         \
    static void fill_##bytes(void *out, const void *value, size_t n)                          \
    {                                                                                         \
        type *y = out;                                                                        \
        const type v = *(const type *)value;                                                  \
        for (size_t i = 0; i < n; i++)                                                        \
            y[i] = v;                                                                         \
    }

#endif
