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
    MOST_ROWS = 240,    /* of a tile: a multiple of any unit of rows */
};

/* Scratch: a block of A in numbers (it holds MOST_ROWS in any order), panels of B in bytes, and the
 * sums of a product that is cut along k. */
enum { A_SIZE = 256 * K_BLOCK, B_BYTES = CN_SCRATCH / 4 };

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

/* Where the i-th number from here on lies. */
static void *at(const cn_gemm *g, const void *from, ptrdiff_t i)
{
    return (char *)from + i * (ptrdiff_t)g->size;
}

static size_t bytes(const cn_gemm *g, ptrdiff_t count)
{
    return (size_t)count * g->size;
}

static const cn_tiles *tiles_of(const cn_gemm *g)
{
    if (g->size == sizeof(float))
        return cn_isa_pick(cn_tiles);
#ifdef CORNU_ISA_X86
    if (cn_isa_level() != CN_ISA_PLAIN)
        return &cn_tiles_double_avx2;
#endif
    return &cn_tiles_double_plain;
}

/* A (m, k) where its element [i, j] is the number i * row + j * column from `at` on. */
typedef struct view {
    const void *at;
    ptrdiff_t row, column;
} view;

static view view_a(const cn_gemm *g, ptrdiff_t i, ptrdiff_t k)
{
    view v = {g->a, g->transpose_a ? 1 : g->lda, g->transpose_a ? g->lda : 1};
    v.at = at(g, v.at, i * v.row + k * v.column);
    return v;
}

/* Copies rows as they lie: (rows, count), or (count, rows) if A is stored transposed. */
static view copy_a(const cn_gemm *g, view v, ptrdiff_t rows, ptrdiff_t count, void *to)
{
    bool across = v.row == 1 && v.column != 1;
    ptrdiff_t lines = across ? count : rows, length = across ? rows : count;
    ptrdiff_t step = across ? v.column : v.row; /* and the copy's: no power of two */
    ptrdiff_t room = across ? round_up(rows, 16) + 16 : K_BLOCK + 64 / (ptrdiff_t)g->size;
    for (ptrdiff_t i = 0; i < lines; i++)
        memcpy(at(g, to, i * room), at(g, v.at, i * step), bytes(g, length));
    return across ? (view){to, 1, room} : (view){to, room, 1};
}

/* Copies rows k .. k + count of op(B), columns j .. j + columns, to (panels, count, width), zeros
 * at the end. One panel, or up to `most` where that reads more of a row at once; how many it is. */
static ptrdiff_t copy_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                        ptrdiff_t columns, ptrdiff_t width, ptrdiff_t most, void *to)
{
    const cn_tiles *tiles = tiles_of(g);
    const void *from = at(g, g->b, g->transpose_b ? j * g->ldb + k : k * g->ldb + j);
    if (!g->transpose_b && columns >= width && width > tiles->lanes) {
        ptrdiff_t panels = least(most, columns / width);
        tiles->copy(from, g->ldb, count, panels, to, count * width);
        return panels;
    }
    columns = least(columns, width);
    if (columns < width)
        memset(to, 0, bytes(g, count * width));
    if (g->transpose_b)
        tiles->transpose(from, g->ldb, columns, count, to, width);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            memcpy(at(g, to, i * width), at(g, from, i * g->ldb), bytes(g, columns));
    return 1;
}

/* All rows of a tile times one panel: `rows` rows are shared out evenly among tiles of at most
 * tiles->rows. `end`: NULL where more is added to them. */
