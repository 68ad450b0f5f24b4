/* Attention of several heads, and its gradient. A block of keys and values is copied into panels
 * (cn_tiles), then queries come a panel at a time, as columns: their logits, weights and sums lie
 * in the nearest cache and the T x S weights are never in memory as a whole. What the softmax of a
 * query takes off and divides by grows with the blocks, and is kept for the gradient. */
#include "ops/nn/attend.h"

#include <math.h>
#include <string.h>

#include "backend/cpu/gemm/tile.h"
#include "backend/cpu/loops/attend.h"
#include "backend/cpu/sizes.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "graph/shape.h"

/* Keys of a block and panels of queries that are worked on together; one where heads are wide. */
enum { KEYS = 128, PANELS = 4, NARROW = 640 };
enum { MOST_WIDTH = 16 * CN_TILE_WIDE, MOST_ROWS = PANELS * MOST_WIDTH };
enum { WORK = 1 << 17, SEGMENTS = 4, ROOM = 4096 };

typedef struct matrix {
    float *at;
    ptrdiff_t ld;
} matrix;

/* Of A in a product: A[r, k] is at[k / width * panel + r * row + k % width * column]. */
typedef struct panels {
    const float *at;
    ptrdiff_t row, column, panel;
} panels;

typedef struct job {
    const cn_tiles *tiles;
    const cn_attends *loops;
    const cn_view *in, *out, *mask;
    float scale;
    bool causal, back;
    int64_t t, s, h, u, heads, parts;
    int64_t width, most_rows;          /* of a panel; queries of a part */
    int64_t batch, head;               /* now, and below */
    int64_t key, keys, query, queries; /* the block; the panel */
    int64_t seen;                      /* of the block's keys: none of the panel sees others */
    float *weights, *gradients;        /* (panels, keys, width) */
    float *turned, *its_k, *q_rows, *its_v, *dy_rows; /* copies */
    float most[MOST_ROWS], share[MOST_ROWS], sum[MOST_ROWS], dot[MOST_ROWS];
} job;

/* One head of x (B, T, N, H) from row `row` on; an axis of size 1 serves all. NULL: nobody wants
 * x. */
static matrix of(const job *j, const cn_view *x, int64_t row)
{
    const int64_t *dim = x->dim;
    int64_t batch = dim[0] == 1 ? 0 : j->batch, head = dim[2] == 1 ? 0 : j->head;
    int64_t at = ((batch * dim[1] + row) * dim[2] + head) * dim[3];
    return (matrix){x->data ? (float *)x->data + at : NULL, dim[2] * dim[3]};
}

/* ---- copies ---- */

/* Columns of x (rows, n), a panel's at a time: (panels, rows, width), zeros at the end. */
static void copy(const job *j, matrix x, int64_t rows, int64_t n, float *to)
{
    for (; n > 0; n -= j->width, x.at += j->width, to += rows * j->width) {
        if (n >= j->width) {
            j->tiles->copy(x.at, x.ld, rows, 1, to, 0);
            continue;
        }
        memset(to, 0, (size_t)(rows * j->width) * sizeof *to);
        for (int64_t i = 0; i < rows; i++)
            memcpy(to + i * j->width, x.at + i * x.ld, (size_t)n * sizeof *to);
    }
}

/* x (rows, n) as one panel (n, width), zeros at the end. */
static void turn(const job *j, matrix x, int64_t rows, int64_t n, float *to)
{
    if (rows < j->width)
        memset(to, 0, (size_t)(n * j->width) * sizeof *to);
    j->tiles->transpose(x.at, x.ld, rows, n, to, j->width);
}

/* ---- products ---- */

/* One panel of columns of c. */
static void columns(const job *j, panels a, int64_t rows, cn_gemm_tile *t)
{
    int wide = 1 + (t->columns > j->tiles->lanes);
    int blocks = (int)cn_divide_up(rows, j->tiles->rows[wide - 1]);
    const void *table[CN_TILE_ROWS];
    float *c = t->c;
    t->rows = table;
    t->a_step = a.column;
    for (int b = 0; b < blocks; b++) {
        int size = (int)(rows / blocks + (b < rows % blocks));
        for (int r = 0; r < size; r++, a.at += a.row)
            table[r] = a.at;
        t->c = c;
        cn_tile_run(j->tiles, t, size, wide);
        c += size * t->c_step;
    }
}

