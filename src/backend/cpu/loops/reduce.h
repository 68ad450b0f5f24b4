/* What reductions are made of: many numbers into one, and many rows into one. Results depend on the
 * arguments alone, not on the instruction set. */
#ifndef CN_BACKEND_CPU_REDUCE_H
#define CN_BACKEND_CPU_REDUCE_H

#include <stddef.h>

#include "backend/cpu/isa.h"
#include "graph/tensor.h"

typedef enum cn_reduction {
    CN_REDUCE_SUM, /* ints wrap around */
    CN_REDUCE_PROD,
    CN_REDUCE_MAX, /* NaN wins */
    CN_REDUCE_MIN,
    CN_REDUCE_ANY, /* bytes */
    CN_REDUCE_ALL,
    CN_REDUCE_COUNT
} cn_reduction;

/* WIDE accumulators side by side keep the adders busy. After BLOCK numbers each is added to another
 * level of them, so that rounding errors stay small; rows of up to COLUMNS are summed so, too. */
enum { CN_REDUCE_WIDE = 64, CN_REDUCE_BLOCK = 32, CN_REDUCE_COLUMNS = 1024 };

typedef struct cn_reducer cn_reducer;
struct cn_reducer {
    void (*start)(void *acc, ptrdiff_t n); /* what nothing gives, n times */
    /* *acc and x[0 .. n) */
    void (*fold)(const cn_reducer *self, void *acc, const void *x, ptrdiff_t n);
    /* acc[r] = x[r * stride ..., n of them] for each r < count */
    void (*folds)(const cn_reducer *self, void *acc, const void *x, ptrdiff_t count,
                  ptrdiff_t stride, ptrdiff_t n);
    /* acc[i] and x[r * stride + i] of all rows r < count, for each i < n */
    void (*rows)(const cn_reducer *self, void *acc, const void *x, ptrdiff_t count,
                 ptrdiff_t stride, ptrdiff_t n);
    /* What those above are made of where one version serves all machines: acc[i] and x[i];
     * acc[r] and x[r * stride ..., n of them]; and the bytes of a number. */
    void (*join)(void *restrict acc, const void *restrict x, ptrdiff_t n);
    void (*totals)(void *acc, const void *x, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t n);
    size_t size;
};

/* What each instruction set has a version of. */
typedef struct cn_reducers {
    cn_reducer sum_f32;
} cn_reducers;

CN_ISA_DECLARE(cn_reducers);

/* The reducer of a dtype that is computed (float32, float64, int32, int64), or of bytes. */
const cn_reducer *cn_reducer_of(cn_reduction which, cn_dtype dtype);

#endif
