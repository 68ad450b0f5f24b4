/* The matrix product for one type: included by gemm.c with REAL, GEMM, TILE, TILES, EPILOGUE and
 * NAME(x) defined. */

/* Scratch, in elements: a block of A, a panel of B, and the sums of a product that is cut along k.
 */
enum {
    NAME(A_SIZE) = 256 * K_BLOCK,
    NAME(B_SIZE) = CN_SCRATCH / 4 / (int)sizeof(REAL),
    NAME(SUMS) = CN_SCRATCH / (int)sizeof(REAL) - NAME(A_SIZE) - NAME(B_SIZE),
    NAME(ROOM) = K_BLOCK + 64 / (int)sizeof(REAL), /* a copied row of A: no power of two apart */
    NAME(MOST_ROWS) = 240, /* a multiple of any unit of rows; A_SIZE holds so many in any order */
};

/* A (m, k) where its element [i, j] is at[i * row + j * column]. */
typedef struct NAME(view) {
    const REAL *at;
    ptrdiff_t row, column;
} NAME(view);

static NAME(view) NAME(view_a)(const GEMM *g, ptrdiff_t i, ptrdiff_t k)
{
    NAME(view) v = {g->a, g->transpose_a ? 1 : g->lda, g->transpose_a ? g->lda : 1};
    v.at += i * v.row + k * v.column;
    return v;
}

/* Copies rows as they lie: (rows, count), or (count, rows) if A is stored transposed. */
static NAME(view) NAME(copy_a)(NAME(view) v, ptrdiff_t rows, ptrdiff_t count, REAL *to)
{
    bool across = v.row == 1 && v.column != 1;
    ptrdiff_t lines = across ? count : rows, length = across ? rows : count;
    ptrdiff_t step = across ? v.column : v.row,
              room = across ? round_up(rows, 16) + 16 : NAME(ROOM);
    for (ptrdiff_t i = 0; i < lines; i++)
        memcpy(to + i * room, v.at + i * step, (size_t)length * sizeof(REAL));
    return across ? (NAME(view)){to, 1, room} : (NAME(view)){to, room, 1};
}

/* Copies rows k .. k + count of op(B), columns j .. j + columns, to (panels, count, width), zeros
 * at the end. One panel, or up to `most` where that reads more of a row at once; how many it is. */
static ptrdiff_t NAME(copy_b)(const GEMM *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                              ptrdiff_t columns, ptrdiff_t width, ptrdiff_t most, REAL *to)
{
    const TILES *tiles = NAME(tiles)();
    if (!g->transpose_b && columns >= width && width > tiles->lanes) {
        ptrdiff_t panels = least(most, columns / width);
        tiles->copy(g->b + k * g->ldb + j, g->ldb, count, panels, to, count * width);
        return panels;
    }
    columns = least(columns, width);
    if (columns < width)
        memset(to, 0, (size_t)(count * width) * sizeof(REAL));
    if (g->transpose_b)
        tiles->transpose(g->b + j * g->ldb + k, g->ldb, columns, count, to, width);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            memcpy(to + i * width, g->b + (k + i) * g->ldb + j, (size_t)columns * sizeof(REAL));
    return 1;
}

/* All rows of a tile times one panel: `rows` rows are shared out evenly among tiles of at most
 * t.rows. `end`: NULL where more is added to them. */
static void NAME(panel)(const TILES *tiles, TILE t, int wide, NAME(view) a, ptrdiff_t rows,
                        const cn_epilogue *end)
{
    ptrdiff_t blocks = divide_up(rows, tiles->rows);
    const REAL *table[CN_TILE_ROWS];
    t.rows = table;
    t.a_step = a.column;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = rows / blocks + (b < rows % blocks);
        for (ptrdiff_t r = 0; r < size; r++, a.at += a.row)
            table[r] = a.at;
        cn_tile_run(tiles, &t, (int)size, wide);
        if (end)
            EPILOGUE(end, t.c, t.c_step, size, t.columns);
        t.c += size * t.c_step;
    }
}

