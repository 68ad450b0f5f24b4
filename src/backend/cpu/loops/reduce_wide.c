/* Reductions of double, integers and bytes, and rare ones of float: one version for all machines,
 * each made of three loops of its own. The rest is the same for all. */
#include <math.h>
#include <string.h>

#include "backend/cpu/loops/reduce.h"
#include "base/cold.h"

#define SUM(a, v) ((a) + (v))
#define PROD(a, v) ((a) * (v))
#define MAX(a, v) ((v) != (v) ? (v) : (v) > (a) ? (v) : (a))
#define MIN(a, v) ((v) != (v) ? (v) : (v) < (a) ? (v) : (a))
#define ANY(a, v) ((a) | ((v) != 0))
#define ALL(a, v) ((a) & ((v) != 0))

#define REDUCER(rare, name, type, first, step)                                                     \
    rare static void name##_start(void *acc, ptrdiff_t n)                                          \
    {                                                                                              \
        for (ptrdiff_t i = 0; i < n; i++)                                                          \
            ((type *)acc)[i] = (first);                                                            \
    }                                                                                              \
    rare static void name##_join(void *restrict acc, const void *restrict from, ptrdiff_t n)       \
    {                                                                                              \
        type *to = acc;                                                                            \
        const type *x = from;                                                                      \
        for (ptrdiff_t i = 0; i < n; i++)                                                          \
            to[i] = (type)step(to[i], x[i]);                                                       \
    }                                                                                              \
    rare static void name##_totals(void *acc, const void *from, ptrdiff_t count, ptrdiff_t stride, \
                                   ptrdiff_t n)                                                    \
    {                                                                                              \
        type *to = acc;                                                                            \
        const type *x = from;                                                                      \
        for (; count > 0; count--, to++, x += stride)                                              \
            for (ptrdiff_t i = 0; i < n; i++)                                                      \
                *to = (type)step(*to, x[i]);                                                       \
    }

REDUCER(, prod_f32, float, 1.0f, PROD)
REDUCER(, max_f32, float, -INFINITY, MAX)
REDUCER(, min_f32, float, INFINITY, MIN)
REDUCER(, sum_f64, double, 0.0, SUM)
REDUCER(CN_COLD, prod_f64, double, 1.0, PROD)
REDUCER(CN_COLD, max_f64, double, (double)-INFINITY, MAX)
REDUCER(CN_COLD, min_f64, double, (double)INFINITY, MIN)
/* Sums and products of ints wrap around, so they are unsigned. */
REDUCER(CN_COLD, sum_i32, uint32_t, 0, SUM)
REDUCER(CN_COLD, sum_i64, uint64_t, 0, SUM)
REDUCER(CN_COLD, prod_i32, uint32_t, 1, PROD)
REDUCER(CN_COLD, prod_i64, uint64_t, 1, PROD)
REDUCER(CN_COLD, max_i32, int32_t, INT32_MIN, MAX)
REDUCER(CN_COLD, max_i64, int64_t, INT64_MIN, MAX)
REDUCER(CN_COLD, min_i32, int32_t, INT32_MAX, MIN)
REDUCER(CN_COLD, min_i64, int64_t, INT64_MAX, MIN)
REDUCER(CN_COLD, any_u8, uint8_t, 0, ANY)
REDUCER(CN_COLD, all_u8, uint8_t, 1, ALL)

/* Room for WIDE accumulators of any type. */
typedef struct wide {
    int64_t at[CN_REDUCE_WIDE];
} wide;

/* Number i goes to accumulator i mod WIDE; after BLOCK numbers each is added to another level of
 * them; these are then joined in halves. */
static void fold(const cn_reducer *r, void *acc, const void *from, ptrdiff_t n)
{
    enum { WIDE = CN_REDUCE_WIDE };
    const char *x = from;
    wide part, all;
    if (n >= WIDE)
        r->start(&all, WIDE);
    while (n >= WIDE) {
        r->start(&part, WIDE);
        for (int b = 0; b < CN_REDUCE_BLOCK && n >= WIDE; b++, n -= WIDE, x += WIDE * r->size)
            r->join(&part, x, WIDE);
        r->join(&all, &part, WIDE);
    }
    if (x != from) {
        for (int half = WIDE / 2; half; half /= 2)
            r->join(&all, (char *)&all + (size_t)half * r->size, half);
        r->join(acc, &all, 1);
    }
    r->totals(acc, x, 1, 0, n);
}

