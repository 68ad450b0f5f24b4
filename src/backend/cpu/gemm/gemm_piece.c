/* Within a piece k runs in blocks, and each block of A and panel of B is copied to scratch if it is
 * read often enough or lies badly in memory. */
#include "backend/cpu/gemm/gemm_piece.h"

#include <string.h>

#include "backend/cpu/sizes.h"

enum {
    NEAR = 28 << 10, /* bytes of A that the first-level cache holds as they lie, ... */
    UNEVEN = 256,    /* ... unless rows are multiples of this apart and fall on each other */
    /* A B of CN_GEMM_LARGE is copied, more of a row at once, unless many rows read it anyway: more
     * than FEW_READS, or than MANY_READS of one that not even second-level caches hold. */
    BEYOND = 1 << 20,
    FEW_READS = 24,
    MANY_READS = 64,
    STRIP = 4, /* of another one, so many panels are copied at once */
};

static size_t bytes(const cn_gemm *g, ptrdiff_t count)
{
    return (size_t)count * g->size;
}

/* A (m, k) where its element [i, j] is the number i * row + j * column from `at` on; or so within
 * groups of `group` rows, each `apart` behind the one before. */
typedef struct view {
    const void *at;
    ptrdiff_t row, column, group, apart;
} view;

static view view_a(const cn_gemm *g, ptrdiff_t i, ptrdiff_t k)
{
    view v = {g->a, g->transpose_a ? 1 : g->lda, g->transpose_a ? g->lda : 1, g->m, 0};
    v.at = cn_gemm_at(g, v.at, i * v.row + k * v.column);
    return v;
}

/* Copies rows: as they lie, or if A is stored transposed those of a tile beside each other. */
static view copy_a(const cn_gemm *g, view v, ptrdiff_t rows, ptrdiff_t count, void *to)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    const ptrdiff_t group = tiles->rows[1],
                    room = CN_GEMM_BLOCK + 64 / (ptrdiff_t)g->size; /* no power of two */
    if (v.row != 1 || v.column == 1) {
        for (ptrdiff_t i = 0; i < rows; i++)
            memcpy(cn_gemm_at(g, to, i * room), cn_gemm_at(g, v.at, i * v.row), bytes(g, count));
        return (view){to, room, 1, rows, 0};
    }
    tiles->interleave(v.at, v.column, count, rows, to);
    return (view){to, 1, group, group, group * count};
}

ptrdiff_t cn_gemm_copy_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                         ptrdiff_t columns, ptrdiff_t width, ptrdiff_t most, void *to)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    const void *from = cn_gemm_at(g, g->b, g->transpose_b ? j * g->ldb + k : k * g->ldb + j);
    if (!g->transpose_b && columns >= width && width > tiles->lanes) {
        ptrdiff_t panels = cn_least(most, columns / width);
        tiles->copy(from, g->ldb, count, panels, to, count * width);
        return panels;
    }
    columns = cn_least(columns, width);
    if (columns < width)
        memset(to, 0, bytes(g, count * width));
    if (g->transpose_b)
        tiles->transpose(from, g->ldb, columns, count, to, width);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            memcpy(cn_gemm_at(g, to, i * width), cn_gemm_at(g, from, i * g->ldb),
                   bytes(g, columns));
    return 1;
}

void cn_gemm_pack(const cn_gemm *g, size_t begin, size_t end, float *panels)
{
    ptrdiff_t width = cn_kept_width(g->n), last = cn_least((ptrdiff_t)end * width, g->n);
    for (ptrdiff_t j = (ptrdiff_t)begin * width; j < last; j += width)
        cn_gemm_copy_b(g, 0, g->k, j, g->n - j, width, 1, panels + j * g->k);
}