/* Rows i .. i + rows and columns j .. j + columns of C. */
static void NAME(tile)(const GEMM *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j, ptrdiff_t columns)
{
    const TILES *tiles = NAME(tiles)();
    REAL *scratch = cn_scratch(), *scratch_b = scratch + NAME(A_SIZE);
    ptrdiff_t lanes = tiles->lanes, panels = divide_up(columns, CN_TILE_WIDE * lanes);
    bool near = rows * least(g->k, K_BLOCK) * (ptrdiff_t)sizeof(REAL) <= NEAR && g->lda % UNEVEN,
         copy_a = !near && (panels >= 4 || (g->transpose_a && panels > 1)),
         large = g->k * g->n >= (g->m <= FEW_READS ? CN_GEMM_LARGE : BEYOND) && g->m <= MANY_READS,
         copy_b = large || g->transpose_b || rows > 4 * tiles->rows;
    ptrdiff_t strip = large ? NAME(B_SIZE) / (K_BLOCK * CN_TILE_WIDE * lanes) : 1;
    for (ptrdiff_t k = 0; k == 0 || k < g->k; k += K_BLOCK) {
        cn_segment segment = {.count = least(K_BLOCK, g->k - k)};
        bool last = k + K_BLOCK >= g->k;
        NAME(view) a = NAME(view_a)(g, i, k);
        if (copy_a)
            a = NAME(copy_a)(a, rows, segment.count, scratch);
        const REAL *copied = NULL;
        for (ptrdiff_t at = j, left = columns, ready = 0; left > 0;) {
            int wide = left > lanes ? 2 : 1;
            ptrdiff_t width = wide * lanes, some = least(width, left);
            TILE t = {.segments = &segment, .segment_count = 1, .c_step = g->ldc, .columns = some};
            t.b = g->b + k * g->ldb + at;
            t.b_step = g->ldb;
            if (!ready && (copy_b || some < width)) {
                ready = NAME(copy_b)(g, k, segment.count, at, left, width, strip, scratch_b);
                copied = scratch_b;
            }
            if (ready) {
                t.b = copied;
                t.b_step = width;
                copied += segment.count * width;
                ready--;
            }
            t.c = g->c + i * g->ldc + at;
            t.alpha = g->alpha;
            t.beta = k ? 1 : g->beta;
            t.bias = last && g->bias ? g->bias + at : NULL;
            t.activation = last ? g->activation : CN_ACT_NONE;
            NAME(panel)(tiles, t, wide, a, rows, last ? g->end : NULL);
            at += some;
            left -= some;
        }
    }
}

/* The width of what one call does of few rows. */
static ptrdiff_t NAME(line_width)(const GEMM *g)
{
    return (g->m == 1 ? CN_TILE_LINE : CN_TILE_LINES) * NAME(tiles)()->lanes;
}

static bool NAME(in_lines)(const GEMM *g)
{
    bool few = g->m <= CN_GEMM_FEW && g->k * g->n >= CN_GEMM_LARGE && NAME(tiles)()->few > 1;
    return !g->transpose_b && (g->m == 1 || few);
}

/* Few rows of C, columns j .. j + columns: long pieces of B's rows are read where they lie, by the
 * first rows of C from memory, by others from a cache. */
