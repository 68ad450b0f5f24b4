/* A piece of a product on matrix units (amx.h). Its rows of A are split once for each block of k,
 * each panel of B once for all of them. */
#include "backend/cpu/gemm/amx.h"
#include "backend/cpu/gemm/gemm_piece.h"
#include "backend/cpu/sizes.h"

#ifdef CORNU_AMX
enum {
    BLOCK = 512, /* of k */
    ROWS = 56,   /* fewer do not pay for splitting B, */
    LEAST = 24,  /* fewer columns or steps of k for splitting A */
    WORK = 1 << 18,
    FEW = 9, /* rows that pay where B has been split before */
};

static const cn_amx *units_of(const cn_gemm *g)
{
    return g->bfloat16 ? &cn_amx_bfloat16 : &cn_amx_avx512;
}

bool cn_gemm_suits_units(const cn_gemm *g)
{
    return g->kept || (cn_isa_level() == CN_ISA_AMX && g->size == sizeof(float) && g->beta == 0 &&
                       g->m >= ROWS && cn_least(g->n, g->k) >= LEAST && g->m * g->n * g->k >= WORK);
}

size_t cn_gemm_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k)
{
    bool pays = cn_isa_level() == CN_ISA_AMX && m >= FEW && cn_least(n, k) >= LEAST &&
                m * n * k >= WORK / 2 && n * k <= CN_GEMM_LARGE;
    return pays ? (size_t)(cn_divide_up(n, CN_AMX_SIDE) * cn_amx_steps(k) * CN_AMX_STEP) : 0;
}

/* Where the panel of column j begins. */
static char *kept_at(const cn_gemm *g, const char *kept, ptrdiff_t j, ptrdiff_t k)
{
    return (char *)kept + (j / CN_AMX_SIDE * cn_amx_steps(g->k) + k / CN_AMX_DEPTH) * CN_AMX_STEP;
}

/* The tile of rows and a panel that is being computed; what is not finite after its last block of k
 * becomes a plain product. */
static void finish(const cn_gemm *g, const cn_gemm_tile *t, const float *sums, ptrdiff_t i,
                   ptrdiff_t rows, ptrdiff_t j, bool last)
{
    uint32_t bad = cn_amx_avx512.finish(t, sums, rows);
    if (!last)
        return;
    if (g->end)
        cn_epilogue_run(g->end, g->size, t->c, t->c_step, rows, t->columns);
    for (ptrdiff_t r = 0, first; bad && r < rows; r++) {
        for (first = r; r < rows && bad >> r & 1;)
            r++;
        if (r > first)
            cn_gemm_piece(g, CN_GEMM_TILES, i + first, r - first, j, t->columns);
    }
}

/* Rows i .. i + rows of A, `count` of k from `k` on. */
static void split_a(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t count,
                    char *to, cn_amx_rows *a)
{
    const float *from = g->a, *row = from + i * g->lda + k;
    float *turned = cn_scratch();
    ptrdiff_t next = g->lda, part = (rows | 1) * CN_AMX_LINE, step = CN_AMX_PARTS * part;
    a->row = CN_AMX_LINE;
    a->part = part; /* no power of two */
    for (ptrdiff_t s = 0; s < cn_amx_steps(count); s++)
        a->steps[s] = s * step;
    for (ptrdiff_t r = 0; r < rows; r++, row += next) {
        if (g->transpose_a && r % CN_AMX_SIDE == 0) {
            next = BLOCK + CN_AMX_HALF;
            row = turned;
            cn_tiles_avx512.transpose(from + k * g->lda + i + r, g->lda, count,
                                      cn_least(CN_AMX_SIDE, rows - r), turned, next);
        }
        units_of(g)->row(row, count, to + r * CN_AMX_LINE, part, step);
    }
}

