/* The output is cut into pieces, rows of pixels by groups of filters, which our own threads
 * compute: each of them asks the library for a smaller convolution on one thread. The cut depends
 * on the shape alone, so that results do not depend on the number of threads. */
#include "backend/cpu/onednn/conv.h"

#include <pthread.h>
#include <string.h>

#include "backend/cpu/onednn/library.h"
#include "backend/cpu/sizes.h"
#include "base/alloc.h"
#include "base/scratch.h"
#include "base/threads.h"

enum {
    MOST = 8,        /* bands, or groups */
    GROUP = 64,      /* filters, or a multiple */
    SMALL = 256,     /* pixels */
    STRIP = 16,      /* pixels */
    LEAST = 1 << 25, /* multiplications of all */
    IN_ORDER = 1,    /* of a stream */
};

/* Rows of the output from `first` on, which read those of the input from `from` on. */
typedef struct band {
    int64_t first, rows, from;
    void *plan, *primitive;
    cn_dnnl_desc x, y;
} band;

struct cn_onednn_conv {
    cn_object object;
    const cn_dnnl *d;
    cn_conv_shape s;
    int64_t out[2];  /* height, width */
    int64_t filters; /* of a group */
    int bands, groups;
    band band[MOST];
    cn_dnnl_desc w, bias; /* of a group: as they are given */
    void *reorder_plan, *reorder;
    char *weights; /* of all groups, `size` bytes each, as the primitives want them */
    size_t size;
    pthread_mutex_t lock;
    const uint64_t *changes;
    _Atomic uint64_t seen; /* of `changes`, when `weights` were read */
};

static void destroy(void *self)
{
    cn_onednn_conv *c = self;
    for (band *b = c->band; b < c->band + MOST; b++) {
        if (b->primitive)
            c->d->primitive_destroy(b->primitive);
        if (b->plan)
            c->d->plan_destroy(b->plan);
        cn_dnnl_forget(&b->x);
        cn_dnnl_forget(&b->y);
    }
    if (c->reorder)
        c->d->primitive_destroy(c->reorder);
    if (c->reorder_plan)
        c->d->plan_destroy(c->reorder_plan);
    cn_dnnl_forget(&c->w);
    cn_dnnl_forget(&c->bias);
    cn_mem_free_aligned(c->weights);
    pthread_mutex_destroy(&c->lock);
}

const cn_kind cn_onednn_conv_kind = {"oneDNN", destroy};

/* ---- making it ---- */

static bool describe_image(cn_dnnl_desc *desc, int64_t channels, int64_t rows, int64_t columns)
{
    int64_t size[] = {1, channels, rows, columns};
    int64_t step[] = {rows * columns * channels, 1, columns * channels, channels};
    return cn_dnnl_describe(desc, CN_DNNL_AXES, size, step);
}

static size_t scratch_size(const cn_onednn_conv *c, const band *b)
{
    size_t apart = c->groups > 1 ? (size_t)(b->rows * c->out[1] * c->filters) * sizeof(float) : 0;
    return apart + c->d->desc_size(c->d->query(b->plan, CN_DNNL_SCRATCHPAD_DESC, 0));
}

/* `w`: how weights lie. */
static bool make_band(cn_onednn_conv *c, band *b, const void *w)
{
    const cn_conv_shape *s = &c->s;
    int64_t from = b->first * s->stride[CN_HEIGHT] - s->before[CN_HEIGHT];
    int64_t to = (b->first + b->rows - 1) * s->stride[CN_HEIGHT] - s->before[CN_HEIGHT] +
                 s->kernel[CN_HEIGHT];
    int64_t stride[] = {s->stride[CN_HEIGHT], s->stride[CN_WIDTH]};
    int64_t before[] = {cn_most(0, -from), s->before[CN_WIDTH]};
    int64_t after[] = {cn_most(0, to - s->in[CN_HEIGHT]), s->after[CN_WIDTH]};
    b->from = cn_most(0, from);
    if (!describe_image(&b->x, s->channels, cn_least(to, s->in[CN_HEIGHT]) - b->from,
                        s->in[CN_WIDTH]) ||
        !describe_image(&b->y, c->filters, b->rows, c->out[1]))
        return false;
    b->plan = cn_dnnl_convolution(b->x.at, w, c->bias.at, b->y.at, stride, before, after);
    return b->plan && !c->d->primitive_create(&b->primitive, b->plan) &&
           scratch_size(c, b) <= CN_SCRATCH;
}