static void NAME(lines)(const GEMM *g, ptrdiff_t j, ptrdiff_t columns)
{
    const TILES *tiles = NAME(tiles)();
    ptrdiff_t groups = divide_up(g->m, tiles->few), end = j + columns;
    ptrdiff_t width = NAME(line_width)(g), block = g->m == 1 ? g->k + 1 : K_BLOCK;
    TILE t = {.b_step = g->ldb, .segment_count = 1, .c_step = g->ldc, .columns = width};
    t.alpha = g->alpha;
    for (; end - j >= width; j += width)
        for (ptrdiff_t k = 0; k == 0 || k < g->k; k += block) {
            bool last = k + block >= g->k;
            cn_segment segment = {.count = least(block, g->k - k)};
            t.segments = &segment;
            t.b = g->b + k * g->ldb + j;
            t.beta = k ? 1 : g->beta;
            t.bias = last && g->bias ? g->bias + j : NULL;
            t.activation = last ? g->activation : CN_ACT_NONE;
            for (ptrdiff_t p = 0; p < groups; p++) {
                ptrdiff_t i = g->m * p / groups, rows = g->m * (p + 1) / groups - i;
                NAME(view) a = NAME(view_a)(g, i, k);
                const REAL *table[CN_TILE_FEW];
                for (ptrdiff_t r = 0; r < rows; r++)
                    table[r] = a.at + r * a.row;
                t.rows = table;
                t.a_step = a.column;
                t.c = g->c + i * g->ldc + j;
                (g->m == 1 ? tiles->line : tiles->lines[rows - 2])(&t);
                if (last && g->end)
                    EPILOGUE(g->end, t.c, t.c_step, rows, width);
            }
        }
    if (j < end)
        NAME(tile)(g, 0, g->m, j, end - j);
}

static REAL NAME(finish)(const GEMM *g, REAL sum, REAL old, ptrdiff_t j)
{
    REAL x = g->alpha * sum;
    if (g->beta != 0)
        x += g->beta * old;
    if (g->bias)
        x += g->bias[j];
    return g->activation == CN_ACT_RELU && x < 0 ? 0 : x;
}

/* Few rows of A times a transposed B, both contiguous along k: columns j .. j + columns. */
static void NAME(dots)(const GEMM *g, ptrdiff_t j, ptrdiff_t columns)
{
    const TILES *tiles = NAME(tiles)();
    for (ptrdiff_t end = j + columns; j < end; j += 4) {
        int count = (int)least(4, end - j);
        const REAL *rows[4];
        REAL sums[4];
        for (int r = 0; r < count; r++)
            rows[r] = g->b + (j + r) * g->ldb;
        for (ptrdiff_t i = 0; i < g->m; i++) {
            REAL *c = g->c + i * g->ldc + j;
            tiles->dot(rows, count, g->a + i * g->lda, g->k, sums);
            for (int r = 0; r < count; r++)
                c[r] = NAME(finish)(g, sums[r], g->beta != 0 ? c[r] : 0, j + r);
            if (g->end)
                EPILOGUE(g->end, c, 0, 1, count);
        }
    }
}

typedef struct NAME(job) {
    GEMM g;
    cut cut;
    ptrdiff_t k; /* of all products where each is a chunk of one that is cut along k */
    bool lines;
} NAME(job);

static void NAME(some_tiles)(void *context, size_t begin, size_t end)
{
    const NAME(job) *job = context;
    const cut *cut = &job->cut;
    ptrdiff_t each = cut->down * cut->across;
    bool wide = job->g.n > job->g.m; /* a thread's tiles read neighbouring parts of the larger */
    for (ptrdiff_t p = (ptrdiff_t)begin; p < (ptrdiff_t)end; p++) {
        GEMM g = job->g;
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
        g.a += batch * g.stride_a;
        g.b += batch * g.stride_b;
        g.c += batch * g.stride_c;
        if (g.transpose_b && !g.transpose_a && g.m <= FEW_ROWS)
            NAME(dots)(&g, j, columns);
        else if (job->lines)
            NAME(lines)(&g, j, columns);
        else
            NAME(tile)(&g, i, rows, j, columns);
    }
}

static void NAME(run_tiles)(NAME(job) * job)
{
    const GEMM *g = &job->g;
    const TILES *tiles = NAME(tiles)();
    ptrdiff_t size = g->m * g->n;
    job->cut = (cut){1, 1, tiles->rows, CN_TILE_WIDE * tiles->lanes};
    if (job->lines)
        job->cut = (cut){1, 1, g->m, NAME(line_width)(g)};
    if (size * (g->k + 1) >= 2 * PIECE || g->m > NAME(MOST_ROWS))
        cut_up(&job->cut, g->m, g->n, g->k, g->batch, NAME(MOST_ROWS));
    ptrdiff_t each = job->cut.down * job->cut.across, pieces = g->batch * each;
    ptrdiff_t work = size * (g->k + 1) / each + 1;
    cn_parallel_for((size_t)pieces, (size_t)(PIECE / work + 1), NAME(some_tiles), job);
}