/* c (rows, n) = alpha a b, or added to it: a (rows, k), b (n / width, step / width, width) of which
 * k rows count. size: rows, n, k, step. */
static void multiply(const job *j, const int64_t *size, panels a, const float *b, matrix c,
                     float alpha, bool more)
{
    int64_t n = size[1], width = j->width, most = a.panel == width * a.column ? size[2] : width;
    for (; c.at && n > 0; n -= width, b += size[3], c.at += width) {
        cn_segment list[SEGMENTS], next = {0};
        cn_gemm_tile t = {.b = b, .b_step = width, .segments = list, .c_step = c.ld};
        t.columns = cn_least(n, width);
        t.alpha = alpha;
        t.beta = more;
        int64_t left = size[2];
        do {
            for (t.segment_count = 0; left > 0 && t.segment_count < SEGMENTS; left -= next.count) {
                next.count = cn_least(most, left);
                list[t.segment_count++] = next;
                next.a += a.panel;
                next.b += width * width;
            }
            t.c = c.at;
            columns(j, a, size[0], &t);
            t.beta = 1;
        } while (left > 0);
    }
}

/* x (keys, width) = alpha times rows (of keys, in panels) by the panel's rows of q, as columns. */
static void by_queries(const job *j, const float *rows, const cn_view *q, float *x, float alpha)
{
    int64_t n = q->dim[3], columns = j->queries > j->tiles->lanes ? j->width : j->tiles->lanes;
    turn(j, of(j, q, j->query), j->queries, n, j->turned);
    multiply(j, (int64_t[]){j->seen, columns, n, 0},
             (panels){rows, j->width, 1, j->keys * j->width}, j->turned, (matrix){x, j->width},
             alpha, false);
}

/* y = alpha x^T rows, of each query what it finds among the block's rows; x (keys, width). From the
 * second block on it is added. */
static void by_keys(const job *j, const float *x, const float *rows, int64_t n, matrix y,
                    float alpha)
{
    multiply(j, (int64_t[]){j->queries, n, j->seen, j->keys * j->width},
             (panels){x, 1, j->width, j->width * j->width}, rows, y, alpha, j->key > 0);
}

/* y = alpha x rows, of each key what the queries send; x (panels, keys, width). From the second
 * part of the queries on it is added. */
static void from_queries(const job *j, const float *x, int64_t queries, const float *rows,
                         int64_t n, matrix y, float alpha, bool more)
{
    multiply(j, (int64_t[]){j->keys, n, queries, queries * j->width},
             (panels){x, j->width, 1, j->keys * j->width}, rows, y, alpha, more);
}

/* ---- the mask ---- */

/* The row of the mask, or NULL: all may be seen. */
static const bool *mask_row(const job *j, int64_t row)
{
    if (!j->mask)
        return NULL;
    const int64_t at[] = {j->batch, j->head, row}, *dim = j->mask->dim;
    int64_t from = 0;
    for (int i = 0; i < 3; i++)
        from = from * dim[i] + (dim[i] == 1 ? 0 : at[i]);
    return (const bool *)j->mask->data + from * dim[3];
}

/* x (keys, width): `what` where nobody may look. */
static void hide(const job *j, float *x, float what)
{
    bool step = j->mask && j->mask->dim[3] > 1;
    for (int64_t i = 0; i < j->queries; i++) {
        const bool *mask = mask_row(j, j->query + i);
        for (int64_t k = 0; mask && k < j->seen; k++)
            if (!mask[step * (j->key + k)])
                x[k * j->width + i] = what;
        int64_t later = j->query + i + 1 - j->key;
        for (int64_t k = later > 0 ? later : 0; j->causal && k < j->seen; k++)
            x[k * j->width + i] = what;
    }
}

/* How many of the block's keys the queries before `end` see. Where a mask hides all of a query's
 * past it looks at what comes after, too. */
static int64_t seen_by(const job *j, int64_t end)
{
    int64_t past = end > j->key ? end - j->key : 0;
    return j->causal && !j->mask ? cn_least(j->keys, past) : j->keys;
}

static void next_panel(job *j, int64_t end)
{
    j->queries = cn_least(j->width, end - j->query);
    j->seen = seen_by(j, j->query + j->queries);
}

/* ---- a head ---- */