static bool make_bands(cn_onednn_conv *c, const int64_t *size)
{
    cn_dnnl_desc any;
    bool ok = cn_dnnl_describe(&any, CN_DNNL_AXES, size, NULL);
    const void *w = any.at; /* the first chooses, the others follow */
    for (int i = 0; ok && i < c->bands; i++) {
        band *b = &c->band[i];
        b->first = c->out[0] * i / c->bands;
        b->rows = c->out[0] * (i + 1) / c->bands - b->first;
        ok = make_band(c, b, w);
        w = ok ? c->d->query(c->band[0].plan, CN_DNNL_WEIGHTS_DESC, 0) : NULL;
    }
    c->size = ok ? c->d->desc_size(w) : 0;
    ok = ok && !c->d->reorder(&c->reorder_plan, c->w.at, c->d->engine, w, c->d->engine, NULL) &&
         !c->d->primitive_create(&c->reorder, c->reorder_plan);
    cn_dnnl_forget(&any);
    return ok;
}

static bool make(cn_onednn_conv *c, bool bias)
{
    const cn_conv_shape *s = &c->s;
    int64_t size[] = {c->filters, s->channels, s->kernel[CN_HEIGHT], s->kernel[CN_WIDTH]};
    int64_t pixel = s->channels * s->filters;
    int64_t step[] = {1, s->filters, s->kernel[CN_WIDTH] * pixel, pixel}, one = 1;
    return cn_dnnl_describe(&c->w, CN_DNNL_AXES, size, step) &&
           (!bias || cn_dnnl_describe(&c->bias, 1, &c->filters, &one)) && make_bands(c, size);
}

/* Whether it is worth it, and how to cut: measured with AVX-512 beside our own kernels (with matrix
 * units they are faster), whose packing of weights at each call is what is saved. Wide images are
 * cut into bands, small ones, whose weights are more than their pixels, into groups of filters. */
static bool cut(cn_onednn_conv *c)
{
    const cn_conv_shape *s = &c->s;
    ptrdiff_t pixels = cn_conv_pixels(s), weights = cn_conv_taps(s) * s->channels * s->filters;
    if (s->in[CN_BATCH] != 1 || s->in[CN_DEPTH] != 1 || s->kernel[CN_DEPTH] != 1 ||
        s->before[CN_DEPTH] || s->after[CN_DEPTH] || s->dilation[CN_HEIGHT] != 1 ||
        s->dilation[CN_WIDTH] != 1 || pixels * weights < LEAST || s->channels < GROUP ||
        cn_isa_level() != CN_ISA_AVX512)
        return false;
    bool small = pixels <= SMALL && s->filters % GROUP == 0;
    c->groups = small ? (int)cn_least(MOST, s->filters / GROUP) : 1;
    c->bands = small ? 1 : (int)cn_least(MOST, c->out[0]);
    c->filters = s->filters / c->groups;
    return true;
}

bool cn_onednn_conv_new(const cn_conv_shape *s, bool bias, const uint64_t *changes,
                        cn_onednn_conv **made)
{
    cn_onednn_conv shape = {.s = *s, .out = {cn_conv_out(s, CN_HEIGHT), cn_conv_out(s, CN_WIDTH)}};
    *made = NULL;
    if (!cut(&shape) || !(shape.d = cn_dnnl_get()))
        return true;
    cn_onednn_conv *c = cn_object_new(&cn_onednn_conv_kind, sizeof *c);
    if (!c)
        return false;
    shape.object = c->object;
    memcpy(c, &shape, sizeof *c);
    c->changes = changes;
    c->seen = *changes - 1;
    pthread_mutex_init(&c->lock, NULL);
    int threads = cn_dnnl_enter();
    bool ok = make(c, bias);
    cn_dnnl_leave(threads);
    if (!ok)
        return true;
    c->weights = cn_mem_alloc_aligned((size_t)c->groups * c->size);
    if (c->weights)
        *made = c;
    return c->weights;
}

/* ---- running it ---- */

typedef struct job {
    cn_onednn_conv *c;
    const float *x, *w, *bias; /* w: they are to be read anew, and y is NULL */
    const cn_epilogue *end;
    float *y;
    _Atomic bool failed;
} job;

/* Runs a primitive on arrays: null ones, at the end, are left out. */
typedef struct array {
    int arg;
    const void *desc;
    const void *data;
} array;

