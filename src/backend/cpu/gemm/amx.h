/* Products of floats on matrix units of bfloat16 (Intel's AMX), no less accurate than others: a
 * float is the sum of three bfloat16, the rest of each rounded again, and of the nine products of
 * two floats' parts the six that a float can hold are summed in floats, small ones first (Henry,
 * Tang, Heinecke: Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
 * Computations, 2019).
 *
 * Two things are not as in floats. Parts and sums below 2^-126 are zero. And infinity has no parts:
 * sums that are not finite are told, and are to be computed again by tiles of floats.
 *
 * Operands are split first, k in steps of CN_AMX_DEPTH (what lacks to a whole one is zero): B into
 * panels of CN_AMX_SIDE columns, A row by row, so that a product takes any rows that are evenly
 * apart in any steps. Only where cn_isa_level() is CN_ISA_AMX. */
#ifndef CN_BACKEND_CPU_AMX_H
#define CN_BACKEND_CPU_AMX_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/cpu/gemm/tile.h"
#include "backend/cpu/sizes.h"

enum {
    CN_AMX_SIDE = 32,
    CN_AMX_HALF = 16, /* of a side: a product may leave out the second half */
    CN_AMX_DEPTH = 32,
    CN_AMX_PARTS = 3,
    CN_AMX_LINE = 2 * CN_AMX_DEPTH,                         /* bytes of a row's part in one step */
    CN_AMX_STEP = CN_AMX_PARTS * CN_AMX_SIDE * CN_AMX_LINE, /* bytes of a panel in one step */
    CN_AMX_SUMS = CN_AMX_SIDE * CN_AMX_SIDE,
};

static inline ptrdiff_t cn_amx_steps(ptrdiff_t count)
{
    return cn_divide_up(count, CN_AMX_DEPTH);
}

/* Rows of A: row r's part p in step s lies at + r * row + p * part + steps[s]. */
typedef struct cn_amx_rows {
    const char *at;
    ptrdiff_t row, part, count;
    const char *ahead; /* from here on, `lines` of memory are asked for in each step */
    ptrdiff_t lines;
    const ptrdiff_t *steps;
} cn_amx_rows;

/* Rows of CN_AMX_SIDE floats that are split while others are multiplied. */
typedef struct cn_amx_feed {
    const float *from; /* the next pair of rows, */
    ptrdiff_t rows;    /* so many of which are left; zeros follow them */
    char *to;          /* where their step begins, */
    ptrdiff_t pair;    /* so many pairs of which are there */
} cn_amx_feed;

typedef struct cn_amx {
    /* This thread's units are set up, and given back. */
    void (*begin)(void);
    void (*end)(void);
    /* `count` numbers of a row that follow each other; its parts are `part` bytes apart, its steps
     * `step`. */
    void (*row)(const float *from, ptrdiff_t count, char *to, ptrdiff_t part, ptrdiff_t step);
    /* `count` rows of B, `step` apart, of `columns` numbers each (more must be readable: all of
     * CN_AMX_HALF, or of CN_AMX_SIDE if there are more than that). */
    void (*panel)(const float *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t columns, char *to);
    /* sums (CN_AMX_SIDE, CN_AMX_SIDE), whose rows are `next` apart, = a b, of a->count rows (up to
     * CN_AMX_SIDE) and `columns` at least. The second half of the rows is read as a whole or not at
     * all. */
    void (*multiply)(const cn_amx_rows *a, const char *b, ptrdiff_t steps, ptrdiff_t columns,
                     float *sums, ptrdiff_t next);
    /* `pairs` pairs of rows. */
    void (*feed)(cn_amx_feed *f, ptrdiff_t pairs);
    /* Steps first .. first + steps of A times b, of all columns, while `pairs` pairs are fed.
     * `more`: added to `sums`. */
    void (*multiply_on)(const cn_amx_rows *a, ptrdiff_t first, ptrdiff_t steps, const char *b,
                        float *sums, bool more, cn_amx_feed *f, ptrdiff_t pairs);
    /* The same of up to CN_AMX_HALF rows and two panels, whose sums follow those of the first. */
    void (*multiply_few)(const cn_amx_rows *a, const char *b, const char *next, ptrdiff_t steps,
                         float *sums);
    /* `count` rows of sums, CN_AMX_SIDE of each, to t->c on, as a tile's sums are finished,
     * t->columns of each; or sums that lie there and are finished. A bit for each row in which
     * something is not finite, the lowest for the first. */
    uint32_t (*finish)(const cn_gemm_tile *t, const float *sums, ptrdiff_t count);
} cn_amx;

#ifdef CORNU_AMX
/* The second takes numbers as the nearest bfloat16, whose only part lies where the first has the
 * largest of three. */
extern const cn_amx cn_amx_avx512, cn_amx_bfloat16;

static inline const cn_amx *cn_amx_of(bool bfloat16)
{
    return bfloat16 ? &cn_amx_bfloat16 : &cn_amx_avx512;
}
#endif

#endif
