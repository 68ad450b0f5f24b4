/* The tile for one type: included by tile.isa.c with REAL, TILES, NAME(x) and the sizes that there
 * are, NARROW(X) and WIDE(X, w) of up to MOST rows, defined, once for each type. */

typedef REAL NAME(vector) __attribute__((vector_size(CN_VECTOR_BYTES)));
typedef REAL NAME(loose)
    __attribute__((vector_size(CN_VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));
enum { NAME(LANES) = CN_VECTOR_BYTES / sizeof(REAL) };

/* Some columns only: copies of fixed sizes, a few instructions each. */
static inline void NAME(copy_some)(REAL *to, const REAL *from, ptrdiff_t n)
{
    enum { LANES = NAME(LANES) };
    for (; n >= LANES; n -= LANES, to += LANES, from += LANES)
        memcpy(to, from, LANES * sizeof *to);
    EACH (i, 4) {
        enum { HALF = LANES / 2 };
        if (n & HALF >> i) {
            memcpy(to, from, (HALF >> i) * sizeof *to);
            to += HALF >> i;
            from += HALF >> i;
        }
    }
}

typedef NAME(vector) NAME(sums)[CN_TILE_ROWS][CN_TILE_LINE]; /* registers, once all is inlined */

/* `group` rows are `row` apart each and share an address; 1: none do. */
static inline __attribute__((always_inline)) void
NAME(segment)(const cn_gemm_tile *t, const cn_segment *s, const REAL *const *a, const int group,
              const ptrdiff_t row, const int rows, const int wide, NAME(sums) sums)
{
    const ptrdiff_t a_step = t->a_step, b_step = t->b_step, ahead_step = t->ahead_step;
    const REAL *b = t->b, *ahead = b + t->ahead;
    const bool both = CN_VECTOR_BYTES >= 64 && rows <= FEW_ROWS; /* lines of memory in a row of B */
    ptrdiff_t i[GROUP];
    EACH (r, group)
        i[r] = s->a + r * row;
    b += s->b;
    for (ptrdiff_t k = s->count; k > 0; k--) {
        NAME(vector) column[CN_TILE_LINE];
        EACH (w, wide) {
            if (wide == CN_TILE_LINES || (wide == CN_TILE_WIDE && (!w || both)))
                cn_ask(ahead + w * NAME(LANES));
            column[w] = *(const NAME(loose) *)(b + w * NAME(LANES));
        }
        EACH (r, rows) {
            NAME(vector) x = a[r - r % group][i[r % group]] - (NAME(vector)){0};
            EACH (w, wide)
                sums[r][w] += x * column[w];
        }
        EACH (r, group)
            i[r] += a_step;
        b += b_step;
        ahead += ahead_step;
    }
}

static inline __attribute__((always_inline)) void
NAME(multiply)(const cn_gemm_tile *t, const int rows, const int wide, NAME(sums) sums)
{
    const REAL *a[CN_TILE_ROWS];
    EACH (r, rows) {
        a[r] = t->rows[r];
        EACH (w, wide)
            sums[r][w] = (NAME(vector)){0};
    }
    const cn_segment *end = t->segments + t->segment_count;
    const ptrdiff_t row = rows > 8 ? a[1] - a[0] : 0;
    bool even = rows > 8;
    EACH (r, rows)
        even &= a[r] - a[0] == r * row;
    for (const cn_segment *s = t->segments; s < end; s++)
        if (even)
            NAME(segment)(t, s, a, GROUP, row, rows, wide, sums);
        else
            NAME(segment)(t, s, a, 1, 0, rows, wide, sums);
}

/* One decision for all sums at a time: they are many and short. */
static inline __attribute__((always_inline)) void
NAME(finish)(const cn_gemm_tile *t, const int rows, const int wide, NAME(sums) sums)
{
    enum { LANES = NAME(LANES) };
    const REAL alpha = (REAL)t->alpha, beta = (REAL)t->beta, *bias = t->bias;
    REAL *c = t->c;
    if (alpha != 1)
        EACH (r, rows)
            EACH (w, wide)
                sums[r][w] *= alpha;
    if (beta != 0)
        EACH (r, rows) {
            EACH (w, wide)
                sums[r][w] += beta * *(const NAME(loose) *)(c + w * LANES);
            NEXT_ROW(c, t->c_step);
        }
    if (bias)
        EACH (r, rows)
            EACH (w, wide)
                sums[r][w] += *(const NAME(loose) *)(bias + w * LANES);
    if (t->activation == CN_ACT_RELU)
        EACH (r, rows)
            EACH (w, wide)
                sums[r][w] = NAME(RELU)(sums[r][w]);
    c = t->c;
    EACH (r, rows) {
        EACH (w, wide)
            *(NAME(loose) *)(c + w * LANES) = sums[r][w];
        NEXT_ROW(c, t->c_step);
    }
}

static inline __attribute__((always_inline)) void NAME(tile)(const cn_gemm_tile *t, const int rows,
                                                             const int wide)
{
    NAME(sums) sums;
    NAME(multiply)(t, rows, wide, sums);
    NAME(finish)(t, rows, wide, sums);
}

#define ONE(r, w)                                           \
    static void NAME(tile_##r##_##w)(const cn_gemm_tile *t) \
    {                                                       \
        NAME(tile)(t, r, w);                                \
    }
NARROW(ONE)
WIDE(ONE, 2)
#undef ONE

/* A panel that is not full is finished beside C: its bias and its rows, each of the full width. */
static void NAME(part)(cn_gemm_tile *t, int rows, int wide)
{
    enum { WIDTH = NAME(LANES) * CN_TILE_WIDE };
    REAL c[CN_TILE_ROWS * WIDTH], bias[WIDTH], *const its_c = t->c;
    const REAL *const its_bias = t->bias;
    const ptrdiff_t its_step = t->c_step;
    if (its_bias)
        NAME(copy_some)(bias, its_bias, t->columns);
    for (int r = 0; t->beta != 0 && r < rows; r++)
        NAME(copy_some)(c + r * WIDTH, its_c + r * its_step, t->columns);
    t->c = c;
    t->c_step = WIDTH;
    t->bias = its_bias ? bias : NULL;
    CN_ISA_SYMBOL(TILES).run[wide - 1][rows - 1](t);
    t->c = its_c;
    t->c_step = its_step;
    t->bias = its_bias;
    for (int r = 0; r < rows; r++)
        NAME(copy_some)(its_c + r * its_step, c + r * WIDTH, t->columns);
}

static void NAME(line)(const cn_gemm_tile *t)
{
    NAME(tile)(t, 1, CN_TILE_LINE);
}

/* Two sums for each of four rows: enough of them to hide the latency of an addition. */
static void NAME(dot)(const void *const *rows, int count, const void *with, ptrdiff_t n, void *out)
{
    enum { LANES = NAME(LANES) };
    const REAL *a[4], *x = with;
    NAME(vector) sums[4][2];
    EACH (r, 4) {
        a[r] = rows[r < count ? r : 0];
        sums[r][0] = sums[r][1] = (NAME(vector)){0};
    }
    ptrdiff_t k = 0;
    for (; k + 2 * LANES <= n; k += 2 * LANES) {
        NAME(vector) x0 = *(const NAME(loose) *)(x + k), x1 = *(const NAME(loose) *)(x + k + LANES);
        EACH (r, 4) {
            sums[r][0] += x0 * *(const NAME(loose) *)(a[r] + k);
            sums[r][1] += x1 * *(const NAME(loose) *)(a[r] + k + LANES);
        }
    }
    for (int r = 0; r < count; r++) {
        NAME(vector) both = sums[r][0] + sums[r][1];
        REAL total = 0;
        for (int i = 0; i < LANES; i++)
            total += both[i];
        for (ptrdiff_t i = k; i < n; i++)
            total += ((const REAL *)rows[r])[i] * x[i];
        ((REAL *)out)[r] = total;
    }
}

static void NAME(copy)(const void *source, ptrdiff_t step, ptrdiff_t count, ptrdiff_t panels,
                       void *target, ptrdiff_t size)
{
    enum { WIDTH = CN_TILE_WIDE * NAME(LANES) };
    const REAL *from = source;
    REAL *to = target;
    for (; count > 0; count--, from += step, to += WIDTH)
        for (ptrdiff_t p = 0; p < panels; p++)
            EACH (i, CN_TILE_WIDE) {
                const REAL *part = from + p * WIDTH + i * NAME(LANES);
                cn_ask(part + CN_TILE_AHEAD * step);
                *(NAME(loose) *)(to + p * size + i * NAME(LANES)) = *(const NAME(loose) *)part;
            }
}

static void NAME(interleave)(const void *source, ptrdiff_t step, ptrdiff_t count, ptrdiff_t rows,
                             void *target)
{
    const ptrdiff_t apart = MOST * count;
    const REAL *from = source;
    REAL *to = target;
    for (; count > 0; count--, from += step, to += MOST) {
        REAL *next = to;
        ptrdiff_t i = 0;
        for (; i + MOST <= rows; i += MOST, next += apart) {
            cn_ask(from + i + CN_TILE_AHEAD * step);
            memcpy(next, from + i, MOST * sizeof *to);
        }
        for (; i < rows; i++)
            *next++ = from[i];
    }
}

/* Four vectors become the four columns of the square that they were the rows of. */
typedef REAL NAME(four) __attribute__((vector_size(4 * sizeof(REAL))));
typedef REAL NAME(loose_four)
    __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));

