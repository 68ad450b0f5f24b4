#include "backend/cpu/window/depthwise.h"

#include <string.h>

#include "base/cold.h"
#include "base/scratch.h"
#include "base/threads.h"

enum {
    PIECE = 1 << 15, /* vector-friendly multiplications that are worth a thread's while */
    CHUNKS = 16,     /* of images whose sums are kept apart; depends on the shape alone */
    BLOCK = 64,      /* channels that one piece of work sums */
    SUMS = CN_SCRATCH / (int)sizeof(float),
};

static cn_depthwise_job make(const cn_conv_shape *s)
{
    return (cn_depthwise_job){
        .s = *s,
        .out_h = cn_conv_out(s, CN_HEIGHT),
        .out_w = cn_conv_out(s, CN_WIDTH),
        .outputs = s->channels * s->filters,
    };
}

static void forward(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_depthwise)->forward(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

static void grad_input(void *job, size_t begin, size_t end)
{
    cn_isa_pick(cn_depthwise)->grad_input(job, (ptrdiff_t)begin, (ptrdiff_t)end);
}

static void each_row(ptrdiff_t rows, ptrdiff_t cost, cn_loop body, cn_depthwise_job *job)
{
    cn_parallel_for((size_t)rows, (size_t)(PIECE / (cost + 1) + 1), body, job);
}

CN_COLD void cn_depthwise_forward(const cn_conv_shape *s, const float *x, const float *w,
                                  const float *bias, cn_tile_activation activation,
                                  const cn_epilogue *end, float *y)
{
    cn_depthwise_job job = make(s);
    job.x = x;
    job.w = w;
    job.bias = bias;
    job.activation = activation;
    job.end = end;
    job.to = y;
    ptrdiff_t cost = job.out_w * job.outputs * s->kernel[CN_HEIGHT] * s->kernel[CN_WIDTH];
    each_row(s->in[0] * job.out_h, cost, forward, &job);
}

CN_COLD void cn_depthwise_grad_input(const cn_conv_shape *s, const float *dy, const float *w,
                                     float *dx)
{
    cn_depthwise_job job = make(s);
    job.dy = dy;
    job.w = w;
    job.to = dx;
    ptrdiff_t cost =
        job.out_w * job.outputs * s->kernel[CN_HEIGHT] * s->kernel[CN_WIDTH] / s->stride[CN_HEIGHT];
    each_row(s->in[0] * s->in[CN_HEIGHT], cost, grad_input, &job);
}

/* Chunk 0 sums to dw and dbias themselves, the others to (weights, then bias) each. */
typedef struct sums {
    cn_depthwise_job job;
    ptrdiff_t weights, chunk, chunks, blocks;
    float *parts;
} sums;

static void sum_pieces(void *context, size_t begin, size_t end)
{
    const sums *s = context;
    for (size_t p = begin; p < end; p++) {
        ptrdiff_t chunk = (ptrdiff_t)p / s->blocks, o = (ptrdiff_t)p % s->blocks * BLOCK;
        ptrdiff_t first = chunk * s->chunk, last = first + s->chunk, count = s->job.outputs - o;
        cn_depthwise_job job = s->job;
        if (chunk) {
            job.to = s->parts + (chunk - 1) * (s->weights + job.outputs);
            job.dbias = job.dbias ? job.to + s->weights : NULL;
        }
        last = last < job.s.in[0] ? last : job.s.in[0];
        cn_isa_pick(cn_depthwise)
            ->grad_weights(&job, first, last, o, count < BLOCK ? count : BLOCK);
    }
}

static void add_parts(const sums *s)
{
    for (ptrdiff_t c = 1; c < s->chunks; c++) {
        const float *part = s->parts + (c - 1) * (s->weights + s->job.outputs);
        for (ptrdiff_t i = 0; i < s->weights; i++)
            s->job.to[i] += part[i];
        for (ptrdiff_t i = 0; s->job.dbias && i < s->job.outputs; i++)
            s->job.dbias[i] += part[s->weights + i];
    }
}

CN_COLD bool cn_depthwise_grad_weights(const cn_conv_shape *s, const float *x, const float *dy,
                                       float *dw, float *dbias)
{
    sums all = {.job = make(s), .parts = cn_scratch()};
    if (!all.parts)
        return false;
    all.job.x = x;
    all.job.dy = dy;
    all.job.to = dw;
    all.job.dbias = dbias;
    all.weights = s->kernel[CN_HEIGHT] * s->kernel[CN_WIDTH] * all.job.outputs;
    if (!all.job.outputs)
        return true;
    if (!s->in[0]) {
        memset(dw, 0, (size_t)all.weights * sizeof *dw);
        if (dbias)
            memset(dbias, 0, (size_t)all.job.outputs * sizeof *dbias);
        return true;
    }
    ptrdiff_t chunks = 1 + SUMS / (all.weights + all.job.outputs);
    chunks = chunks < CHUNKS ? chunks : CHUNKS;
    all.chunk = (s->in[0] + chunks - 1) / chunks;
    all.chunks = (s->in[0] + all.chunk - 1) / all.chunk;
    all.blocks = (all.job.outputs + BLOCK - 1) / BLOCK;
    ptrdiff_t pieces = all.chunks * all.blocks;
    ptrdiff_t cost = s->in[0] * all.job.out_h * all.job.out_w * all.weights / pieces;
    cn_parallel_for((size_t)pieces, (size_t)(PIECE / (cost + 1) + 1), sum_pieces, &all);
    add_parts(&all);
    return true;
}
