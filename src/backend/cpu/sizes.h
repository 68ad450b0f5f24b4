/* How kernels cut their work. */
#ifndef CN_BACKEND_CPU_SIZES_H
#define CN_BACKEND_CPU_SIZES_H

#include <stddef.h>

static inline ptrdiff_t cn_least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static inline ptrdiff_t cn_most(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* For a >= 0, b > 0. */
static inline ptrdiff_t cn_divide_up(ptrdiff_t a, ptrdiff_t b)
{
    return (a + b - 1) / b;
}

static inline ptrdiff_t cn_round_up(ptrdiff_t a, ptrdiff_t to)
{
    return cn_divide_up(a, to) * to;
}

#endif