static bool execute(const cn_dnnl *d, const void *primitive, void *stream, const array *arrays,
                    int count)
{
    cn_dnnl_arg args[5];
    int made = 0;
    bool ok = true;
    for (; ok && made < count && arrays[made].desc; made += ok) {
        args[made].arg = arrays[made].arg;
        ok = !d->memory_create(&args[made].memory, arrays[made].desc, d->engine,
                               (void *)(uintptr_t)arrays[made].data);
    }
    ok = ok && !d->execute(primitive, stream, made, args);
    while (made--)
        d->memory_destroy(args[made].memory);
    return ok;
}

static bool reorder(job *j, void *stream, int group)
{
    cn_onednn_conv *c = j->c;
    array arrays[] = {{CN_DNNL_SRC, c->w.at, j->w + group * c->filters},
                      {CN_DNNL_DST, c->d->query(c->band[0].plan, CN_DNNL_WEIGHTS_DESC, 0),
                       c->weights + (size_t)group * c->size}};
    return execute(c->d, c->reorder, stream, arrays, 2);
}

static bool run_piece(job *j, void *stream, int group, const band *b)
{
    cn_onednn_conv *c = j->c;
    ptrdiff_t pixels = b->rows * c->out[1], all = c->s.filters;
    float *y = j->y + b->first * c->out[1] * all + group * c->filters, *to = y;
    char *scratch = cn_scratch();
    if (c->groups > 1) {
        to = (float *)(void *)scratch;
        scratch += (size_t)(pixels * c->filters) * sizeof *to;
    }
    array arrays[] = {
        {CN_DNNL_SRC, b->x.at, j->x + b->from * c->s.in[CN_WIDTH] * c->s.channels},
        {CN_DNNL_WEIGHTS, c->d->query(b->plan, CN_DNNL_WEIGHTS_DESC, 0),
         c->weights + (size_t)group * c->size},
        {CN_DNNL_DST, b->y.at, to},
        {CN_DNNL_SCRATCHPAD, c->d->query(b->plan, CN_DNNL_SCRATCHPAD_DESC, 0), scratch},
        {CN_DNNL_BIAS, c->bias.at, c->bias.at ? j->bias + group * c->filters : NULL}};
    if (!execute(c->d, b->primitive, stream, arrays, 5))
        return false;
    for (ptrdiff_t p = 0, some; p < pixels; p += some, y += some * all, to += some * c->filters) {
        some = cn_least(to == y ? pixels : STRIP, pixels - p);
        for (ptrdiff_t i = 0; to != y && i < some; i++)
            memcpy(y + i * all, to + i * c->filters, (size_t)c->filters * sizeof *y);
        if (j->end)
            cn_epilogue_run(j->end, sizeof *y, y, all, some, c->filters);
    }
    return true;
}

static void run_pieces(void *context, size_t begin, size_t end)
{
    job *j = context;
    cn_onednn_conv *c = j->c;
    int threads = cn_dnnl_enter();
    void *stream = NULL;
    bool ok = !c->d->stream_create(&stream, c->d->engine, IN_ORDER);
    for (int i = (int)begin; ok && i < (int)end; i++)
        ok = j->y ? run_piece(j, stream, i / c->bands, &c->band[i % c->bands])
                  : reorder(j, stream, i);
    if (!ok)
        j->failed = true;
    if (stream)
        c->d->stream_destroy(stream);
    cn_dnnl_leave(threads);
}

/* Two that find old weights: one reads them anew, the other waits. */
static bool take_weights(cn_onednn_conv *c, const float *w)
{
    uint64_t now = *c->changes;
    if (c->seen == now)
        return true;
    job j = {.c = c, .w = w};
    pthread_mutex_lock(&c->lock);
    if (c->seen != now)
        cn_parallel_for((size_t)c->groups, 1, run_pieces, &j);
    if (!j.failed)
        c->seen = now;
    pthread_mutex_unlock(&c->lock);
    return !j.failed;
}

bool cn_onednn_conv_run(cn_onednn_conv *c, const float *x, const float *w, const float *bias,
                        cn_tile_activation activation, const cn_epilogue *end, float *y)
{
    cn_epilogue plain = {.y = y, .columns = c->s.filters, .activation = activation};
    job j = {.c = c, .x = x, .bias = bias, .y = y};
    j.end = end ? end : activation ? &plain : NULL;
    if (!take_weights(c, w))
        return false;
    cn_parallel_for((size_t)(c->bands * c->groups), 1, run_pieces, &j);
    return !j.failed;
}
