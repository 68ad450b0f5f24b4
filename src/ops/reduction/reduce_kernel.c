/* Reductions over any axes. Neighbouring axes of one kind are joined; what is left is read in its
 * own order: either numbers that lie side by side become one (fold), or rows are added to rows. Few
 * results of much are made in pieces, cut by the shape alone, whose parts are joined in order: so
 * results do not depend on the number of threads. */
#include "ops/reduction/reduce.h"

#include <string.h>

#include "base/threads.h"

enum {
    COLUMNS = 1024, /* of a row at a time: the sums stay in the first-level cache */
    PIECE = 32768,  /* numbers that are worth a thread's while */
    FEW = 16,       /* with fewer results than this (or blocks of columns) there are pieces */
};

typedef struct axes {
    int count;
    int64_t dim[CN_MAX_RANK], stride[CN_MAX_RANK], size;
} axes;

typedef struct plan {
    axes kept, reduced;
    bool rows;       /* the innermost axis is kept */
    int64_t columns; /* rows: that axis, in blocks of COLUMNS; else 1 */
    int64_t run;     /* the innermost reduced axis ... */
    int64_t step;    /* ... and its stride */
    int64_t units;   /* results, or blocks of columns */
    int64_t pieces;  /* of each */
    int64_t split;   /* pieces of one run (1: none); or */
    int64_t runs;    /* runs of one piece */
} plan;