static void run_panel(const cn_gemm *g, const cn_tiles *tiles, cn_gemm_tile t, int wide, view a,
                      ptrdiff_t rows, const cn_epilogue *end)
{
    ptrdiff_t blocks = divide_up(rows, tiles->rows[wide - 1]), step = a.row * (ptrdiff_t)g->size;
    const char *row = a.at;
    const void *table[CN_TILE_ROWS];
    t.rows = table;
    t.a_step = a.column;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = rows / blocks + (b < rows % blocks);
        for (ptrdiff_t r = 0; r < size; r++, row += step)
            table[r] = row;
        cn_tile_run(tiles, &t, (int)size, wide);
        if (end)
            cn_epilogue_run(end, g->size, t.c, t.c_step, size, t.columns);
        t.c = at(g, t.c, size * t.c_step);
    }
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
    const cn_tiles *tiles = tiles_of(g);
    void *scratch = cn_scratch(), *scratch_b = at(g, scratch, A_SIZE);
    ptrdiff_t lanes = tiles->lanes, panels = divide_up(columns, CN_TILE_WIDE * lanes);
    bool near = (ptrdiff_t)bytes(g, rows * least(g->k, K_BLOCK)) <= NEAR && g->lda % UNEVEN,
         copied_a = !near && (panels >= 4 || (g->transpose_a && panels > 1)),
         large = g->k * g->n >= (g->m <= FEW_READS ? CN_GEMM_LARGE : BEYOND) && g->m <= MANY_READS,
         copied_b = large || g->transpose_b || rows > 4 * tiles->rows[1];
    ptrdiff_t strip = large ? B_BYTES / (ptrdiff_t)bytes(g, K_BLOCK * CN_TILE_WIDE * lanes) : 1;
    for (ptrdiff_t k = 0; k == 0 || k < g->k; k += K_BLOCK) {
        cn_segment segment = {.count = least(K_BLOCK, g->k - k)};
        bool last = k + K_BLOCK >= g->k;
        view a = view_a(g, i, k);
        if (copied_a)
            a = copy_a(g, a, rows, segment.count, scratch);
        const void *copied = NULL;
        for (ptrdiff_t from = j, left = columns, ready = 0; left > 0;) {
            int wide = left > lanes ? 2 : 1;
            ptrdiff_t width = wide * lanes, some = least(width, left);
            cn_gemm_tile t = {.segments = &segment, .segment_count = 1};
            t.c_step = g->ldc;
            t.columns = some;
            t.b = at(g, g->b, k * g->ldb + from);
            t.b_step = g->ldb;
            if (!ready && (copied_b || !in_b(g, k + segment.count, from, width))) {
                ready = copy_b(g, k, segment.count, from, left, width, strip, scratch_b);
                copied = scratch_b;
            }
            if (ready) {
                t.b = copied;
                t.b_step = width;
                copied = at(g, copied, segment.count * width);
                ready--;
            }
            t.c = at(g, g->c, i * g->ldc + from);
            t.alpha = g->alpha;
            t.beta = k ? 1 : g->beta;
            t.bias = last && g->bias ? at(g, g->bias, from) : NULL;
            t.activation = last ? g->activation : CN_ACT_NONE;
            run_panel(g, tiles, t, wide, a, rows, last ? g->end : NULL);
            from += some;
            left -= some;
        }
    }
}

/* The width of what one call does of few rows. */
static ptrdiff_t line_width(const cn_gemm *g)
{
    return (g->m == 1 ? CN_TILE_LINE : CN_TILE_LINES) * tiles_of(g)->lanes;
}

static bool in_lines(const cn_gemm *g)
{
    bool few = g->m <= CN_GEMM_FEW && g->k * g->n >= CN_GEMM_LARGE && tiles_of(g)->few > 1;
    return !g->transpose_b && (g->m == 1 || few);
}

/* Few rows of C, columns j .. j + columns: long pieces of B's rows are read where they lie, by the
 * first rows of C from memory, by others from a cache. */
static void run_lines(const cn_gemm *g, ptrdiff_t j, ptrdiff_t columns)
{
    const cn_tiles *tiles = tiles_of(g);
    ptrdiff_t groups = divide_up(g->m, tiles->few), end = j + columns;
    ptrdiff_t width = line_width(g), block = g->m == 1 ? g->k + 1 : K_BLOCK;
    cn_gemm_tile t = {.b_step = g->ldb, .segment_count = 1, .c_step = g->ldc, .columns = width};
    t.alpha = g->alpha;
    for (; end - j >= width; j += width)
        for (ptrdiff_t k = 0; k == 0 || k < g->k; k += block) {
            bool last = k + block >= g->k;
            cn_segment segment = {.count = least(block, g->k - k)};
            t.segments = &segment;
            t.b = at(g, g->b, k * g->ldb + j);
            t.beta = k ? 1 : g->beta;
            t.bias = last && g->bias ? at(g, g->bias, j) : NULL;
            t.activation = last ? g->activation : CN_ACT_NONE;
            for (ptrdiff_t p = 0; p < groups; p++) {
                ptrdiff_t i = g->m * p / groups, rows = g->m * (p + 1) / groups - i;
                view a = view_a(g, i, k);
                const void *table[CN_TILE_FEW];
                for (ptrdiff_t r = 0; r < rows; r++)
                    table[r] = at(g, a.at, r * a.row);
                t.rows = table;
                t.a_step = a.column;
                t.c = at(g, g->c, i * g->ldc + j);
                (g->m == 1 ? tiles->line : tiles->lines[rows - 2])(&t);
                if (last && g->end)
                    cn_epilogue_run(g->end, g->size, t.c, t.c_step, rows, width);
            }
        }
    if (j < end)
        run_tile(g, 0, g->m, j, end - j);
}