void cn_gemm_aim(const cn_gemm *g, cn_gemm_tile *t, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k,
                 bool last)
{
    t->b = cn_gemm_at(g, g->b, k * g->ldb + j);
    t->b_step = t->ahead_step = g->ldb;
    t->ahead = CN_TILE_AHEAD * g->ldb;
    t->c = cn_gemm_at(g, g->c, i * g->ldc + j);
    t->c_step = g->ldc;
    t->alpha = g->alpha;
    t->beta = k ? 1 : g->beta;
    t->bias = last && g->bias ? cn_gemm_at(g, g->bias, j) : NULL;
    t->activation = last ? g->activation : CN_ACT_NONE;
}

/* All rows of a tile times one panel of `wide` vectors, of which only `lines` take more than
 * CN_TILE_WIDE. The rows are shared out evenly. `end`: NULL where more is added to them. */
static void run_panel(const cn_gemm *g, const cn_tiles *tiles, cn_gemm_tile t, int wide, view a,
                      ptrdiff_t rows, const cn_epilogue *end)
{
    bool lines = wide > CN_TILE_WIDE;
    ptrdiff_t blocks = cn_divide_up(rows, lines ? tiles->few : tiles->rows[wide - 1]),
              step = a.row * (ptrdiff_t)g->size, left = a.group,
              skip = a.apart * (ptrdiff_t)g->size - a.group * step;
    const char *row = a.at;
    const void *table[CN_TILE_ROWS];
    t.rows = table;
    t.a_step = a.column;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = rows / blocks + (b < rows % blocks);
        for (ptrdiff_t r = 0; r < size; r++, row += step, left--) {
            if (!left) {
                row += skip;
                left = a.group;
            }
            table[r] = row;
        }
        if (lines)
            tiles->lines[size - 1](&t);
        else
            cn_tile_run(tiles, &t, (int)size, wide);
        if (end)
            cn_epilogue_run(end, g->size, t.c, t.c_step, size, t.columns);
        t.c = cn_gemm_at(g, t.c, size * t.c_step);
        if (g->panels)
            t.ahead += t.ahead_step * t.segments->count;
    }
}

/* The panel of column j where B is in panels, from k on; the next one, or the next block of this
 * one, lies `next` behind it, and tiles ask for a part of it each. */
static void aim_at_panel(const cn_gemm *g, cn_gemm_tile *t, ptrdiff_t j, ptrdiff_t k,
                         ptrdiff_t next, ptrdiff_t tiles)
{
    ptrdiff_t width = cn_kept_width(g->n);
    t->b = g->panels + j * g->k + k * width;
    t->b_step = width;
    t->ahead = next * width;
    t->ahead_step = cn_divide_up(width, tiles);
}

/* Whether all rows of B before `end` have `width` numbers from column `from` on, be they the next
 * row's: what a panel has beyond its columns is read, not stored. */
static bool in_b(const cn_gemm *g, ptrdiff_t end, ptrdiff_t from, ptrdiff_t width)
{
    return (end - 1) * g->ldb + from + width <= (g->k - 1) * g->ldb + g->n;
}

