/* Attention of several heads, and its gradient: rows of a head at a time, whose T x S weights live
 * in the caches and never in memory as a whole. */
#include "ops/nn/attend.h"

#include "backend/cpu/gemm/gemm.h"
#include "backend/cpu/loops/softmax.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "graph/shape.h"

enum { ROOM = CN_SCRATCH / (4 * (int)sizeof(float)), WORK = 1 << 17 };

typedef struct job {
    const cn_kernel_args *args;
    const cn_attend_attrs *attrs;
    const cn_view *mask;
    int64_t t, s, heads, parts, mask_step;
    int64_t batch, head, row, rows; /* now; before: rows at a time */
} job;

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

typedef struct matrix {
    float *at;
    ptrdiff_t ld;
} matrix;

/* One head of x (B, T, N, H) from row `row` on; an axis of size 1 serves all. NULL: nobody wants
 * x. */
static matrix of(const job *j, const cn_view *x, int64_t row)
{
    const int64_t *dim = x->dim;
    int64_t batch = dim[0] == 1 ? 0 : j->batch, head = dim[2] == 1 ? 0 : j->head;
    int64_t at = ((batch * dim[1] + row) * dim[2] + head) * dim[3];
    return (matrix){x->data ? (float *)x->data + at : NULL, dim[2] * dim[3]};
}

/* c = alpha op(a) op(b) + beta c, op: one of 'n', 't' for either; size: of c and the sums. */
static void multiply(const int64_t *size, matrix a, matrix b, matrix c, const char *op, float alpha,
                     float beta)
{
    cn_gemm g = {.m = size[0], .n = size[1], .k = size[2], .batch = 1, .a = a.at, .b = b.at};
    g.c = c.at;
    g.lda = a.ld;
    g.ldb = b.ld;
    g.ldc = c.ld;
    g.transpose_a = op[0] == 't';
    g.transpose_b = op[1] == 't';
    g.alpha = alpha;
    g.beta = beta;
    if (c.at)
        cn_gemm_run(&g);
}

/* x (rows, S): `what` where nobody may look. */
static void hide(const job *j, float *x, float what)
{
    for (int64_t i = j->row; i < j->row + j->rows; i++, x += j->s) {
        const bool *mask = mask_row(j, i);
        for (int64_t k = 0; mask && k < j->s; k++)
            x[k] = mask[k * j->mask_step] ? x[k] : what;
        for (int64_t k = i + 1; j->attrs->causal && k < j->s; k++)
            x[k] = what;
    }
}

/* Rows of the result, or of the queries' gradient and what they add to the others; room: for
 * weights (rows, S) and their gradients. */
static void attend(const job *j, float *room)
{
    const cn_view *q = j->args->in, *k = q + 1, *v = q + 2, *y = j->args->out;
    int64_t rows = j->rows, s = j->s, h = q->dim[3], u = v->dim[3];
    float scale = (float)j->attrs->scale, more = j->row > 0;
    matrix p = {room, s}, d = {room + rows * s, s};
    multiply((int64_t[]){rows, s, h}, of(j, q, j->row), of(j, k, 0), p, "nt", scale, 0);
    hide(j, p.at, (float)CN_ATTEND_LEAST);
    if (s)
        cn_isa_pick(cn_softmaxes)->softmax(p.at, p.at, rows, s);
    if (j->args->n_out == 1) {
        multiply((int64_t[]){rows, u, s}, p, of(j, v, 0), of(j, y, j->row), "nn", 1, 0);
        return;
    }
    matrix dy = of(j, q + 3, j->row);
    multiply((int64_t[]){s, u, rows}, p, dy, of(j, y + 2, 0), "tn", 1, more);
    multiply((int64_t[]){rows, s, u}, dy, of(j, v, 0), d, "nt", 1, 0);
    cn_isa_pick(cn_softmaxes)->grad(p.at, d.at, d.at, rows, s);
    hide(j, d.at, 0);
    multiply((int64_t[]){rows, h, s}, d, of(j, k, 0), of(j, y, j->row), "nn", scale, 0);
    multiply((int64_t[]){s, h, rows}, d, of(j, q, j->row), of(j, y + 1, 0), "tn", scale, more);
}

/* Of the results a unit is some rows of a head, of the gradients a whole one. */
static void some_units(void *context, size_t begin, size_t end)
{
    job j = *(const job *)context;
    float *room = j.s > ROOM ? j.args->scratch : cn_scratch_outer();
    int64_t most = j.rows;
    for (size_t i = begin; i < end; i++) {
        int64_t part = (int64_t)i % j.parts, unit = (int64_t)i / j.parts;
        j.head = unit % j.heads;
        j.batch = unit / j.heads;
        j.row = part * most;
        do {
            j.rows = j.t - j.row < most ? j.t - j.row : most;
            attend(&j, room);
        } while ((j.row += most) < j.t && j.parts == 1);
    }
}

size_t cn_attend_room(const cn_tensor *node)
{
    int64_t s = node->inputs[1]->shape.dim[1];
    return s > ROOM ? 2 * (size_t)s * sizeof(float) : 0;
}

bool cn_attend_run(const cn_kernel_args *args)
{
    bool back = args->n_out > 1;
    const cn_view *q = args->in, *like = back ? q + 3 : args->out;
    job j = {.args = args, .attrs = args->attrs, .t = q->dim[1], .s = args->in[1].dim[1]};
    j.mask = args->n_in > 3 + back ? &args->in[3 + back] : NULL;
    j.mask_step = j.mask && j.mask->dim[3] > 1;
    j.heads = like->dim[2];
    j.rows = j.s < ROOM ? ROOM / (j.s + 1) : 1;
    j.rows = j.rows < j.t ? j.rows : j.t + !j.t;
    j.parts = back ? 1 : (j.t + j.rows - 1) / j.rows;
    int64_t units = like->dim[0] * j.heads * j.parts;
    int64_t work = j.rows * (j.s + 1) * (q->dim[3] + 1);
    if (!cn_scratch())
        return false;
    cn_parallel_for((size_t)units, (size_t)(j.s > ROOM ? units : WORK / work + 1), some_units, &j);
    return true;
}