static void add_axis(axes *a, int64_t dim, int64_t stride)
{
    a->size *= dim;
    if (dim == 1)
        return;
    if (a->count && a->stride[a->count - 1] == stride * dim) {
        a->dim[a->count - 1] *= dim;
        a->stride[a->count - 1] = stride;
        return;
    }
    a->dim[a->count] = dim;
    a->stride[a->count++] = stride;
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* How few results of much are cut. */
static void cut(plan *p)
{
    int64_t width = p->rows ? (p->columns < COLUMNS ? p->columns : COLUMNS) : 1;
    int64_t run = p->run * width, outer = p->run ? p->reduced.size / p->run : 0;
    p->pieces = p->split = 1;
    p->runs = outer;
    if (p->units >= FEW || outer * run < 2 * PIECE)
        return;
    if (run >= 2 * PIECE) {
        p->split = divide_up(run, PIECE);
        p->split = p->split < p->run ? p->split : p->run;
        p->runs = 1;
        p->pieces = outer * p->split;
    } else {
        p->runs = divide_up(PIECE, run);
        p->pieces = divide_up(outer, p->runs);
    }
}

static plan describe(cn_shape x, uint32_t mask)
{
    plan p = {.kept.size = 1, .reduced.size = 1, .columns = 1, .run = 1};
    int64_t stride[CN_MAX_RANK], step = 1;
    for (int i = x.rank; i--;) {
        stride[i] = step;
        step *= x.dim[i];
    }
    for (int i = 0; i < x.rank; i++)
        add_axis(mask >> i & 1 ? &p.reduced : &p.kept, x.dim[i], stride[i]);
    int last = p.kept.count - 1;
    p.rows = last >= 0 && p.kept.stride[last] == 1;
    if (p.reduced.count) {
        p.run = p.reduced.dim[--p.reduced.count];
        p.step = p.reduced.stride[p.reduced.count];
    }
    if (p.rows)
        p.columns = p.kept.dim[--p.kept.count];
    p.units = p.columns ? p.kept.size / p.columns * divide_up(p.columns, COLUMNS) : 0;
    cut(&p);
    return p;
}

/* The offset of the i-th element of a walk over axes. */
static int64_t offset_of(const axes *a, int64_t i)
{
    int64_t offset = 0;
    for (int k = a->count; k--;) {
        offset += i % a->dim[k] * a->stride[k];
        i /= a->dim[k];
    }
    return offset;
}

typedef struct reduce_job {
    const plan *p;
    const cn_reducer *reducer;
    const char *x;
    char *to; /* (pieces, results) */
    size_t size;
    cn_dtype dtype;
    bool mean; /* divide by: */
    double divide;
} reduce_job;

static void divide(void *data, cn_dtype dtype, double by, int64_t n)
{
    for (int64_t i = 0; i < n && dtype == CN_FLOAT32; i++)
        ((float *)data)[i] /= (float)by;
    for (int64_t i = 0; i < n && dtype == CN_FLOAT64; i++)
        ((double *)data)[i] /= by;
}

/* Part of one run, from `from` on. */
static void reduce_run(const reduce_job *job, char *acc, const char *from, int64_t count, int64_t n)
{
    if (job->p->rows)
        job->reducer->rows(job->reducer, acc, from, count, job->p->step, n);
    else
        job->reducer->fold(job->reducer, acc, from, count);
}

/* One piece of one unit. */
static void reduce_piece(const reduce_job *job, int64_t piece, int64_t unit)
{
    const plan *p = job->p;
    int64_t blocks = divide_up(p->columns, COLUMNS), column = unit % blocks * COLUMNS;
    int64_t n = p->columns - column < COLUMNS ? p->columns - column : COLUMNS;
    int64_t outer = p->run ? p->reduced.size / p->run : 0, first = piece / p->split * p->runs;
    int64_t last = first + p->runs < outer ? first + p->runs : outer;
    int64_t length = divide_up(p->run, p->split), start = piece % p->split * length;
    int64_t count = p->run - start < length ? p->run - start : length;
    char *acc =
        job->to + (size_t)(piece * p->kept.size + unit / blocks * p->columns + column) * job->size;
    int64_t base = offset_of(&p->kept, unit / blocks) + column + start * p->step;
    job->reducer->start(acc, n);
    for (int64_t i = first; i < last && count > 0; i++)
        reduce_run(job, acc, job->x + (size_t)(base + offset_of(&p->reduced, i)) * job->size, count,
                   n);
    if (job->mean && p->pieces == 1)
        divide(acc, job->dtype, job->divide, n);
}

/* Results that are one run each, evenly apart, need no arithmetic of places. */
static bool even(const plan *p)
{
    return !p->rows && p->pieces == 1 && p->kept.count == 1 && p->reduced.size == p->run;
}

static void reduce_pieces(void *context, size_t begin, size_t end)
{
    const reduce_job *job = context;
    const plan *p = job->p;
    if (even(p)) {
        char *to = job->to + begin * job->size;
        size_t at = begin * (size_t)p->kept.stride[0] * job->size;
        job->reducer->folds(job->reducer, to, job->x + at, (ptrdiff_t)(end - begin),
                            p->kept.stride[0], p->run);
        if (job->mean)
            divide(to, job->dtype, job->divide, (int64_t)(end - begin));
        return;
    }
    for (int64_t i = (int64_t)begin; i < (int64_t)end; i++)
        reduce_piece(job, i % p->pieces, i / p->pieces);
}

bool cn_reduces_rows(const cn_tensor *node)
{
    const cn_tensor *x = node->inputs[0];
    plan p = describe(x->shape, ((const cn_reduce_attrs *)node->attrs)->mask);
    return p.kept.size && even(&p) && x->dtype == CN_FLOAT32;
}

void cn_reduce_rows(float *out, const float *x, size_t n, const size_t *length,
                    cn_reduction reduction, bool mean)
{
    const cn_reducer *reducer = cn_reducer_of(reduction, CN_FLOAT32);
    ptrdiff_t row = (ptrdiff_t)*length;
    reducer->folds(reducer, out, x, (ptrdiff_t)n, row, row);
    if (mean)
        divide(out, CN_FLOAT32, (double)row, (int64_t)n);
}

size_t cn_reduce_scratch(cn_shape x, cn_dtype dtype, uint32_t mask)
{
    plan p = describe(x, mask);
    return p.pieces > 1 ? (size_t)(p.pieces * p.kept.size) * cn_dtype_size(dtype) : 0;
}

bool cn_reduce_run(const cn_kernel_args *args, cn_reduction reduction, bool mean)
{
    const cn_view *x = &args->in[0], *y = &args->out[0];
    cn_shape shape = {.rank = x->rank};
    memcpy(shape.dim, x->dim, sizeof shape.dim);
    plan p = describe(shape, ((const cn_reduce_attrs *)args->attrs)->mask);
    reduce_job job = {.p = &p,
                      .reducer = cn_reducer_of(reduction, x->dtype),
                      .x = x->data,
                      .to = p.pieces > 1 ? args->scratch : y->data,
                      .size = cn_dtype_size(x->dtype),
                      .dtype = x->dtype,
                      .mean = mean,
                      .divide = (double)p.reduced.size};
    int64_t work = p.units ? x->size / (p.units * p.pieces) : 0;
    cn_parallel_for((size_t)(p.units * p.pieces), (size_t)(PIECE / (work + 1) + 1), reduce_pieces,
                    &job);
    if (p.pieces > 1) {
        job.reducer->start(y->data, y->size);
        job.reducer->rows(job.reducer, y->data, args->scratch, p.pieces, y->size, y->size);
        if (mean)
            divide(y->data, y->dtype, job.divide, y->size);
    }
    return true;
}