/* Rows i .. i + rows and columns j .. j + columns of C. */
static void run_tile(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j, ptrdiff_t columns)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    void *scratch = cn_scratch(), *scratch_b = cn_gemm_at(g, scratch, CN_GEMM_A);
    ptrdiff_t lanes = tiles->lanes, panels = cn_divide_up(columns, CN_TILE_WIDE * lanes);
    bool near =
             (ptrdiff_t)bytes(g, rows * cn_least(g->k, CN_GEMM_BLOCK)) <= NEAR && g->lda % UNEVEN,
         copied_a = !near && (panels >= 4 || (g->transpose_a && panels > 1)),
         large = g->k * g->n >= (g->m <= FEW_READS ? CN_GEMM_LARGE : BEYOND) && g->m <= MANY_READS,
         copied_b = large || g->transpose_b || rows > 4 * tiles->rows[1]; /* unless in panels */
    ptrdiff_t strip =
        large ? CN_GEMM_B / (ptrdiff_t)bytes(g, CN_GEMM_BLOCK * CN_TILE_WIDE * lanes) : STRIP;
    for (ptrdiff_t k = 0; k == 0 || k < g->k; k += CN_GEMM_BLOCK) {
        cn_segment segment = {.count = cn_least(CN_GEMM_BLOCK, g->k - k)};
        bool last = k + CN_GEMM_BLOCK >= g->k;
        view a = view_a(g, i, k);
        if (copied_a)
            a = copy_a(g, a, rows, segment.count, scratch);
        const void *copied = NULL;
        for (ptrdiff_t from = j, left = columns, ready = 0; left > 0;) {
            int wide = left > lanes ? 2 : 1;
            ptrdiff_t width = wide * lanes, some = cn_least(width, left);
            cn_gemm_tile t = {.segments = &segment, .segment_count = 1};
            t.columns = some;
            cn_gemm_aim(g, &t, i, from, k, last);
            if (g->panels)
                aim_at_panel(g, &t, from, k, g->k, cn_divide_up(rows, tiles->rows[wide - 1]));
            else if (!ready && (copied_b || !in_b(g, k + segment.count, from, width))) {
                ready = cn_gemm_copy_b(g, k, segment.count, from, left, width, strip, scratch_b);
                copied = scratch_b;
            }
            if (ready) {
                t.b = copied;
                t.b_step = width;
                t.ahead = t.ahead_step = 0;
                copied = cn_gemm_at(g, copied, segment.count * width);
                ready--;
            }
            run_panel(g, tiles, t, wide, a, rows, last ? g->end : NULL);
            from += some;
            left -= some;
        }
    }
}

/* Rows i .. i + rows of A, `count` of k from `k` on, where this thread alone reads them: others
 * have written them, or they lie nowhere. */
static view fetch_rows(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t count,
                       ptrdiff_t pitch)
{
    float *to = cn_scratch();
    if (g->source)
        g->source->copy(g->source->context, i, rows, k, count, to, pitch);
    for (ptrdiff_t r = 0; r < rows && !g->source; r++)
        memcpy(to + r * pitch, (const float *)g->a + (i + r) * g->lda + k, bytes(g, count));
    return (view){to, pitch, 1, rows, 0};
}

/* Panels of B that are packed, as they lie; of k from `from` up to `to`. What is read next comes
 * from memory meanwhile: a single tile asks for the rest of its panel, several for a part each of
 * the next block. */
static void run_panels(const cn_gemm *g, view a, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                       ptrdiff_t columns, ptrdiff_t from, ptrdiff_t to)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    ptrdiff_t width = cn_kept_width(g->n), end = j + columns;
    for (; j < end; j += width) {
        int wide = end - j > tiles->lanes ? 2 : 1;
        ptrdiff_t passes = cn_divide_up(rows, tiles->rows[wide - 1]),
                  block = g->m <= tiles->rows[wide - 1] ? g->k + 1 : CN_GEMM_BLOCK;
        for (ptrdiff_t k = from; k == 0 || k < to; k += block) {
            cn_segment segment = {.count = cn_least(block, to - k)};
            cn_gemm_tile t = {.segments = &segment, .segment_count = 1};
            bool last = k + block >= g->k;
            t.columns = cn_least(width, end - j);
            cn_gemm_aim(g, &t, i, j, k, last);
            ptrdiff_t next = k + block < to ? block : g->k - (k - from);
            aim_at_panel(g, &t, j, k, passes == 1 ? CN_TILE_AHEAD : next, passes);
            view rest = {(const float *)a.at + (k - from), a.row, 1, rows, 0};
            run_panel(g, tiles, t, wide, rest, rows, last ? g->end : NULL);
        }
    }
}

/* The same as run_tile where B is kept as floats: of k so much at a time as scratch has room for.
 */
