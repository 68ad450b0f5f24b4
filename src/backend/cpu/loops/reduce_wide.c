/* Reductions of double, integers and bytes, and rare ones of float: one version for all machines.
 */
#include "backend/cpu/loops/reduce_template.h"

REDUCER(prod_f32, float, 1.0f, PROD)
REDUCER(max_f32, float, -INFINITY, MAX)
REDUCER(min_f32, float, INFINITY, MIN)
REDUCER(sum_f64, double, 0.0, SUM)
REDUCER(prod_f64, double, 1.0, PROD)
REDUCER(max_f64, double, (double)-INFINITY, MAX)
REDUCER(min_f64, double, (double)INFINITY, MIN)
/* Sums and products of ints wrap around, so they are unsigned. */
REDUCER(sum_i32, uint32_t, 0, SUM)
REDUCER(sum_i64, uint64_t, 0, SUM)
REDUCER(prod_i32, uint32_t, 1, PROD)
REDUCER(prod_i64, uint64_t, 1, PROD)
REDUCER(max_i32, int32_t, INT32_MIN, MAX)
REDUCER(max_i64, int64_t, INT64_MIN, MAX)
REDUCER(min_i32, int32_t, INT32_MAX, MIN)
REDUCER(min_i64, int64_t, INT64_MAX, MIN)
START(any_u8, uint8_t, 0)
FOLD(any_u8, uint8_t, ANY)
FOLDS(any_u8, uint8_t, ANY)
START(all_u8, uint8_t, 1)
FOLD(all_u8, uint8_t, ALL)
FOLDS(all_u8, uint8_t, ALL)

/* Rows of bytes: each row's byte counts as 0 or 1. */
#define BYTE_ROWS(name, step)                                                              \
    static void name##_rows(void *to, const void *from, ptrdiff_t count, ptrdiff_t stride, \
                            ptrdiff_t n)                                                   \
    {                                                                                      \
        const uint8_t *x = from;                                                           \
        uint8_t *acc = to;                                                                 \
        for (; count > 0; count--, x += stride)                                            \
            for (ptrdiff_t i = 0; i < n; i++)                                              \
                acc[i] = (uint8_t)step(acc[i], x[i]);                                      \
    }
BYTE_ROWS(any_u8, ANY)
BYTE_ROWS(all_u8, ALL)

#define TABLE(type)                                                             \
    {                                                                           \
        [CN_REDUCE_SUM] = ROW(sum_##type), [CN_REDUCE_PROD] = ROW(prod_##type), \
        [CN_REDUCE_MAX] = ROW(max_##type), [CN_REDUCE_MIN] = ROW(min_##type),   \
    }
static const cn_reducer floats[CN_REDUCE_COUNT] = {[CN_REDUCE_PROD] = ROW(prod_f32),
                                                   [CN_REDUCE_MAX] = ROW(max_f32),
                                                   [CN_REDUCE_MIN] = ROW(min_f32)};
static const cn_reducer doubles[CN_REDUCE_COUNT] = TABLE(f64);
static const cn_reducer ints[CN_REDUCE_COUNT] = TABLE(i32);
static const cn_reducer longs[CN_REDUCE_COUNT] = TABLE(i64);
static const cn_reducer bytes[CN_REDUCE_COUNT] = {
    [CN_REDUCE_ANY] = ROW(any_u8), [CN_REDUCE_ALL] = ROW(all_u8)};

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
