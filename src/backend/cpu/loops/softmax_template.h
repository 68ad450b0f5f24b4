/* Included by softmax.isa.c for float and by softmax_double.c, which define REAL, NAME, LOG and
 * NAME(exponentials). */
/* Numbers that are worked on together, a whole number of rows where rows are short, so that their
 * exponentials are one loop; and how many sums are kept side by side. */
enum { BLOCK = 1024, SUMS = 16 };

/* The sum of a row, in an order that depends on n alone. */
static REAL NAME(sum)(const REAL *x, ptrdiff_t n)
{
    REAL sums[SUMS] = {0}, total = 0;
    ptrdiff_t i = 0;
    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS; k++)
            sums[k] += x[i + k];
    for (int k = 0; k < SUMS && n >= SUMS; k++)
        total += sums[k];
    for (; i < n; i++)
        total += x[i];
    return total;
}

static REAL NAME(dot)(const REAL *a, const REAL *b, ptrdiff_t n)
{
    REAL sums[SUMS] = {0}, total = 0;
    ptrdiff_t i = 0;
    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS; k++)
            sums[k] += a[i + k] * b[i + k];
    for (int k = 0; k < SUMS && n >= SUMS; k++)
        total += sums[k];
    for (; i < n; i++)
        total += a[i] * b[i];
    return total;
}

/* y = x - its largest; NaN takes no part, it comes back by itself. */
static void NAME(center)(const REAL *x, REAL *y, ptrdiff_t n)
{
    REAL most[SUMS], top = -INFINITY;
    ptrdiff_t i = 0;
    for (int k = 0; k < SUMS; k++)
        most[k] = -INFINITY;
    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS; k++)
            most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
    for (; i < n; i++)
        top = x[i] > top ? x[i] : top;
    for (int k = 0; k < SUMS; k++)
        top = most[k] > top ? most[k] : top;
    for (i = 0; i < n; i++)
        y[i] = x[i] - top;
}

static void NAME(scale)(REAL *y, REAL by, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] *= by;
}

static void NAME(subtract)(REAL *y, REAL what, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] -= what;
}

/* Rows from `row` on that are worked on together. */
static ptrdiff_t NAME(rows_at)(ptrdiff_t row, ptrdiff_t rows, ptrdiff_t n)
{
    ptrdiff_t count = n < BLOCK ? BLOCK / n : 1;
    return rows - row < count ? rows - row : count;
}

static void NAME(softmax)(const REAL *x, REAL *y, ptrdiff_t rows, ptrdiff_t n)
{
    for (ptrdiff_t row = 0, count; row < rows; row += count, x += count * n, y += count * n) {
        count = NAME(rows_at)(row, rows, n);
        for (ptrdiff_t r = 0; r < count; r++)
            NAME(center)(x + r * n, y + r * n, n);
        NAME(exponentials)(y, y, count * n);
        for (ptrdiff_t r = 0; r < count; r++)
            NAME(scale)(y + r * n, 1 / NAME(sum)(y + r * n, n), n);
    }
}

/* The sum of the exponentials of a long row. */
static REAL NAME(sum_exponentials)(const REAL *x, ptrdiff_t n)
{
    REAL part[BLOCK], total = 0;
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        ptrdiff_t m = n - i < BLOCK ? n - i : BLOCK;
        NAME(exponentials)(x + i, part, m);
        total += NAME(sum)(part, m);
    }
    return total;
}

static void NAME(log_softmax)(const REAL *x, REAL *y, ptrdiff_t rows, ptrdiff_t n)
{
    REAL part[BLOCK];
    for (ptrdiff_t row = 0, count; row < rows; row += count, x += count * n, y += count * n) {
        count = NAME(rows_at)(row, rows, n);
        for (ptrdiff_t r = 0; r < count; r++)
            NAME(center)(x + r * n, y + r * n, n);
        if (n < BLOCK)
            NAME(exponentials)(y, part, count * n);
        for (ptrdiff_t r = 0; r < count; r++) {
            REAL sum = n < BLOCK ? NAME(sum)(part + r * n, n) : NAME(sum_exponentials)(y, n);
            NAME(subtract)(y + r * n, LOG(sum), n);
        }
    }
}

static void NAME(grad)(const REAL *y, const REAL *dy, REAL *dx, ptrdiff_t rows, ptrdiff_t n)
{
    for (ptrdiff_t row = 0; row < rows; row++, y += n, dy += n, dx += n) {
        REAL sum = NAME(dot)(y, dy, n);
        for (ptrdiff_t i = 0; i < n; i++)
            dx[i] = y[i] * (dy[i] - sum);
    }
}
