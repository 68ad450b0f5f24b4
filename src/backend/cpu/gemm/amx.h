/* Products of floats on matrix units of bfloat16 (Intel's AMX), no less accurate than others: a
 * float is the sum of three bfloat16, the rest of each rounded again, and of the nine products of
 * two floats' parts the six that a float can hold are summed in floats, small ones first (Henry,
 * Tang, Heinecke: Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
 * Computations, 2019).
 *
 * Two things are not as in floats. Parts and sums below 2^-126 are zero. And infinity has no parts:
 * sums that are not finite are told, and are to be computed again by tiles of floats.
 *
 * Operands are split into blocks of CN_AMX_SIDE rows of A or columns of B and as many steps of k as
 * wanted; what lacks to a whole step is zero. Only where cn_isa_level() is CN_ISA_AMX. */
#ifndef CN_BACKEND_CPU_AMX_H
#define CN_BACKEND_CPU_AMX_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/cpu/gemm/tile.h"

enum {
    CN_AMX_SIDE = 32,
    CN_AMX_HALF = 16,  /* of a side: a product may leave out the second half */
    CN_AMX_DEPTH = 32, /* of a step */
    CN_AMX_STEP = 3 * CN_AMX_SIDE * CN_AMX_DEPTH * 2, /* bytes of a step */
    CN_AMX_SUMS = CN_AMX_SIDE * CN_AMX_SIDE,
};

/* Steps of k and bytes of a split block that is `count` deep. */
static inline ptrdiff_t cn_amx_steps(ptrdiff_t count)
{
    return (count + CN_AMX_DEPTH - 1) / CN_AMX_DEPTH;
}

static inline ptrdiff_t cn_amx_bytes(ptrdiff_t count)
{
    return cn_amx_steps(count) * CN_AMX_STEP;
}

typedef struct cn_amx {
    /* This thread's units are set up, and given back. */
    void (*begin)(void);
    void (*end)(void);
    /* One row of A, `at` of its block: `count` numbers that follow each other. */
    void (*row)(const float *from, ptrdiff_t count, int at, char *block);
    /* `count` rows of B, `step` apart, of `columns` numbers each (more must be readable: all of
     * CN_AMX_HALF, or of CN_AMX_SIDE if there are more than that). */
    void (*panel)(const float *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t columns,
                  char *block);
    /* sums = a b, of `rows` and `columns` at least. */
    void (*multiply)(const char *a, const char *b, ptrdiff_t steps, ptrdiff_t rows,
                     ptrdiff_t columns, float *sums);
    /* Rows from .. from + count of the sums to t->c on, as a tile's sums are finished, t->columns
     * of each. A bit for each row (the lowest is `from`) in which something is not finite. */
    uint32_t (*finish)(const cn_gemm_tile *t, const float *sums, ptrdiff_t from, ptrdiff_t count);
} cn_amx;

#ifdef CORNU_AMX
extern const cn_amx cn_amx_avx512;
#endif

#endif
