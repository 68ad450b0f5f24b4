/* The sum of float32, which networks live by, compiled for each instruction set. */
#include <string.h>

#include "backend/cpu/lanes.h"
#include "backend/cpu/loops/reduce.h"

enum { WIDE = CN_REDUCE_WIDE, BLOCK = CN_REDUCE_BLOCK, COLUMNS = CN_REDUCE_COLUMNS, ABREAST = 16 };

static void start(void *acc, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        ((float *)acc)[i] = 0;
}

static void join(float *to, const float *from, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        to[i] += from[i];
}

/* The `count` of x, 16 at most, are joined in halves. */
#define HALVE(x, count, half)               \
    EACH (k, (half) < (count) ? (half) : 0) \
    (x)[k] += (x)[k + (half)]
#define HALVES(x, count)    \
    do {                    \
        HALVE(x, count, 8); \
        HALVE(x, count, 4); \
        HALVE(x, count, 2); \
        HALVE(x, count, 1); \
    } while (0)

/* Number i goes to accumulator i mod WIDE; these are then joined in halves. */
static void fold(const cn_reducer *self, void *acc, const void *from, ptrdiff_t n)
{
    enum { VECTORS = WIDE / LANES };
    const float *x = from;
    float total = *(float *)acc, sums[LANES];
    lanes all[VECTORS] = {{0}};
    (void)self;
    while (n >= WIDE) {
        lanes wide[VECTORS] = {{0}};
        for (int b = 0; b < BLOCK && n >= WIDE; b++, n -= WIDE, x += WIDE)
            EACH (k, VECTORS)
                wide[k] += *(const loose_lanes *)(x + k * LANES);
        EACH (k, VECTORS)
            all[k] += wide[k];
    }
    if (x != from) {
        HALVES(all, VECTORS);
        memcpy(sums, all, sizeof sums);
        HALVES(sums, LANES);
        total += sums[0];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        total += x[i];
    *(float *)acc = total;
}

/* Short rows side by side, each in its own order. */
static void folds(const cn_reducer *self, void *to, const void *from, ptrdiff_t count,
                  ptrdiff_t stride, ptrdiff_t n)
{
    float *y = to;
    const float *x = from;
    start(to, count);
    for (; count >= ABREAST && n < WIDE; count -= ABREAST, y += ABREAST) {
        float part[ABREAST] = {0};
        for (ptrdiff_t i = 0; i < n; i++)
            for (int k = 0; k < ABREAST; k++)
                part[k] += x[k * stride + i];
        for (int k = 0; k < ABREAST; k++)
            y[k] = part[k];
        x += ABREAST * stride;
    }
    for (; count > 0; count--, x += stride)
        fold(self, y++, x, n);
}

/* Four rows at a time, so that acc is read and written less often. */
static __attribute__((noinline)) void long_rows(float *restrict acc, const float *x,
                                                ptrdiff_t count, ptrdiff_t stride, ptrdiff_t n)
{
    for (; count >= 4; count -= 4, x += 4 * stride)
        for (ptrdiff_t i = 0; i < n; i++)
            acc[i] += (x[i] + x[i + stride]) + (x[i + 2 * stride] + x[i + 3 * stride]);
    for (; count > 0; count--, x += stride)
        for (ptrdiff_t i = 0; i < n; i++)
            acc[i] += x[i];
}

static void blocks(float *acc, const float *x, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t n)
{
    float part[COLUMNS];
    for (; n <= COLUMNS && count > 4 * BLOCK; count -= 4 * BLOCK, x += 4 * BLOCK * stride) {
        start(part, n);
        long_rows(part, x, 4 * BLOCK, stride, n);
        join(acc, part, n);
    }
    long_rows(acc, x, count, stride, n);
}

/* Short rows that lie one after the other are read as fewer long ones. */
static void rows(const cn_reducer *self, void *to, const void *from, ptrdiff_t count,
                 ptrdiff_t stride, ptrdiff_t n)
{
    const float *x = from;
    float *acc = to, wide[WIDE];
    ptrdiff_t at_once = n ? WIDE / n : 0;
    (void)self;
    if (stride == n && at_once > 1 && count >= 8 * at_once) {
        start(wide, WIDE);
        blocks(wide, x, count / at_once, at_once * n, at_once * n);
        for (ptrdiff_t r = 0; r < at_once; r++)
            join(acc, wide + r * n, n);
        x += count / at_once * at_once * n;
        count %= at_once;
    }
    blocks(acc, x, count, stride, n);
}

const cn_reducers CN_ISA_SYMBOL(cn_reducers) = {
    .sum_f32 = {.start = start, .fold = fold, .folds = folds, .rows = rows}};
