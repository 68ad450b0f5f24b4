/* C is cut into pieces that threads take one by one (gemm_piece.c). How it is cut may depend on the
 * number of threads since it changes no sum: each element of C is summed in the order of k, in
 * blocks that depend on k alone. Few long sums (small m * n, or k much longer than C's sides) are
 * cut along k, in chunks that depend on the shape alone: a thread then reads a piece of A and B of
 * its own, once, the one that it wrote when these are weights. */
#include "backend/cpu/gemm/amx.h"
#include "backend/cpu/gemm/gemm_piece.h"
#include "backend/cpu/sizes.h"
#include "base/threads.h"
#include "cornu/config.h"

enum {
    PIECE = 128 * 1024, /* multiplications that are worth a thread's while: about 2 µs */
    SPLIT_SIZE = 4096,  /* m * n up to this: cut along k ... */
    SPLIT_LENGTH = 192, /* ... into chunks of at least this length ... */
    SPLIT_CHUNKS = 8,   /* ... but into no more than these */
};

/* How C (m, n) is cut: `down` by `across` tiles, whose sides are about equal numbers of units. */
typedef struct cut {
    ptrdiff_t down, across, row_unit, column_unit;
    bool rows_first;
} cut;

/* Where part i of `parts` begins. */
static ptrdiff_t part_start(ptrdiff_t size, ptrdiff_t unit, ptrdiff_t parts, ptrdiff_t i)
{
    return cn_least(size, cn_divide_up(size, unit) * i / parts * unit);
}

/* At least four tiles a thread where the work is worth it, two on matrix units, for which each
 * splits what it reads; nearly square, at most `most_rows` high, and as many for each thread. */
static void cut_up(cut *c, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t batch, bool units)
{
    const ptrdiff_t most_rows = units ? CN_GEMM_SPLIT : CN_GEMM_ROWS, each = units ? 2 : 4;
    ptrdiff_t rows = cn_round_up(cn_divide_up(m, cn_divide_up(m, most_rows)), 2 * c->row_unit),
              columns = n;
    int threads = cn_num_threads();
    for (;;) {
        c->down = cn_divide_up(m, rows);
        c->across = cn_divide_up(n, columns);
        ptrdiff_t work = cn_least(rows, m) * columns * (k + 1);
        if (threads < 2 || c->down * c->across * batch >= each * threads || work < 2 * PIECE)
            break;
        if (columns > rows && columns > c->column_unit)
            columns = cn_round_up(cn_divide_up(columns, 2), c->column_unit);
        else if (rows > 2 * c->row_unit)
            rows = cn_round_up(cn_divide_up(rows, 2), 2 * c->row_unit);
        else
            break;
    }
    if (c->down >= threads && c->down * c->across % threads)
        c->down = cn_least(cn_round_up(c->down, threads), cn_divide_up(m, c->row_unit));
}

/* By rows first: a thread then reads the rows of A that it has itself written, and splits them for
 * itself where they are to be split. It reads all of B, so it needs more rows where that is large.
 * False where these would be too many for a piece. */
static bool cut_rows(cut *c, const cn_gemm *g, bool units)
{
    int threads = cn_num_threads();
    bool large = g->n * g->k > (units ? 1 << 17 : 1 << 19);
    ptrdiff_t least = units ? (large ? 96 : 64) : (large ? 48 : 24), each = units ? 1 : 2,
              down = cn_most(1, cn_least(threads, g->m / least));
    c->rows_first = g->batch == 1 && cn_divide_up(g->m, down) <= CN_GEMM_SPLIT;
    if (!c->rows_first)
        return false;
    c->down = down;
    c->across = cn_least(cn_divide_up(each * threads, down), cn_divide_up(g->n, c->column_unit));
    return true;
}

typedef struct job {
    cn_gemm g;
    cut cut;
    ptrdiff_t k; /* of all products where each is a chunk of one that is cut along k */
    cn_gemm_way way;
} job;

