/* C is cut into tiles that threads take one by one; within a tile, k runs in blocks of K_BLOCK and
 * each block of A and panel of B is copied to scratch if it is read often enough or lies badly in
 * memory. How C is cut may depend on the number of threads since it changes no sum: each element of
 * C is summed in the order of k, in blocks that depend on k alone. Few long sums (small m * n, or k
 * much longer than C's sides) are cut along k, in chunks that depend on the shape alone: a thread
 * then reads a piece of A and B of its own, once, the one that it wrote when these are weights. */
#include "backend/cpu/gemm/gemm.h"

#include <string.h>

#include "base/scratch.h"
#include "base/threads.h"
#include "cornu/config.h"

enum {
    K_BLOCK = 256,   /* a panel of B fills half of a 64 KiB or all of a 32 KiB first-level cache */
    NEAR = 28 << 10, /* bytes of A that the first-level cache holds as they lie, ... */
    UNEVEN = 256,    /* ... unless rows are multiples of this apart and fall on each other */
    PIECE = 128 * 1024, /* multiplications that are worth a thread's while: about 2 µs */
    SPLIT_SIZE = 4096,  /* m * n up to this: cut along k ... */
    SPLIT_LENGTH = 192, /* ... into chunks of at least this length ... */
    SPLIT_CHUNKS = 8,   /* ... but into no more than these */
    BEYOND = 1 << 20,   /* (from here on, not even the second-level caches hold B) */
    FEW_READS = 24,     /* ... unless many rows read it anyway: */
    MANY_READS = 64,    /* more than so many; */
    FEW_ROWS = 4,       /* up to this many rows times a transposed B are dot products */
};

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static ptrdiff_t divide_up(ptrdiff_t a, ptrdiff_t b)
{
    return (a + b - 1) / b;
}

static ptrdiff_t round_up(ptrdiff_t a, ptrdiff_t to)
{
    return divide_up(a, to) * to;
}

/* How C (m, n) is cut: `down` by `across` tiles, whose sides are about equal numbers of units. */
typedef struct cut {
    ptrdiff_t down, across, row_unit, column_unit;
} cut;

/* Where part i of `parts` begins. */
static ptrdiff_t part_start(ptrdiff_t size, ptrdiff_t unit, ptrdiff_t parts, ptrdiff_t i)
{
    return least(size, divide_up(size, unit) * i / parts * unit);
}

/* At least four tiles a thread where the work is worth it, nearly square, at most `most_rows` high,
 * and as many for each thread. */
static void cut_up(cut *c, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t batch,
                   ptrdiff_t most_rows)
{
    ptrdiff_t rows = round_up(divide_up(m, divide_up(m, most_rows)), 2 * c->row_unit), columns = n;
    int threads = cn_num_threads();
    for (;;) {
        c->down = divide_up(m, rows);
        c->across = divide_up(n, columns);
        ptrdiff_t work = least(rows, m) * columns * (k + 1);
        if (threads < 2 || c->down * c->across * batch >= 4 * threads || work < 2 * PIECE)
            break;
        if (columns > rows && columns > c->column_unit)
            columns = round_up(divide_up(columns, 2), c->column_unit);
        else if (rows > 2 * c->row_unit)
            rows = round_up(divide_up(rows, 2), 2 * c->row_unit);
        else
            break;
    }
    if (c->down >= threads && c->down * c->across % threads)
        c->down = least(round_up(c->down, threads), divide_up(m, c->row_unit));
}

static const cn_tiles *float_tiles(void)
{
    return cn_isa_pick(cn_tiles);
}

static const cn_tiles_double *double_tiles(void)
{
#ifdef CORNU_ISA_X86
    return cn_isa_level() == CN_ISA_PLAIN ? &cn_tiles_double_plain : &cn_tiles_double_avx2;
#else
    return &cn_tiles_double_plain;
#endif
}

#define REAL float
#define GEMM cn_gemm
#define TILE cn_gemm_tile
#define TILES cn_tiles
#define EPILOGUE cn_epilogue_run
#define NAME(x) float_##x
#include "backend/cpu/gemm/gemm_template.h"
#undef REAL
#undef GEMM
#undef TILE
#undef TILES
#undef EPILOGUE
#undef NAME
#define REAL double
#define GEMM cn_gemm_double
#define TILE cn_gemm_tile_double
#define TILES cn_tiles_double
#define EPILOGUE cn_epilogue_run_double
#define NAME(x) double_##x
#include "backend/cpu/gemm/gemm_template.h"

bool cn_gemm_run(const cn_gemm *g)
{
    return float_gemm(g);
}

bool cn_gemm_run_double(const cn_gemm_double *g)
{
    return double_gemm(g);
}