static inline __attribute__((always_inline)) void NAME(turn)(const REAL *from, ptrdiff_t step,
                                                             REAL *to, ptrdiff_t width)
{
    NAME(four) r[4], lo[2], hi[2];
    EACH (i, 4)
        r[i] = *(const NAME(loose_four) *)(from + i * step);
    EACH (i, 2) {
        lo[i] = SHUFFLE(r[2 * i], r[2 * i + 1], 0, 4, 1, 5);
        hi[i] = SHUFFLE(r[2 * i], r[2 * i + 1], 2, 6, 3, 7);
    }
    *(NAME(loose_four) *)to = SHUFFLE(lo[0], lo[1], 0, 1, 4, 5);
    *(NAME(loose_four) *)(to + width) = SHUFFLE(lo[0], lo[1], 2, 3, 6, 7);
    *(NAME(loose_four) *)(to + 2 * width) = SHUFFLE(hi[0], hi[1], 0, 1, 4, 5);
    *(NAME(loose_four) *)(to + 3 * width) = SHUFFLE(hi[0], hi[1], 2, 3, 6, 7);
}

static void NAME(transpose)(const void *source, ptrdiff_t step, ptrdiff_t columns, ptrdiff_t count,
                            void *target, ptrdiff_t width)
{
    enum { LINE = 64 / sizeof(REAL) };
    const REAL *from = source;
    REAL *to = target;
    ptrdiff_t square_columns = columns / 4 * 4, square_count = count / 4 * 4;
    for (ptrdiff_t first = 0; first < square_count; first += LINE) /* a line of memory at once */
        for (ptrdiff_t j = 0; j < square_columns; j += 4)
            for (ptrdiff_t i = first; i < square_count && i < first + LINE; i += 4)
                NAME(turn)(from + j * step + i, step, to + i * width + j, width);
    for (ptrdiff_t j = 0; j < columns; j++)
        for (ptrdiff_t i = j < square_columns ? square_count : 0; i < count; i++)
            to[i * width + j] = from[j * step + i];
}