static void some_tiles(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cut *cut = &job->cut;
    ptrdiff_t each = cut->down * cut->across;
    /* a thread's tiles read neighbouring parts of the larger */
    bool wide = job->g.n > job->g.m && !cut->rows_first;
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
            g.k = cn_least(g.k, job->k - batch * g.k);
            g.bias = NULL;
        }
        g.a = cn_gemm_at(&g, g.a, batch * g.stride_a);
        g.b = cn_gemm_at(&g, g.b, batch * g.stride_b);
        g.c = cn_gemm_at(&g, g.c, batch * g.stride_c);
        cn_gemm_piece(&g, job->way, i, rows, j, columns);
    }
}

/* Multiplications of one product, or as many as take as long: a number of a B that is kept, and
 * read once in a prediction, takes that of READ of them to come into the caches. */
static ptrdiff_t work_of(const cn_gemm *g)
{
    enum { READ = 16 };
    return cn_most(g->m, g->panels ? READ : 1) * g->n * (g->k + 1);
}

/* Not worth being cut. */
static bool is_small(const cn_gemm *g)
{
    return work_of(g) < 2 * PIECE && g->m <= CN_GEMM_ROWS;
}

static void pack_panels(void *context, size_t begin, size_t end)
{
    const cn_gemm *g = context;
    cn_gemm_pack(g, begin, end, (float *)g->panels);
}

/* Where several pieces would each copy a panel of B, it is copied once for all of them. */
static void share_b(job *job)
{
    cn_gemm *g = &job->g;
    const cn_tiles *tiles = cn_gemm_tiles(g);
    ptrdiff_t width = cn_kept_width(g->n), panels = cn_divide_up(g->n, width);
    if (g->batch > 1 || g->size != sizeof(float) || g->panels || job->way != CN_GEMM_TILES ||
        job->cut.down < 2 || g->m < 4 * tiles->rows[1] * job->cut.down || g->n <= tiles->lanes ||
        panels * width * g->k > CN_SCRATCH_SPLIT / (ptrdiff_t)sizeof(float))
        return;
    g->panels = cn_scratch_split();
    g->warm = true;
    cn_parallel_for((size_t)panels, (size_t)(PIECE / (8 * g->k * width) + 1), pack_panels, g);
}

static void run_tiles(job *job)
{
    cn_gemm *g = &job->g;
    const cn_tiles *tiles = cn_gemm_tiles(g);
    bool units = job->way == CN_GEMM_UNITS, kept = g->panels;
    job->cut = (cut){1, 1, tiles->rows[g->n > tiles->lanes], CN_TILE_WIDE * tiles->lanes, false};
    if (job->way == CN_GEMM_LINES)
        job->cut = (cut){1, 1, g->m, cn_gemm_line_width(g), false};
    if (units)
        job->cut = (cut){1, 1, CN_AMX_SIDE, CN_AMX_SIDE, false};
    if (!is_small(g) && !((units || kept) && cut_rows(&job->cut, g, units)))
        cut_up(&job->cut, g->m, g->n, g->k, g->batch, units);
    if (units && !job->cut.rows_first && !kept)
        cn_gemm_units_share(g, job->cut.down, job->cut.across);
    share_b(job);
    ptrdiff_t each = job->cut.down * job->cut.across, pieces = g->batch * each;
    ptrdiff_t work = work_of(g) / each + 1;
    cn_parallel_for((size_t)pieces, (size_t)(PIECE / work + 1), some_tiles, job);
}

/* Not cut along k. */
static void run_whole(const cn_gemm *g)
{
    cn_gemm_way way = cn_gemm_way_of(g, cn_gemm_in_lines(g));
    if (g->batch == 1 && is_small(g)) {
        cn_gemm_piece(g, way, 0, g->m, 0, g->n);
        return;
    }
    job job = {.g = *g, .way = way};
    run_tiles(&job);
}

static ptrdiff_t sums_room(const cn_gemm *g)
{
    return (CN_SCRATCH - CN_GEMM_B) / (ptrdiff_t)g->size - CN_GEMM_A;
}

/* As products of their own, whose results lie at the end of the caller's scratch; their sum is a
 * row of ones times them. The bias comes with the first. */
