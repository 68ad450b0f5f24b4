/* What runs at each step: cluster.c makes it. */
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/threads.h"
#include "plan/cluster.h"

/* dst[0..n) = the input's elements under the output's elements start, start + 1, … */
static void expand(const cn_cluster_input *in, char *dst, const char *src, size_t start, size_t n)
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
        if (in->stride[inner])
            memcpy(dst, src + (size_t)offset * size, run * size);
        else
            cn_loop_fill(dst, src + (size_t)offset * size, size, run);
        dst += run * size;
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

static void run_ops(const cn_cluster *c, void **slots, size_t n)
{
    for (const cn_cluster_op *op = c->ops, *end = op + c->n_ops; op < end; op += op->span) {
        const void *in[CN_OP_INPUTS];
        for (int i = 0; i < op->n_in; i++)
            in[i] = slots[op->in[i]];
        op->loop(slots[op->out], in, n, op->attrs);
    }
}

static void run_part(void *context, size_t begin, size_t end)
{
    const cn_kernel_args *args = context;
    const cn_cluster *c = args->attrs;
    _Alignas(64) char memory[CN_CLUSTER_BYTES];
    void *slots[CN_CLUSTER_SLOTS];
    size_t used = 0, room = c->tile * (size_t)c->widest;
    int outputs = c->n_inputs, temporaries = outputs + c->n_outputs;
    for (int i = 0; i < c->n_inputs; i++)
        if (c->inputs[i].expand != CN_FULL) {
            slots[i] = memory + used;
            used += room;
        }
    for (int i = 0; i < c->n_temporaries; i++, used += room)
        slots[temporaries + i] = memory + used;
    size_t most = end - begin < c->tile ? end - begin : c->tile;
    for (int i = 0; i < c->n_inputs; i++)
        if (c->inputs[i].expand == CN_SINGLE)
            cn_loop_fill(slots[i], args->in[i].data, (size_t)c->inputs[i].size, most);
    for (size_t at = begin; at < end; at += c->tile) {
        size_t n = end - at < c->tile ? end - at : c->tile;
        for (int i = 0; i < c->n_inputs; i++) {
            const cn_cluster_input *in = &c->inputs[i];
            if (in->expand == CN_FULL)
                slots[i] = (char *)args->in[i].data + at * (size_t)in->size;
            else if (in->expand == CN_STRIDED)
                expand(in, slots[i], args->in[i].data, at, n);
        }
        for (int i = 0; i < c->n_outputs; i++)
            slots[outputs + i] = (char *)args->out[i].data + at * (size_t)c->output_size[i];
        run_ops(c, slots, n);
    }
}

bool cn_cluster_run(const cn_kernel_args *args)
{
    const cn_cluster *c = args->attrs;
    cn_parallel_for(c->n, c->grain, run_part, (void *)args);
    return true;
}
