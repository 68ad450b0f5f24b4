/* What one thread computes of a product: a piece of C, all of k. Private to products. */
#ifndef CN_BACKEND_CPU_GEMM_PIECE_H
#define CN_BACKEND_CPU_GEMM_PIECE_H

#include "backend/cpu/gemm/gemm.h"
#include "base/scratch.h"

enum {
    CN_GEMM_BLOCK = 256, /* of k: a panel of B fills 32 KiB, a first-level cache or half of it */
    CN_GEMM_ROWS = 240,  /* of a piece at most: a multiple of any unit of rows */
    CN_GEMM_DOTS = 4,    /* up to this many rows times a transposed B are dot products */
};

/* A piece's scratch: a block of A in numbers (it holds CN_GEMM_ROWS in any order), and panels of B
 * in bytes. The rest is free. */
enum { CN_GEMM_A = 256 * CN_GEMM_BLOCK, CN_GEMM_B = CN_SCRATCH / 4 };

/* Where the i-th number from here on lies. */
static inline void *cn_gemm_at(const cn_gemm *g, const void *from, ptrdiff_t i)
{
    return (char *)from + i * (ptrdiff_t)g->size;
}

static inline const cn_tiles *cn_gemm_tiles(const cn_gemm *g)
{
    if (g->size == sizeof(float))
        return cn_isa_pick(cn_tiles);
#ifdef CORNU_ISA_X86
    if (cn_isa_level() != CN_ISA_PLAIN)
        return &cn_tiles_double_avx2;
#endif
    return &cn_tiles_double_plain;
}

static inline double cn_gemm_number(const cn_gemm *g, const void *from)
{
    return g->size == sizeof(float) ? (double)*(const float *)from : *(const double *)from;
}

/* How many vectors one call does of few rows. */
static inline int cn_gemm_line_wide(const cn_gemm *g)
{
    return g->m == 1 ? CN_TILE_LINE : CN_TILE_LINES;
}

static inline ptrdiff_t cn_gemm_line_width(const cn_gemm *g)
{
    return cn_gemm_line_wide(g) * cn_gemm_tiles(g)->lanes;
}

/* Is it computed a long piece of few rows at a time? */
static inline bool cn_gemm_in_lines(const cn_gemm *g)
{
    bool few = g->m <= CN_GEMM_FEW && g->k * g->n >= CN_GEMM_LARGE && cn_gemm_tiles(g)->few > 1;
    return !g->transpose_b && (g->m == 1 || few);
}

/* Rows i .. i + rows and columns j .. j + columns of C, by what is best for its shape; all rows
 * where it is in lines, as cn_gemm_in_lines says of the whole product, or has no more than
 * CN_GEMM_DOTS. */
void cn_gemm_piece(const cn_gemm *g, bool lines, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                   ptrdiff_t columns);

#endif
