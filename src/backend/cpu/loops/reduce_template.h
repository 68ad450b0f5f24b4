/* What the files of reductions share: the four functions of a reducer, for any type and step. */
#ifndef CN_BACKEND_CPU_REDUCE_TEMPLATE_H
#define CN_BACKEND_CPU_REDUCE_TEMPLATE_H

#include <math.h>
#include <stdint.h>

#include "backend/cpu/loops/reduce.h"

/* WIDE accumulators side by side keep the adders busy. After BLOCK numbers each is added to another
 * level of them, so that rounding errors stay small; rows of up to COLUMNS are summed so, too. */
enum { WIDE = 64, BLOCK = 32, COLUMNS = 1024, ABREAST = 16 };

#define SUM(a, v) ((a) + (v))
#define PROD(a, v) ((a) * (v))
#define MAX(a, v) ((v) != (v) ? (v) : (v) > (a) ? (v) : (a))
#define MIN(a, v) ((v) != (v) ? (v) : (v) < (a) ? (v) : (a))
#define ANY(a, v) ((a) | ((v) != 0))
#define ALL(a, v) ((a) & ((v) != 0))

#define START(name, type, first)                     \
    static void name##_start(void *acc, ptrdiff_t n) \
    {                                                \
        for (ptrdiff_t i = 0; i < n; i++)            \
            ((type *)acc)[i] = (first);              \
    }

/* Number i goes to accumulator i mod WIDE; these are then joined in halves. */
#define FOLD(name, type, step)                                          \
    static void name##_join(type *to, const type *from, ptrdiff_t n)    \
    {                                                                   \
        for (ptrdiff_t i = 0; i < n; i++)                               \
            to[i] = (type)step(to[i], from[i]);                         \
    }                                                                   \
    static void name##_fold(void *acc, const void *from, ptrdiff_t n)   \
    {                                                                   \
        const type *x = from;                                           \
        type total = *(type *)acc, wide[WIDE], all[WIDE];               \
        ptrdiff_t i = 0;                                                \
        if (n >= WIDE)                                                  \
            name##_start(all, WIDE);                                    \
        while (i + WIDE <= n) {                                         \
            name##_start(wide, WIDE);                                   \
            for (int b = 0; b < BLOCK && i + WIDE <= n; b++, i += WIDE) \
                for (int k = 0; k < WIDE; k++)                          \
                    wide[k] = (type)step(wide[k], x[i + k]);            \
            name##_join(all, wide, WIDE);                               \
        }                                                               \
        for (int half = n >= WIDE ? WIDE / 2 : 0; half; half /= 2)      \
            name##_join(all, all + half, half);                         \
        if (n >= WIDE)                                                  \
            total = (type)step(total, all[0]);                          \
        for (; i < n; i++)                                              \
            total = (type)step(total, x[i]);                            \
        *(type *)acc = total;                                           \
    }

/* Short rows side by side, each in its own order. */
#define FOLDS(name, type, step)                                                             \
    static void name##_folds(void *to, const void *from, ptrdiff_t count, ptrdiff_t stride, \
                             ptrdiff_t n)                                                   \
    {                                                                                       \
        type *y = to;                                                                       \
        const type *x = from;                                                               \
        name##_start(to, count);                                                            \
        for (; count >= ABREAST && n < WIDE; count -= ABREAST, y += ABREAST) {              \
            type part[ABREAST];                                                             \
            name##_start(part, ABREAST);                                                    \
            for (ptrdiff_t i = 0; i < n; i++)                                               \
                for (int k = 0; k < ABREAST; k++)                                           \
                    part[k] = (type)step(part[k], x[k * stride + i]);                       \
            for (int k = 0; k < ABREAST; k++)                                               \
                y[k] = part[k];                                                             \
            x += ABREAST * stride;                                                          \
        }                                                                                   \
        for (; count > 0; count--, x += stride)                                             \
            name##_fold(y++, x, n);                                                         \
    }

/* Four rows at a time, so that acc is read and written less often. Short rows that lie one after
 * the other are read as fewer long ones. */
#define ROWS(name, type, step)                                                                   \
    static void name##_long_rows(type *restrict acc, const type *x, ptrdiff_t count,             \
                                 ptrdiff_t stride, ptrdiff_t n)                                  \
    {                                                                                            \
        for (; count >= 4; count -= 4, x += 4 * stride)                                          \
            for (ptrdiff_t i = 0; i < n; i++) {                                                  \
                type a = (type)step(x[i], x[i + stride]);                                        \
                type b = (type)step(x[i + 2 * stride], x[i + 3 * stride]);                       \
                a = (type)step(a, b);                                                            \
                acc[i] = (type)step(acc[i], a);                                                  \
            }                                                                                    \
        for (; count > 0; count--, x += stride)                                                  \
            for (ptrdiff_t i = 0; i < n; i++)                                                    \
                acc[i] = (type)step(acc[i], x[i]);                                               \
    }                                                                                            \
    static void name##_blocks(type *acc, const type *x, ptrdiff_t count, ptrdiff_t stride,       \
                              ptrdiff_t n)                                                       \
    {                                                                                            \
        type part[COLUMNS];                                                                      \
        for (; n <= COLUMNS && count > 4 * BLOCK; count -= 4 * BLOCK, x += 4 * BLOCK * stride) { \
            name##_start(part, n);                                                               \
            name##_long_rows(part, x, 4 * BLOCK, stride, n);                                     \
            name##_join(acc, part, n);                                                           \
        }                                                                                        \
        name##_long_rows(acc, x, count, stride, n);                                              \
    }                                                                                            \
    static void name##_rows(void *to, const void *from, ptrdiff_t count, ptrdiff_t stride,       \
                            ptrdiff_t n)                                                         \
    {                                                                                            \
        const type *x = from;                                                                    \
        type *acc = to, wide[WIDE];                                                              \
        ptrdiff_t at_once = n ? WIDE / n : 0;                                                    \
        if (stride == n && at_once > 1 && count >= 8 * at_once) {                                \
            name##_start(wide, WIDE);                                                            \
            name##_blocks(wide, x, count / at_once, at_once * n, at_once * n);                   \
            for (ptrdiff_t r = 0; r < at_once; r++)                                              \
                name##_join(acc, wide + r * n, n);                                               \
            x += count / at_once * at_once * n;                                                  \
            count %= at_once;                                                                    \
        }                                                                                        \
        name##_blocks(acc, x, count, stride, n);                                                 \
    }

#define REDUCER(name, type, first, step) \
    START(name, type, first) FOLD(name, type, step) FOLDS(name, type, step) ROWS(name, type, step)
#define ROW(name)                                            \
    {                                                        \
        name##_start, name##_fold, name##_folds, name##_rows \
    }

#endif
