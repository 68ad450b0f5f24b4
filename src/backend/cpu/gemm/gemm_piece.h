/* What one thread computes of a product: a piece of C, all of k. Private to products. */
#ifndef CN_BACKEND_CPU_GEMM_PIECE_H
#define CN_BACKEND_CPU_GEMM_PIECE_H

#include "backend/cpu/gemm/gemm.h"
#include "base/scratch.h"

enum {
    CN_GEMM_BLOCK = 256, /* of k: a panel of B fills 32 KiB, a first-level cache or half of it */
    CN_GEMM_ROWS = 240,  /* of a piece at most: a multiple of any unit of rows */
    CN_GEMM_SPLIT = 256, /* on matrix units */
    CN_GEMM_DOTS = 4,    /* up to this many rows times a transposed B are dot products */
};

/* A piece's scratch: a block of A in numbers (it holds CN_GEMM_ROWS in any order), and panels of B
 * in bytes. The rest is free. */
enum { CN_GEMM_A = 256 * CN_GEMM_BLOCK, CN_GEMM_B = CN_SCRATCH / 4 };
_Static_assert(CN_GEMM_A * sizeof(float) + CN_GEMM_B <= CN_GEMM_SCRATCH, "what strips leave free");

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

/* Is it best computed a long piece of few rows at a time? That reads a large B where it lies once
 * for each `few` rows, so up to two and a bit times it is faster than a copy: measured were 16 rows
 * with AVX-512 (few: 6) and 7 with AVX2 (3); where `few` is 1, it is never. */
static inline bool cn_gemm_in_lines(const cn_gemm *g)
{
    bool few = g->m <= 3 * cn_gemm_tiles(g)->few - 2 && g->k * g->n >= CN_GEMM_LARGE;
    return !g->transpose_b && !g->keep && !g->panels && (g->m == 1 || few);
}

/* Copies rows k .. k + count of op(B), columns j .. j + columns, to (panels, count, width), zeros
 * at the end. One panel, or up to `most` where that reads more of a row at once; how many it is. */
ptrdiff_t cn_gemm_copy_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                         ptrdiff_t columns, ptrdiff_t width, ptrdiff_t most, void *to);

/* Panels begin .. end of B, of floats, to `panels`: (k, cn_kept_width(n)) each. */
void cn_gemm_pack(const cn_gemm *g, size_t begin, size_t end, float *panels);

/* The block of k from `k` on, into columns `j` on of C's rows `i` on; what is added at the end
 * comes with the last. */
void cn_gemm_aim(const cn_gemm *g, cn_gemm_tile *t, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k,
                 bool last);

/* How a product is computed: the whole one decides, since the ways differ in bits. */
typedef enum cn_gemm_way {
    CN_GEMM_TILES,
    CN_GEMM_LINES, /* all rows at once */
    CN_GEMM_UNITS, /* the matrix units of amx.h */
} cn_gemm_way;

/* Rows i .. i + rows and columns j .. j + columns of C; by tiles it may be by dot products. */
void cn_gemm_piece(const cn_gemm *g, cn_gemm_way way, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                   ptrdiff_t columns);

/* Do matrix units compute it faster? */
bool cn_gemm_suits_units(const cn_gemm *g);
/* `count` rows of B from `k` on, columns j .. j + columns, to a panel of them. */
void cn_gemm_split_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j, ptrdiff_t columns,
                     char *to);
/* All of B, to cn_gemm_kept_on_units bytes. */
void cn_gemm_split_all(const cn_gemm *g, char *kept);
/* Splits for all pieces what several of them read, if the caller's scratch has room for it. */
void cn_gemm_units_share(cn_gemm *g, ptrdiff_t down, ptrdiff_t across);
/* All of B, split for this thread alone: once a turn. */
const char *cn_gemm_units_own(const cn_gemm *g, uint64_t turn);
void cn_gemm_units_piece(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                         ptrdiff_t columns);

static inline cn_gemm_way cn_gemm_way_of(const cn_gemm *g, bool in_lines)
{
    return cn_gemm_suits_units(g) ? CN_GEMM_UNITS : in_lines ? CN_GEMM_LINES : CN_GEMM_TILES;
}

#endif