/* Columns j .. j + columns of B, `count` of k from `k` on. */
static void split_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j, ptrdiff_t columns,
                    char *to)
{
    const float *from = (const float *)g->b + k * g->ldb + j;
    ptrdiff_t step = g->ldb;
    if (g->transpose_b || columns < CN_AMX_SIDE) {
        from = cn_scratch();
        step = CN_AMX_SIDE;
        cn_gemm_copy_b(g, k, count, j, columns, step, 1, cn_scratch());
    }
    units_of(g)->panel(from, step, count, columns, to);
}

void cn_gemm_keep(const cn_gemm *g, char *kept)
{
    for (ptrdiff_t j = 0; j < g->n; j += CN_AMX_SIDE)
        for (ptrdiff_t k = 0; k < g->k; k += BLOCK)
            split_b(g, k, cn_least(BLOCK, g->k - k), j, cn_least(CN_AMX_SIDE, g->n - j),
                    kept_at(g, kept, j, k));
}

/* The panel of column j, split in `room` unless it is kept. */
static const char *panel_of(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                            ptrdiff_t columns, char *room)
{
    if (g->kept)
        return kept_at(g, g->kept, j, k);
    split_b(g, k, count, j, columns, room);
    return room;
}

/* Few rows and two panels that are kept. */
static void run_pair(const cn_gemm *g, const cn_amx_rows *a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k,
                     ptrdiff_t count, float *sums)
{
    bool last = k + BLOCK >= g->k;
    cn_gemm_tile t = {.columns = CN_AMX_SIDE};
    units_of(g)->multiply_few(a, kept_at(g, g->kept, j, k), kept_at(g, g->kept, j + CN_AMX_SIDE, k),
                              cn_amx_steps(count), sums);
    for (int p = 0; p < 2; p++, j += CN_AMX_SIDE, sums += CN_AMX_SUMS / 2) {
        cn_gemm_aim(g, &t, i, j, k, last);
        finish(g, &t, sums, i, a->count, j, last);
    }
}

void cn_gemm_units_piece(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                         ptrdiff_t columns)
{
    char *const b = cn_scratch_split(), *const split = b + BLOCK / CN_AMX_DEPTH * CN_AMX_STEP;
    _Alignas(64) float sums[CN_AMX_SUMS];
    const cn_amx *amx = units_of(g);
    cn_amx_rows a;
    amx->begin();
    for (ptrdiff_t k = 0; k < g->k; k += BLOCK) {
        ptrdiff_t count = cn_least(BLOCK, g->k - k);
        bool last = k + BLOCK >= g->k;
        split_a(g, i, rows, k, count, split, &a);
        a.at = split;
        a.count = rows;
        ptrdiff_t p = 0;
        for (; g->kept && rows <= CN_AMX_HALF && columns - p >= 2 * CN_AMX_SIDE;
             p += 2 * CN_AMX_SIDE)
            run_pair(g, &a, i, j + p, k, count, sums);
        for (; p < columns; p += CN_AMX_SIDE) {
            cn_gemm_tile t = {.columns = cn_least(CN_AMX_SIDE, columns - p)};
            const char *panel = panel_of(g, k, count, j + p, t.columns, b);
            for (ptrdiff_t r = 0; r < rows; r += CN_AMX_SIDE) {
                a.at = split + r * CN_AMX_LINE;
                a.count = cn_least(CN_AMX_SIDE, rows - r);
                cn_gemm_aim(g, &t, i + r, j + p, k, last);
                amx->multiply(&a, panel, cn_amx_steps(count), t.columns, sums);
                finish(g, &t, sums, i + r, a.count, j + p, last);
            }
        }
    }
    amx->end();
}
#else
size_t cn_gemm_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k)
{
    (void)m, (void)n, (void)k;
    return 0;
}

void cn_gemm_keep(const cn_gemm *g, char *kept)
{
    (void)g, (void)kept;
}

bool cn_gemm_suits_units(const cn_gemm *g)
{
    (void)g;
    return false;
}

void cn_gemm_units_piece(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                         ptrdiff_t columns)
{
    cn_gemm_piece(g, CN_GEMM_TILES, i, rows, j, columns);
}
#endif