static double number(const cn_gemm *g, const void *from)
{
    return g->size == sizeof(float) ? (double)*(const float *)from : *(const double *)from;
}

/* C[i, j] where a sum is ready. In double: one of float and one more number are added as floats
 * would be. */
static void set(const cn_gemm *g, void *c, double x, ptrdiff_t j)
{
    if (g->beta != 0)
        x += g->beta * number(g, c);
    if (g->bias)
        x += number(g, at(g, g->bias, j));
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
    const cn_tiles *tiles = tiles_of(g);
    bool plain = g->alpha == 1 && g->beta == 0 && !g->bias && !g->activation;
    for (ptrdiff_t end = j + columns; j < end; j += 4) {
        int count = (int)least(4, end - j);
        const void *rows[4];
        double sums[4]; /* room for either type */
        for (int r = 0; r < count; r++)
            rows[r] = at(g, g->b, (j + r) * g->ldb);
        for (ptrdiff_t i = 0; i < g->m; i++) {
            void *c = at(g, g->c, i * g->ldc + j);
            tiles->dot(rows, count, at(g, g->a, i * g->lda), g->k, sums);
            if (plain)
                memcpy(c, sums, bytes(g, count));
            for (int r = 0; !plain && r < count; r++)
                set(g, at(g, c, r), g->alpha * number(g, at(g, sums, r)), j + r);
            if (g->end)
                cn_epilogue_run(g->end, g->size, c, 0, 1, count);
        }
    }
}

/* Those of C, by what is best for its shape. */
static void run_piece(const cn_gemm *g, bool lines, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                      ptrdiff_t columns)
{
    if (g->transpose_b && !g->transpose_a && g->m <= FEW_ROWS)
        run_dots(g, j, columns);
    else if (lines)
        run_lines(g, j, columns);
    else
        run_tile(g, i, rows, j, columns);
}

typedef struct job {
    cn_gemm g;
    cut cut;
    ptrdiff_t k; /* of all products where each is a chunk of one that is cut along k */
    bool lines;
} job;

static void some_tiles(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cut *cut = &job->cut;
    ptrdiff_t each = cut->down * cut->across;
    bool wide = job->g.n > job->g.m; /* a thread's tiles read neighbouring parts of the larger */
    for (ptrdiff_t p = (ptrdiff_t)begin; p < (ptrdiff_t)end; p++) {
        cn_gemm g = job->g;
        ptrdiff_t batch = p / each, place = p % each;
        ptrdiff_t down = wide ? place % cut->down : place / cut->across;
        ptrdiff_t across = wide ? place / cut->down : place % cut->across;
        ptrdiff_t i = part_start(g.m, cut->row_unit, cut->down, down);
        ptrdiff_t j = part_start(g.n, cut->column_unit, cut->across, across);
        ptrdiff_t rows = part_start(g.m, cut->row_unit, cut->down, down + 1) - i;
        ptrdiff_t columns = part_start(g.n, cut->column_unit, cut->across, across + 1) - j;
        if (job->k && batch) {
            g.k = least(g.k, job->k - batch * g.k);
            g.bias = NULL;
        }
        g.a = at(&g, g.a, batch * g.stride_a);
        g.b = at(&g, g.b, batch * g.stride_b);
        g.c = at(&g, g.c, batch * g.stride_c);
        run_piece(&g, job->lines, i, rows, j, columns);
    }
}

/* Not worth being cut. */
static bool is_small(const cn_gemm *g)
{
    return g->m * g->n * (g->k + 1) < 2 * PIECE && g->m <= MOST_ROWS;
}

static void run_tiles(job *job)
{
    const cn_gemm *g = &job->g;
    const cn_tiles *tiles = tiles_of(g);
    ptrdiff_t size = g->m * g->n;
    job->cut = (cut){1, 1, tiles->rows[g->n > tiles->lanes], CN_TILE_WIDE * tiles->lanes};
    if (job->lines)
        job->cut = (cut){1, 1, g->m, line_width(g)};
    if (!is_small(g))
        cut_up(&job->cut, g->m, g->n, g->k, g->batch, MOST_ROWS);
    ptrdiff_t each = job->cut.down * job->cut.across, pieces = g->batch * each;
    ptrdiff_t work = size * (g->k + 1) / each + 1;
    cn_parallel_for((size_t)pieces, (size_t)(PIECE / work + 1), some_tiles, job);
}

/* Not cut along k. */
static void run_whole(const cn_gemm *g)
{
    bool lines = in_lines(g);
    if (g->batch == 1 && is_small(g)) {
        run_piece(g, lines, 0, g->m, 0, g->n);
        return;
    }
    job job = {.g = *g, .lines = lines};
    run_tiles(&job);
}