/* The panel's logits, in weights. */
static void logits(const job *j, float *x)
{
    by_queries(j, j->its_k, j->in, x, j->scale);
    hide(j, x, (float)CN_ATTEND_LEAST);
}

static void next_keys(job *j)
{
    j->keys = cn_least(KEYS, j->s - j->key);
    copy(j, of(j, j->in + 1, j->key), j->keys, j->h, j->its_k);
    copy(j, of(j, j->in + 2, j->key), j->keys, j->u, j->its_v);
}

/* What the gradient wants to know of a row of queries: the largest logit, and one weight's share.
 * (B, N, 2, T) */
static float *kept(const job *j, const cn_view *x, int64_t first)
{
    return (float *)x->data + (j->batch * j->heads + j->head) * 2 * j->t + first;
}

/* The panel's weights, and what it has found with them up to this block. */
static void panel_result(job *j, int64_t at, matrix y)
{
    float old[MOST_WIDTH], unused[MOST_WIDTH] = {0}, *most = j->most + at, *sum = j->sum + at;
    memcpy(old, most, sizeof old);
    logits(j, j->weights);
    j->loops->rise(j->weights, j->seen, most);
    j->loops->weigh(old, 1, most, j->share, unused); /* what was found before shrinks by it */
    for (int64_t i = 0; i < j->queries; i++)
        sum[i] *= old[i];
    j->loops->weigh(j->weights, j->seen, most, j->share, sum);
    if (j->key)
        j->loops->scale(y.at, y.ld, j->queries, j->u, old);
    by_keys(j, j->weights, j->its_v, j->u, y, 1);
}

/* The result of the queries first .. end. */
static void some_queries(job *j, int64_t first, int64_t end)
{
    const cn_view *y = j->out;
    for (int64_t i = 0; i < MOST_ROWS; i++) {
        j->most[i] = -INFINITY;
        j->sum[i] = 0;
        j->share[i] = 1;
    }
    for (j->key = 0; j->key == 0 || j->key < j->s; j->key += KEYS) {
        next_keys(j);
        for (j->query = first; j->query < end; j->query += j->width) {
            next_panel(j, end);
            if (j->seen || !j->key)
                panel_result(j, j->query - first, of(j, y, j->query));
        }
    }
    for (int64_t i = 0; i < MOST_ROWS; i++)
        j->share[i] = j->s ? 1 / j->sum[i] : 0;
    j->loops->scale(of(j, y, first).at, of(j, y, first).ld, end - first, j->u, j->share);
    if (y[1].data) {
        float *to = kept(j, y + 1, first);
        memcpy(to, j->most, (size_t)(end - first) * sizeof *to);
        memcpy(to + j->t, j->share, (size_t)(end - first) * sizeof *to);
    }
}

/* What a panel of queries gives to its own gradient, and x and dx for those of the keys. */
static void panel_grad(job *j, int64_t at, float *x, float *dx)
{
    size_t unseen = (size_t)((j->keys - j->seen) * j->width) * sizeof *x;
    logits(j, x);
    j->loops->weigh(x, j->seen, j->most + at, j->share + at, j->sum);
    by_queries(j, j->its_v, j->in + 3, dx, 1);
    j->loops->grad(x, dx, j->seen, j->dot + at);
    if (j->mask)
        hide(j, dx, 0);
    by_keys(j, dx, j->its_k, j->h, of(j, j->out, j->query), j->scale);
    memset(x + j->seen * j->width, 0, unseen);
    memset(dx + j->seen * j->width, 0, unseen);
}

/* Queries as rows, and the mean of the gradients of each one's weights. */
static void next_queries(job *j, int64_t first, int64_t count)
{
    const cn_view *in = j->in;
    const float *from = kept(j, in + 5, first);
    matrix dy = of(j, in + 3, first), y = of(j, in + 4, first);
    memcpy(j->most, from, (size_t)count * sizeof *from);
    memcpy(j->share, from + j->t, (size_t)count * sizeof *from);
    copy(j, of(j, in, first), count, j->h, j->q_rows);
    copy(j, dy, count, j->u, j->dy_rows);
    for (int64_t i = 0; i < count; i++, dy.at += dy.ld, y.at += y.ld)
        j->tiles->dot((const void *[]){dy.at}, 1, y.at, j->u, j->dot + i);
}