static void run_split(const cn_gemm *g)
{
    static const float one = 1;
    static const double one_double = 1;
    ptrdiff_t size = g->m * g->n, most = cn_least(SPLIT_CHUNKS, sums_room(g) / size);
    ptrdiff_t length = cn_divide_up(g->k, cn_least(most, g->k / SPLIT_LENGTH));
    bool whole = g->ldc == g->n && !g->end; /* an epilogue knows columns */
    job job = {.g = *g, .k = g->k};
    job.g.k = length;
    job.g.batch = cn_divide_up(g->k, length);
    job.g.c = (char *)cn_gemm_at(g, cn_scratch(), CN_GEMM_A) + CN_GEMM_B;
    job.g.ldc = g->n;
    job.g.stride_a = length * (g->transpose_a ? g->lda : 1);
    job.g.stride_b = length * (g->transpose_b ? 1 : g->ldb);
    job.g.stride_c = size;
    job.g.beta = 0;
    job.g.activation = CN_ACT_NONE;
    job.g.end = NULL;
    job.way = cn_gemm_way_of(&job.g, cn_gemm_in_lines(g));
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
    bool lines = cn_gemm_in_lines(g) && g->n >= 4 * cn_gemm_line_width(g);
    return !g->kept && !g->panels && g->batch == 1 && g->m > CN_GEMM_DOTS &&
           g->k >= 2 * SPLIT_LENGTH && !lines &&
           (size <= SPLIT_SIZE || (square && g->k >= 4 * longer && 2 * size <= sums_room(g)));
}

/* In panels, B's rows follow each other, whatever is a power of two. */
size_t cn_gemm_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k)
{
    enum { LEAST = 1 << 14 };
    const cn_gemm g = CN_GEMM(m, n, k, NULL, NULL, (float *)NULL);
    size_t units = cn_gemm_kept_on_units(m, n, k);
    bool pays = m >= cn_gemm_tiles(&g)->rows[1] && n > cn_gemm_tiles(&g)->lanes && n * k >= LEAST &&
                n * k <= CN_GEMM_LARGE && !splits(&g);
    return units || !pays ? units : (size_t)(cn_round_up(n, cn_kept_width(n)) * k) * sizeof(float);
}

void cn_gemm_keep(cn_gemm *g, void *room, bool again)
{
    bool units = cn_gemm_kept_on_units(g->m, g->n, g->k);
    if (!again && units)
        cn_gemm_split_all(g, room);
    else if (!again)
        cn_gemm_pack(g, 0, (size_t)g->n, room);
    if (units)
        g->kept = room;
    else
        g->panels = room;
    g->warm = true;
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
    double bias = g->bias ? cn_gemm_number(g, g->bias) : 0;
    bool relu = g->activation == CN_ACT_RELU;
    bool some = g->bias || relu;
    if (some && g->size == sizeof(float))
        END(float, c, g->m, bias, relu)
    else if (some)
        END(double, c, g->m, bias, relu)
    if (g->end)
        cn_epilogue_run(g->end, g->size, c, 1, g->m, 1);
}

/* B is at hand in panels. */
static bool run_kept(const cn_gemm *g)
{
    enum { FEW = 24 }; /* rows that are multiplied faster than half as much again of B is read */
    cn_gemm own = *g;
    bool units =
        g->keep_split && g->m > FEW && g->beta == 0 && cn_gemm_kept_on_units(g->m, g->n, g->k);
    const void *kept = cn_kept_take(g->keep, units ? CN_KEPT_SPLIT : CN_KEPT_FLOATS, g->b);
    if (units)
        own.kept = kept;
    else
        own.panels = kept;
    if (kept)
        run_whole(&own);
    return kept;
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
        end_column(g, cn_gemm_at(g, g->c, b * g->stride_c));
}

void cn_gemm_rows(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, void *c, uint64_t turn)
{
    cn_gemm own = *g;
    cn_gemm_way way = cn_gemm_way_of(g, cn_gemm_in_lines(g));
    own.c = cn_gemm_at(g, c, -i * g->ldc);
    if (way == CN_GEMM_UNITS)
        own.kept = cn_gemm_units_own(g, turn);
    cn_gemm_piece(&own, way, i, rows, 0, g->n);
}

bool cn_gemm_run(const cn_gemm *g)
{
    if (g->m <= 0 || g->n <= 0 || g->batch <= 0)
        return true;
    if (!cn_scratch())
        return false;
    if (g->keep)
        return run_kept(g);
    if (g->n == 1 && g->m > 1 && g->ldc == 1)
        run_column(g);
    else
        run(g);
    return true;
}