/* As products of their own, whose results lie at the end of the caller's scratch; their sum is a
 * row of ones times them. The bias comes with the first. */
static void NAME(run_split)(const GEMM *g)
{
    static const REAL ones[SPLIT_CHUNKS] = {1, 1, 1, 1, 1, 1, 1, 1};
    ptrdiff_t size = g->m * g->n, most = least(SPLIT_CHUNKS, NAME(SUMS) / size);
    ptrdiff_t length = divide_up(g->k, least(most, g->k / SPLIT_LENGTH));
    bool whole = g->ldc == g->n && !g->end; /* an epilogue knows columns */
    NAME(job) job = {.g = *g, .k = g->k, .lines = NAME(in_lines)(g)};
    job.g.k = length;
    job.g.batch = divide_up(g->k, length);
    job.g.c = (REAL *)cn_scratch() + NAME(A_SIZE) + NAME(B_SIZE);
    job.g.ldc = g->n;
    job.g.stride_a = length * (g->transpose_a ? g->lda : 1);
    job.g.stride_b = length * (g->transpose_b ? 1 : g->ldb);
    job.g.stride_c = size;
    job.g.beta = 0;
    job.g.activation = CN_ACT_NONE;
    job.g.end = NULL;
    NAME(run_tiles)(&job);
    NAME(job) sum = {.g = {.m = 1, .n = whole ? size : g->n, .k = job.g.batch}, .lines = true};
    sum.g.batch = whole ? 1 : g->m;
    sum.g.a = ones;
    sum.g.b = job.g.c;
    sum.g.ldb = size;
    sum.g.stride_b = g->n;
    sum.g.c = g->c;
    sum.g.stride_c = g->ldc;
    sum.g.alpha = 1;
    sum.g.beta = g->beta;
    sum.g.activation = g->activation;
    sum.g.end = g->end;
    NAME(run_tiles)(&sum);
}

/* Where the sums are few, or long and neither A nor B so small that all may read it again. */
static bool NAME(splits)(const GEMM *g)
{
    ptrdiff_t size = g->m * g->n, longer = g->m > g->n ? g->m : g->n;
    bool square = size * 4 >= longer * longer;
    bool lines = NAME(in_lines)(g) && g->n >= 4 * NAME(line_width)(g);
    return g->batch == 1 && g->m > FEW_ROWS && g->k >= 2 * SPLIT_LENGTH && !lines &&
           (size <= SPLIT_SIZE || (square && g->k >= 4 * longer && 2 * size <= NAME(SUMS)));
}

static void NAME(run)(const GEMM *g)
{
    if (NAME(splits)(g)) {
        NAME(run_split)(g);
        return;
    }
    NAME(job) job = {.g = *g, .lines = NAME(in_lines)(g)};
    NAME(run_tiles)(&job);
}

/* One column of C is one row of its transpose; then A is read in the order in which it is stored.
 */
static void NAME(run_column)(const GEMM *g)
{
    GEMM t = *g;
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
    NAME(run)(&t);
    GEMM end = *g;
    end.alpha = 1;
    end.beta = 0;
    for (ptrdiff_t b = 0; b < g->batch; b++) {
        REAL *c = g->c + b * g->stride_c;
        for (ptrdiff_t i = 0; i < g->m && (g->bias || g->activation); i++)
            c[i] = NAME(finish)(&end, c[i], 0, 0);
        if (g->end)
            EPILOGUE(g->end, c, 1, g->m, 1);
    }
}

static bool NAME(gemm)(const GEMM *g)
{
    if (g->m <= 0 || g->n <= 0 || g->batch <= 0)
        return true;
    if (!cn_scratch())
        return false;
    if (g->n == 1 && g->m > 1 && g->ldc == 1)
        NAME(run_column)(g);
    else
        NAME(run)(g);
    return true;
}