static void folds(const cn_reducer *r, void *acc, const void *from, ptrdiff_t count,
                  ptrdiff_t stride, ptrdiff_t n)
{
    r->start(acc, count);
    if (n < CN_REDUCE_WIDE)
        r->totals(acc, from, count, stride, n);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            fold(r, (char *)acc + (size_t)i * r->size,
                 (const char *)from + (size_t)(i * stride) * r->size, n);
}

/* Many rows are joined in parts, so that rounding errors stay small. */
static void add_rows(const cn_reducer *r, char *acc, const char *x, ptrdiff_t count, size_t step,
                     ptrdiff_t n)
{
    enum { PART = 4 * CN_REDUCE_BLOCK };
    char part[CN_REDUCE_COLUMNS * sizeof(int64_t)];
    for (; n <= CN_REDUCE_COLUMNS && count > PART; count -= PART) {
        r->start(part, n);
        for (int i = 0; i < PART; i++, x += step)
            r->join(part, x, n);
        r->join(acc, part, n);
    }
    for (; count > 0; count--, x += step)
        r->join(acc, x, n);
}

/* Short rows that lie one after the other are read as fewer long ones. */
static void rows(const cn_reducer *r, void *acc, const void *from, ptrdiff_t count,
                 ptrdiff_t stride, ptrdiff_t n)
{
    enum { WIDE = CN_REDUCE_WIDE };
    const char *x = from;
    size_t row = (size_t)n * r->size;
    ptrdiff_t at_once = n ? WIDE / n : 0;
    if (stride == n && at_once > 1 && count >= 8 * at_once) {
        wide all;
        r->start(&all, WIDE);
        add_rows(r, (char *)&all, x, count / at_once, (size_t)at_once * row, at_once * n);
        for (ptrdiff_t i = 0; i < at_once; i++)
            r->join(acc, (char *)&all + (size_t)i * row, n);
        x += (size_t)(count / at_once * at_once) * row;
        count %= at_once;
    }
    add_rows(r, acc, x, count, (size_t)stride * r->size, n);
}

#define ROW(name, type)                                                           \
    {                                                                             \
        name##_start, fold, folds, rows, name##_join, name##_totals, sizeof(type) \
    }
#define TABLE(tag, type)                                                                  \
    {                                                                                     \
        [CN_REDUCE_SUM] = ROW(sum_##tag, type), [CN_REDUCE_PROD] = ROW(prod_##tag, type), \
        [CN_REDUCE_MAX] = ROW(max_##tag, type), [CN_REDUCE_MIN] = ROW(min_##tag, type),   \
    }
static const cn_reducer floats[CN_REDUCE_COUNT] = {[CN_REDUCE_PROD] = ROW(prod_f32, float),
                                                   [CN_REDUCE_MAX] = ROW(max_f32, float),
                                                   [CN_REDUCE_MIN] = ROW(min_f32, float)};
static const cn_reducer doubles[] = TABLE(f64, double);
static const cn_reducer ints[] = TABLE(i32, int32_t);
static const cn_reducer longs[] = TABLE(i64, int64_t);
static const cn_reducer bytes[CN_REDUCE_COUNT] = {
    [CN_REDUCE_ANY] = ROW(any_u8, uint8_t), [CN_REDUCE_ALL] = ROW(all_u8, uint8_t)};

const cn_reducer *cn_reducer_of(cn_reduction which, cn_dtype dtype)
{
    switch (dtype) {
    case CN_FLOAT32:
        return which == CN_REDUCE_SUM ? &cn_isa_pick(cn_reducers)->sum_f32 : &floats[which];
    case CN_FLOAT64:
        return &doubles[which];
    case CN_INT32:
        return &ints[which];
    case CN_INT64:
        return &longs[which];
    default:
        return &bytes[which];
    }
}
