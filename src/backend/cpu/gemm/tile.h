/* The tile: the one inner kernel under matrix products and convolutions.
 *
 *     C[r, j] = activation(alpha * sum over k of A[r, k] * B[k, j] + beta * C[r, j] + bias[j])
 *
 * for a few rows and one panel of columns, the sums being kept in registers from the first k to the
 * last. Each row of A has a pointer of its own and k runs through a list of segments, so that
 * patches of an image are multiplied where they lie: nothing needs to be copied into a matrix
 * first. */
#ifndef CN_BACKEND_CPU_TILE_H
#define CN_BACKEND_CPU_TILE_H

#include <stddef.h>

#include "backend/cpu/gemm/epilogue.h"
#include "backend/cpu/isa.h"

/* Bounds of a tile's rows and of a panel's vectors, for any level. */
enum { CN_TILE_ROWS = 12, CN_TILE_WIDE = 2, CN_TILE_LINE = 8, CN_TILE_LINES = 4, CN_TILE_FEW = 6 };

/* A row of B is asked for so many rows before it is read, into the second-level cache. */
enum { CN_TILE_AHEAD = 20 };

/* Asks for the line of memory, into the second-level cache; it need not be there. */
static inline void cn_ask(const void *line)
{
    enum { TO_READ = 0, SECOND_LEVEL = 2 };
    __builtin_prefetch(line, TO_READ, SECOND_LEVEL);
}

/* `count` steps of k: A[r, k] is rows[r][s.a + k * a_step], B[k, j] b[s.b + k * b_step + j]. */
typedef struct cn_segment {
    ptrdiff_t a, b, count;
} cn_segment;

/* Of floats or of doubles, as the table it is given to. */
typedef struct cn_gemm_tile {
    const void *const *rows; /* one pointer for each row of the tile */
    ptrdiff_t a_step;
    const void *b; /* readable for the panel's whole width, whatever `columns` says */
    ptrdiff_t b_step;
    ptrdiff_t ahead, ahead_step; /* what is asked for meanwhile: so far behind B, and from k to k */
    const cn_segment *segments;
    ptrdiff_t segment_count;
    void *c;
    ptrdiff_t c_step;   /* from row to row */
    ptrdiff_t columns;  /* how many are stored, at most the panel's width */
    const void *bias;   /* `columns` of them, or NULL */
    double alpha, beta; /* beta 0: C is not read */
    cn_tile_activation activation;
} cn_gemm_tile;

/* `run[w - 1][r - 1]` does a tile of r rows (1 to rows[w - 1]) and w vectors of `lanes` columns,
 * `part` one with fewer columns (it changes *t meanwhile); cn_tile_run picks. `lines[r - 1]` does r
 * rows (1 to `few`) of CN_TILE_LINES vectors (CN_TILE_LINE where r is 1), for a B that is read
 * once: long pieces of its rows, of more than one row of C asked for early.
 *
 * `dot`: out[i] = sum over k < n of rows[i][k] * x[k], for i < count <= 4.
 *
 * `copy`, to whole panels of width CN_TILE_WIDE lanes: to[p * size + i * width + j] = from[i * step
 * + p * width + j], for p < panels, i < count, j < width.
 *
 * `interleave`, to groups of rows[CN_TILE_WIDE - 1] rows, of which the last may have fewer: to[(p *
 * count + i) * group + r] = from[i * step + p * group + r], for i < count, p * group + r < rows.
 *
 * `transpose`: to[i * width + j] = from[j * step + i], for i < count, j < columns. */
typedef struct cn_tiles {
    int rows[CN_TILE_WIDE], lanes, few;
    void (*run[CN_TILE_WIDE][CN_TILE_ROWS])(const cn_gemm_tile *);
    void (*part)(cn_gemm_tile *, int rows, int wide);
    void (*lines[CN_TILE_FEW])(const cn_gemm_tile *);
    void (*dot)(const void *const *rows, int count, const void *x, ptrdiff_t n, void *out);
    void (*copy)(const void *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t panels, void *to,
                 ptrdiff_t size);
    void (*interleave)(const void *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t rows, void *to);
    void (*transpose)(const void *from, ptrdiff_t step, ptrdiff_t columns, ptrdiff_t count,
                      void *to, ptrdiff_t width);
} cn_tiles;
typedef cn_tiles cn_tiles_double;

/* `wide` vectors, of which t->columns columns are there. */
#define cn_tile_run(tiles, t, rows, wide)                                          \
    ((t)->columns == (wide) * (tiles)->lanes ? (tiles)->run[(wide)-1][(rows)-1](t) \
                                             : (tiles)->part(t, rows, wide))

CN_ISA_DECLARE(cn_tiles);
CN_ISA_DECLARE(cn_tiles_double);

#endif