static void run_kept(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j, ptrdiff_t columns)
{
    enum { HALF = 1 << 16, APART = 16 }; /* of a second-level cache, at least */
    ptrdiff_t most = cn_most(1, (HALF / rows - 2 * APART) / CN_GEMM_BLOCK) * CN_GEMM_BLOCK;
    for (ptrdiff_t k = 0; k == 0 || k < g->k; k += most) {
        ptrdiff_t count = cn_least(most, g->k - k);
        view a = fetch_rows(g, i, rows, k, count, cn_round_up(count, APART) + APART);
        run_panels(g, a, i, rows, j, columns, k, k + count);
    }
}

/* Few rows of C, columns j .. j + columns: long pieces of B's rows are read where they lie, by the
 * first rows of C from memory, by others from a cache. */
static void run_lines(const cn_gemm *g, ptrdiff_t j, ptrdiff_t columns)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    ptrdiff_t width = cn_gemm_line_width(g), block = g->m == 1 ? g->k + 1 : CN_GEMM_BLOCK,
              end = j + columns;
    for (; end - j >= width; j += width)
        for (ptrdiff_t k = 0; k == 0 || k < g->k; k += block) {
            bool last = k + block >= g->k;
            cn_segment segment = {.count = cn_least(block, g->k - k)};
            cn_gemm_tile t = {.segments = &segment, .segment_count = 1, .columns = width};
            cn_gemm_aim(g, &t, 0, j, k, last);
            run_panel(g, tiles, t, cn_gemm_line_wide(g), view_a(g, 0, k), g->m,
                      last ? g->end : NULL);
        }
    if (j < end)
        run_tile(g, 0, g->m, j, end - j);
}

/* C[i, j] where a sum is ready. In double: one of float and one more number are added as floats
 * would be. */
static void set(const cn_gemm *g, void *c, double x, ptrdiff_t j)
{
    if (g->beta != 0)
        x += g->beta * cn_gemm_number(g, c);
    if (g->bias)
        x += cn_gemm_number(g, cn_gemm_at(g, g->bias, j));
    if (g->activation == CN_ACT_RELU && x < 0)
        x = 0;
    if (g->size == sizeof(float))
        *(float *)c = (float)x;
    else
        *(double *)c = x;
}

/* Few rows of A times a transposed B, both contiguous along k: columns j .. j + columns. */
static void run_dots(const cn_gemm *g, ptrdiff_t j, ptrdiff_t columns)
{
    const cn_tiles *tiles = cn_gemm_tiles(g);
    bool plain = g->alpha == 1 && g->beta == 0 && !g->bias && !g->activation;
    for (ptrdiff_t end = j + columns; j < end; j += 4) {
        int count = (int)cn_least(4, end - j);
        const void *rows[4];
        double sums[4]; /* room for either type */
        for (int r = 0; r < count; r++)
            rows[r] = cn_gemm_at(g, g->b, (j + r) * g->ldb);
        for (ptrdiff_t i = 0; i < g->m; i++) {
            void *c = cn_gemm_at(g, g->c, i * g->ldc + j);
            tiles->dot(rows, count, cn_gemm_at(g, g->a, i * g->lda), g->k, sums);
            if (plain)
                memcpy(c, sums, bytes(g, count));
            for (int r = 0; !plain && r < count; r++)
                set(g, cn_gemm_at(g, c, r), g->alpha * cn_gemm_number(g, cn_gemm_at(g, sums, r)),
                    j + r);
            if (g->end)
                cn_epilogue_run(g->end, g->size, c, 0, 1, count);
        }
    }
}

void cn_gemm_piece(const cn_gemm *g, cn_gemm_way way, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                   ptrdiff_t columns)
{
    if (way == CN_GEMM_UNITS)
        cn_gemm_units_piece(g, i, rows, j, columns);
    else if (g->panels && !g->warm)
        run_kept(g, i, rows, j, columns);
    else if (g->transpose_b && !g->transpose_a && g->m <= CN_GEMM_DOTS)
        run_dots(g, j, columns);
    else if (way == CN_GEMM_LINES)
        run_lines(g, j, columns);
    else
        run_tile(g, i, rows, j, columns);
}
