/* Matrix products, row-major, float and double.
 *
 *     C = end(activation(alpha * op(A) op(B) + beta * C + bias))        op(X) = X or its transpose
 *
 * op(A) (m, k), op(B) (k, n), C (m, n), bias (n). A matrix's `ld` is the distance from row to row
 * as it is stored. With `batch` > 1 there are as many independent products, their matrices
 * `stride_*` elements apart (0: all use the same), one bias for all. Results do not depend on the
 * number of threads. */
#ifndef CN_BACKEND_CPU_GEMM_H
#define CN_BACKEND_CPU_GEMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/cpu/gemm/kept.h"
#include "backend/cpu/gemm/tile.h"
#include "base/scratch.h"

/* B of so many numbers or more comes from memory rather than from a cache. */
enum { CN_GEMM_LARGE = 1 << 18 };

/* Rows of A that do not lie in memory as they are multiplied, as patches of an image: i .. i + rows
 * of them, k .. k + count of each, to `to` on, `pitch` numbers apart. */
typedef struct cn_gemm_source {
    void (*copy)(const void *context, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t count,
                 float *to, ptrdiff_t pitch);
    const void *context;
} cn_gemm_source;

typedef struct cn_gemm {
    ptrdiff_t m, n, k, batch;
    bool transpose_a, transpose_b;
    const void *a, *b;
    void *c;     /* overlaps neither a nor b */
    size_t size; /* of each number: a float's or a double's */
    ptrdiff_t lda, ldb, ldc, stride_a, stride_b, stride_c;
    double alpha, beta; /* beta 0: C is not read */
    const void *bias;   /* (n) or NULL */
    cn_tile_activation activation;
    bool bfloat16;          /* numbers of A and B are that, or may be taken as the nearest one */
    const cn_epilogue *end; /* or NULL; C is a part of its y */
    cn_kept *keep;          /* of all of B, floats as they lie, batch 1; or NULL */
    bool keep_split;        /* perhaps for matrix units, half as large again */
    const cn_gemm_source *source; /* of A where B is kept and A not transposed; or NULL: `a` */
    const char *kept;    /* what cn_gemm_keep has split of B, or NULL; later what is split of it */
    const float *panels; /* B as floats, in panels of cn_kept_width(n) columns, or NULL */
    bool warm;           /* and they are in a cache; else from memory, to be read once */
    const char *split;   /* what cn_gemm_run has split of A */
} cn_gemm;

/* What a plain product C = A B of packed matrices needs; change what differs. */
#define CN_GEMM(m_, n_, k_, a_, b_, c_)                                               \
    {                                                                                 \
        .m = (m_), .n = (n_), .k = (k_), .batch = 1, .a = (a_), .b = (b_), .c = (c_), \
        .size = sizeof *(c_), .lda = (k_), .ldb = (n_), .ldc = (n_), .alpha = 1       \
    }

/* Where a product is computed again and again with the same B (whose n and k these are), by at
 * least m rows: the bytes that keep what need not be made each time; 0: that does not pay, or fits
 * into no cache. And what makes it, the first time, and hands it to *g. */
size_t cn_gemm_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k);
void cn_gemm_keep(cn_gemm *g, void *room, bool again);
/* The same where matrix units compute it: then any number of rows from m on has the same bits. */
size_t cn_gemm_kept_on_units(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k);

/* Rows i .. i + rows of C to `c`, as cn_gemm_run computes them, on this thread alone; where
 * cn_gemm_has_strips. What the first call on a thread makes of B serves those that follow with the
 * same `turn`, if it runs no other product between them. Uses CN_GEMM_SCRATCH bytes of scratch. */
void cn_gemm_rows(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, void *c, uint64_t turn);

enum { CN_GEMM_SCRATCH = CN_SCRATCH / 2 };

/* Is B, of floats and batch 1, so small that the product may be computed some rows at a time? That
 * takes no longer then, and gives the same bits. */
static inline bool cn_gemm_has_strips(ptrdiff_t n, ptrdiff_t k)
{
    enum { LEAST = 16, LONGEST = 256, ALL = 1 << 17 };
    return n >= LEAST && k <= LONGEST && n * k <= ALL;
}

/* Fails only where this thread's first scratch cannot be had: ENOMEM. */
bool cn_gemm_run(const cn_gemm *g);

#endif