static ptrdiff_t sums_room(const cn_gemm *g)
{
    return (CN_SCRATCH - B_BYTES) / (ptrdiff_t)g->size - A_SIZE;
}

/* As products of their own, whose results lie at the end of the caller's scratch; their sum is a
 * row of ones times them. The bias comes with the first. */
static void run_split(const cn_gemm *g)
{
    static const float one = 1;
    static const double one_double = 1;
    ptrdiff_t size = g->m * g->n, most = least(SPLIT_CHUNKS, sums_room(g) / size);
    ptrdiff_t length = divide_up(g->k, least(most, g->k / SPLIT_LENGTH));
    bool whole = g->ldc == g->n && !g->end; /* an epilogue knows columns */
    job job = {.g = *g, .k = g->k, .lines = in_lines(g)};
    job.g.k = length;
    job.g.batch = divide_up(g->k, length);
    job.g.c = (char *)at(g, cn_scratch(), A_SIZE) + B_BYTES;
    job.g.ldc = g->n;
    job.g.stride_a = length * (g->transpose_a ? g->lda : 1);
    job.g.stride_b = length * (g->transpose_b ? 1 : g->ldb);
    job.g.stride_c = size;
    job.g.beta = 0;
    job.g.activation = CN_ACT_NONE;
    job.g.end = NULL;
    run_tiles(&job);
    cn_gemm sum = {.m = 1, .n = whole ? size : g->n, .k = job.g.batch, .size = g->size};
    sum.batch = whole ? 1 : g->m;
    sum.a = g->size == sizeof one ? (const void *)&one : &one_double;
    sum.transpose_a = true; /* in steps of lda, 0: the same one for each chunk */
    sum.b = job.g.c;
    sum.ldb = size;
    sum.stride_b = g->n;
    sum.c = g->c;
    sum.stride_c = g->ldc;
    sum.alpha = 1;
    sum.beta = g->beta;
    sum.activation = g->activation;
    sum.end = g->end;
    run_whole(&sum);
}

/* Where the sums are few, or long and neither A nor B so small that all may read it again. */
static bool splits(const cn_gemm *g)
{
    ptrdiff_t size = g->m * g->n, longer = g->m > g->n ? g->m : g->n;
    bool square = size * 4 >= longer * longer;
    bool lines = in_lines(g) && g->n >= 4 * line_width(g);
    return g->batch == 1 && g->m > FEW_ROWS && g->k >= 2 * SPLIT_LENGTH && !lines &&
           (size <= SPLIT_SIZE || (square && g->k >= 4 * longer && 2 * size <= sums_room(g)));
}

static void run(const cn_gemm *g)
{
    if (splits(g))
        run_split(g);
    else
        run_whole(g);
}

#define END(real, c, m, bias, relu)                        \
    for (real *y = (c), *end = y + (m), x; y < end; y++) { \
        x = *y + (real)(bias);                             \
        *y = (relu) && x < 0 ? 0 : x;                      \
    }

/* A column's bias is one number. */
static void end_column(const cn_gemm *g, void *c)
{
    double bias = g->bias ? number(g, g->bias) : 0;
    bool relu = g->activation == CN_ACT_RELU;
    bool some = g->bias || relu;
    if (some && g->size == sizeof(float))
        END(float, c, g->m, bias, relu)
    else if (some)
        END(double, c, g->m, bias, relu)
    if (g->end)
        cn_epilogue_run(g->end, g->size, c, 1, g->m, 1);
}

/* One column of C is one row of its transpose; then A is read in the order in which it is stored.
 */
static void run_column(const cn_gemm *g)
{
    cn_gemm t = *g;
    t.m = 1;
    t.n = g->m;
    t.a = g->b;
    t.b = g->a;
    t.lda = g->ldb;
    t.ldb = g->lda;
    t.stride_a = g->stride_b;
    t.stride_b = g->stride_a;
    t.transpose_a = !g->transpose_b;
    t.transpose_b = !g->transpose_a;
    if (t.transpose_a && t.lda == 1) /* a contiguous column is a row */
        t.transpose_a = false;
    t.bias = NULL;
    t.activation = CN_ACT_NONE;
    t.end = NULL;
    run(&t);
    for (ptrdiff_t b = 0; b < g->batch; b++)
        end_column(g, at(g, g->c, b * g->stride_c));
}

bool cn_gemm_run(const cn_gemm *g)
{
    if (g->m <= 0 || g->n <= 0 || g->batch <= 0)
        return true;
    if (!cn_scratch())
        return false;
    if (g->n == 1 && g->m > 1 && g->ldc == 1)
        run_column(g);
    else
        run(g);
    return true;
}
