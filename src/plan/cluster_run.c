/* What runs at each step: cluster.c makes it. */
#include <stdatomic.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/threads.h"
#include "plan/cluster.h"

/* tile[0..n) = the array's elements under the cluster's elements start, start + 1, …; or these
 * elements = tile[0..n). */
static void move(const cn_cluster_array *in, char *tile, char *data, size_t start, size_t n,
                 bool back)
{
    size_t size = (size_t)in->size;
    int inner = in->rank - 1;
    int64_t place[CN_MAX_RANK], offset = 0, rest = (int64_t)start;
    for (int i = inner; i >= 0; i--) {
        place[i] = rest % in->dim[i];
        rest /= in->dim[i];
        offset += place[i] * in->stride[i];
    }
    while (n) {
        size_t run = (size_t)(in->dim[inner] - place[inner]);
        run = run < n ? run : n;
        char *at = data + (size_t)offset * size;
        if (in->stride[inner])
            memcpy(back ? at : tile, back ? tile : at, run * size);
        else
            cn_loop_fill(tile, at, size, run);
        tile += run * size;
        n -= run;
        offset -= place[inner] * in->stride[inner];
        place[inner] = 0;
        for (int i = inner - 1; i >= 0; i--) {
            offset += in->stride[i];
            if (++place[i] < in->dim[i])
                break;
            offset -= place[i] * in->stride[i];
            place[i] = 0;
        }
    }
}

/* Each of the numbers fills a row. */
static void spread(char *to, const char *from, size_t size, size_t rows, size_t row)
{
    for (; rows; rows--, from += size, to += row * size)
        cn_loop_fill(to, from, size, row);
}

/* The tile's place and length: in elements, and in rows. */
static void run_ops(const cn_cluster *c, void **slots, const size_t *at, const size_t *n)
{
    const cn_cluster_op *op = c->ops + (c->strips != NULL), *end = c->ops + c->n_ops;
    for (; op < end; op += op->span) {
        const void *in[CN_OP_INPUTS];
        for (int i = 0; i < op->n_in; i++)
            in[i] = slots[op->in[i]];
        in[op->n_in] = &at[op->row];
        op->loop(slots[op->out], in, n[op->row], op->attrs);
        if (op->spread)
            spread(slots[op->spread], slots[op->out], (size_t)op->size, n[true], c->row);
    }
}

static char *data_of(const cn_kernel_args *args, const cn_cluster *c, int i)
{
    const cn_view *view = i < c->n_inputs ? &args->in[i] : &args->out[i - c->n_inputs];
    return (char *)view->data + c->arrays[i].offset;
}

/* Slots for a tile, and in them what all tiles read. What lies behind them. */
static char *prepare(const cn_kernel_args *args, void **slots, size_t elements)
{
    const cn_cluster *c = args->attrs;
    char *memory = (char *)cn_scratch() + (c->strips ? c->strips->scratch : 0);
    for (int i = 0; i < c->n_inputs + c->n_outputs + c->n_temporaries; i++, memory += c->room) {
        const cn_cluster_array *a = &c->arrays[i];
        slots[i] = memory;
        if (i >= c->n_inputs || a->expand != CN_ONCE)
            continue;
        if (a->rank == 1)
            cn_loop_fill(memory, data_of(args, c, i), (size_t)a->size, elements);
        else
            move(a, memory, data_of(args, c, i), 0, elements, false);
    }
    return memory;
}

/* Rows begin to end, of which the strip has been computed if there are any. */
static void run_tiles(const cn_kernel_args *args, void **slots, const char *strip, size_t begin,
                      size_t end)
{
    const cn_cluster *c = args->attrs;
    int arrays = c->n_inputs + c->n_outputs;
    for (size_t row = begin; row < end; row += c->tile) {
        size_t rows = end - row < c->tile ? end - row : c->tile;
        size_t at[] = {row * c->row, row}, n[] = {rows * c->row, rows};
        for (int i = 0; i < arrays; i++) {
            const cn_cluster_array *a = &c->arrays[i];
            if (a->expand == CN_FULL)
                slots[i] = data_of(args, c, i) + at[a->row] * (size_t)a->size;
            else if (a->expand == CN_STRIDED && i < c->n_inputs)
                move(a, slots[i], data_of(args, c, i), at[a->row], n[a->row], false);
        }
        if (strip)
            slots[c->ops->out] = (char *)strip + (row - begin) * (size_t)c->ops->size;
        run_ops(c, slots, at, n);
        for (int i = c->n_inputs; i < arrays; i++)
            if (c->arrays[i].expand == CN_STRIDED)
                move(&c->arrays[i], slots[i], data_of(args, c, i), at[false], n[false], true);
    }
}

typedef struct job {
    const cn_kernel_args *args;
    uint64_t turn; /* of strips */
} job;

/* A strip to `room`, or to where it is read by others, too. */
static char *run_strip(const job *job, char *room, size_t at, size_t n)
{
    const cn_cluster *c = job->args->attrs;
    const cn_cluster_op *op = c->ops;
    cn_view in[CN_STRIP_INPUTS];
    for (int i = 0; i < op->n_in; i++)
        in[i] = job->args->in[op->in[i]];
    if (op->out < c->n_inputs + c->n_outputs)
        room = data_of(job->args, c, op->out) + at * (size_t)op->size;
    cn_kernel_args args = {.in = in, .n_in = op->n_in, .attrs = op->attrs};
    c->strips->run(&args, at, n, room, job->turn);
    return room;
}

static void run_part(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cn_cluster *c = job->args->attrs;
    void *slots[CN_CLUSTER_SLOTS];
    char *room =
        prepare(job->args, slots, (end - begin < c->tile ? end - begin : c->tile) * c->row);
    size_t some = c->strips ? c->strip : end - begin;
    for (size_t to; begin < end; begin = to) {
        to = end - begin < some ? end : begin + some;
        char *strip = c->strips ? run_strip(job, room, begin, to - begin) : NULL;
        run_tiles(job->args, slots, strip, begin, to);
    }
}

bool cn_cluster_run(const cn_kernel_args *args)
{
    static _Atomic uint64_t turns;
    const cn_cluster *c = args->attrs;
    job job = {args, c->strips ? 1 + atomic_fetch_add(&turns, 1) : 0};
    cn_parallel_for(c->n, c->grain, run_part, &job);
    return true;
}