/* The gradients of a block of keys and values, and what it adds to that of the queries. */
static void block_grad(job *j)
{
    const cn_view *out = j->out;
    matrix dk = of(j, out + 1, j->key), dv = of(j, out + 2, j->key);
    int64_t panel = j->keys * j->width;
    for (int64_t first = 0; first == 0 || first < j->t; first += j->most_rows) {
        int64_t end = cn_least(first + j->most_rows, j->t), at = 0;
        int64_t count = seen_by(j, end) || !j->s ? end - first : 0;
        if (first && !count)
            continue;
        next_queries(j, first, count);
        for (j->query = first; j->query < first + count; j->query += j->width, at += panel) {
            next_panel(j, end);
            panel_grad(j, j->query - first, j->weights + at, j->gradients + at);
        }
        from_queries(j, j->weights, count, j->dy_rows, j->u, dv, 1, first > 0);
        from_queries(j, j->gradients, count, j->q_rows, j->h, dk, j->scale, first > 0);
    }
}

/* ---- the kernel ---- */

/* How much is worked on together, and where it lies in scratch. */
static void lay_out(job *j)
{
    bool narrow = j->h + j->u <= NARROW;
    int64_t width = j->width, h = cn_divide_up(j->h, width) * width,
            u = cn_divide_up(j->u, width) * width;
    j->most_rows = (narrow ? PANELS : 1) * width;
    j->weights = (float *)((char *)j + ROOM);
    j->gradients = j->weights + KEYS * j->most_rows;
    j->turned = j->gradients + KEYS * j->most_rows;
    j->its_k = j->turned + width * (h > u ? h : u);
    j->q_rows = j->its_k + KEYS * h;
    j->its_v = j->q_rows + j->most_rows * h;
    j->dy_rows = j->its_v + KEYS * u; /* (most_rows, u) */
}

/* Of the results a unit is some rows of a head, of the gradients a whole one. */
static void some_units(void *context, size_t begin, size_t end)
{
    job *j = cn_scratch();
    *j = *(const job *)context;
    lay_out(j);
    for (int64_t i = (int64_t)begin; i < (int64_t)end; i++) {
        int64_t unit = i / j->parts, first = i % j->parts * j->most_rows;
        j->head = unit % j->heads;
        j->batch = unit / j->heads;
        if (!j->back) {
            some_queries(j, first, cn_least(first + j->most_rows, j->t));
            continue;
        }
        for (j->key = 0; j->key == 0 || j->key < j->s; j->key += KEYS) {
            next_keys(j);
            block_grad(j);
        }
    }
}

double cn_attend_flops(const cn_kernel_args *args)
{
    bool back = args->n_out > 2;
    const cn_view *q = args->in, *v = q + 2;
    const int64_t *dim = back ? q[3].dim : args->out->dim;
    double h = (double)q->dim[3], u = (double)v->dim[3], rows = (double)(dim[0] * dim[1] * dim[2]);
    return 2 * rows * (double)v->dim[1] * (back ? 3 * h + 2 * u : h + u);
}

bool cn_attend_run(const cn_kernel_args *args)
{
    const cn_attend_attrs *attrs = args->attrs;
    job j = {.in = args->in, .out = args->out, .back = args->n_out > 2};
    const cn_view *q = args->in, *like = j.back ? q + 3 : args->out;
    j.tiles = cn_isa_pick(cn_tiles);
    j.loops = cn_isa_pick(cn_attends);
    j.mask = args->n_in > (j.back ? 6 : 3) ? &args->in[args->n_in - 1] : NULL;
    j.scale = (float)attrs->scale;
    j.causal = attrs->causal;
    j.width = CN_TILE_WIDE * j.tiles->lanes;
    j.t = q->dim[1];
    j.s = q[1].dim[1];
    j.h = q->dim[3];
    j.u = q[2].dim[3];
    j.heads = like->dim[2];
    lay_out(&j);
    j.parts = j.back ? 1 : cn_divide_up(j.t, j.most_rows);
    int64_t units = like->dim[0] * j.heads * j.parts;
    int64_t work = cn_least(j.t, j.most_rows) * (j.s + 1) * (j.h + 1);
    cn_parallel_for((size_t)units, (size_t)(WORK / (work + 1) + 1), some_units, &j);
    return true;
}
