/* The gradient of a convolution with respect to its weights: dw (taps * channels, filters) =
 * patches^T dy, the sum running over all output pixels. Tiles have rows (tap, channel), which all
 * walk through the same patch, columns of filters, and k over the pixels of a unit.
 *
 * Pieces of work are (chunk of units, block of channels, group of panels of filters). Chunks have
 * sums of their own, added in order at the end. All of this depends on the shape alone. */
#include <string.h>

#include "backend/cpu/window/conv_patch.h"
#include "base/scratch.h"
#include "base/threads.h"

/* A thread's scratch in floats; what is left holds the sums of all chunks but the first. */
enum {
    PATCH = CN_CONV_PATCH / 2,
    PIXELS = 1024, /* of a unit at most */
    PANEL = PIXELS * CN_TILE_WIDE * 16,
    SEGMENTS = PIXELS * (int)(sizeof(cn_segment) / sizeof(float)),
    SUMS = CN_SCRATCH / (int)sizeof(float) - PATCH - PANEL - SEGMENTS,
    CHUNKS = 16,
};

typedef struct job {
    const cn_conv2d *s;
    cn_image x;
    const float *dy;
    float *dw, *dbias, *sums;
    const cn_tiles *tiles;
    ptrdiff_t out_h, out_w;
    ptrdiff_t block, blocks;                       /* of channels */
    ptrdiff_t images, rows, columns, down, across; /* units */
    ptrdiff_t units, chunk, chunks;                /* a chunk's units */
    ptrdiff_t width, panels, groups;               /* of filters */
} job;

/* One unit of one piece. */
typedef struct unit {
    ptrdiff_t n, images, row, rows, column, columns;
    ptrdiff_t channel, channels;
    cn_patch patch;
    const float *dy; /* of its first pixel, all filters */
    cn_segment *segments;
} unit;

static ptrdiff_t weight_count(const job *j)
{
    return j->s->kernel_h * j->s->kernel_w * j->s->channels * j->s->filters;
}

/* Chunk `i`'s dw; its dbias follows unless i is 0. */
static float *chunk_sums(const job *j, ptrdiff_t i)
{
    return i ? j->sums + (i - 1) * (weight_count(j) + j->s->filters) : j->dw;
}

static void find_segments(const job *j, unit *u)
{
    cn_segment *s = u->segments;
    ptrdiff_t b = 0;
    for (ptrdiff_t n = 0; n < u->images; n++)
        for (ptrdiff_t i = 0; i < u->rows; i++, b += u->columns * j->width)
            *s++ =
                (cn_segment){n * u->patch.image + i * j->s->stride_h * u->patch.row, b, u->columns};
}

static void find_patch(const job *j, unit *u, float *room)
{
    const cn_conv2d *s = j->s;
    cn_box box = {.n = u->n, .images = u->images, .c = u->channel, .channels = u->channels};
    box.y = u->row * s->stride_h - s->pad_top;
    box.x = u->column * s->stride_w - s->pad_left;
    box.height = (u->rows - 1) * s->stride_h + (s->kernel_h - 1) * s->dilation_h + 1;
    box.width = (u->columns - 1) * s->stride_w + (s->kernel_w - 1) * s->dilation_w + 1;
    u->patch = cn_patch_of(&j->x, &box, true, room);
}

/* Filters `f` .. f + columns of the unit's dy, to (pixels, width), zeros at the end. */
static void pack(const job *j, const unit *u, ptrdiff_t f, ptrdiff_t columns, float *to)
{
    if (columns < j->width)
        memset(to, 0, (size_t)(u->images * u->rows * u->columns * j->width) * sizeof *to);
    for (ptrdiff_t n = 0; n < u->images; n++)
        for (ptrdiff_t i = 0; i < u->rows; i++) {
            const float *from = u->dy + (n * j->out_h + i) * j->out_w * j->s->filters + f;
            for (ptrdiff_t k = 0; k < u->columns; k++, to += j->width, from += j->s->filters)
                memcpy(to, from, (size_t)columns * sizeof *to);
        }
}

/* Rows of dw that lie together: taps * channels of them, from `tap` on. */
static void run_rows(const job *j, const unit *u, cn_gemm_tile t, ptrdiff_t tap, ptrdiff_t run)
{
    const cn_conv2d *s = j->s;
    const float *table[CN_TILE_ROWS];
    int wide = t.columns > j->tiles->lanes ? 2 : 1;
    ptrdiff_t blocks = cn_divide_up(run, j->tiles->rows), channel = 0;
    t.rows = table;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = run / blocks + (b < run % blocks);
        for (ptrdiff_t r = 0; r < size; r++) {
            ptrdiff_t y = tap / s->kernel_w * s->dilation_h, x = tap % s->kernel_w * s->dilation_w;
            table[r] = u->patch.at + y * u->patch.row + x * u->patch.pixel + channel;
            if (++channel == u->channels) {
                channel = 0;
                tap++;
            }
        }
        cn_tile_run(j->tiles, &t, (int)size, wide);
        t.c += size * t.c_step;
    }
}

static void run_panel(const job *j, const unit *u, cn_gemm_tile *t, float *dw)
{
    ptrdiff_t taps = j->s->kernel_h * j->s->kernel_w, c = j->s->channels;
    t->a_step = j->s->stride_w * u->patch.pixel;
    for (ptrdiff_t tap = 0; tap < taps; tap += c == u->channels ? taps : 1) {
        t->c = dw + (tap * c + u->channel) * j->s->filters;
        run_rows(j, u, *t, tap, c == u->channels ? taps * c : u->channels);
    }
}

/* One times dy: the sum over the unit's pixels, which lie width apart. */
static void run_bias(const job *j, const unit *u, cn_gemm_tile t, float *dbias)
{
    static const float one = 1;
    const float *row = &one;
    cn_segment all = {0, 0, u->images * u->rows * u->columns};
    t.rows = &row;
    t.a_step = 0;
    t.segments = &all;
    t.segment_count = 1;
    t.c = dbias;
    cn_tile_run(j->tiles, &t, 1, t.columns > j->tiles->lanes ? 2 : 1);
}

static void run_unit(const job *j, unit *u, ptrdiff_t first, ptrdiff_t last, float *sums, bool add,
                     float *room)
{
    bool direct = j->s->filters == j->width && u->columns == j->out_w;
    float *packed = room + PATCH;
    find_patch(j, u, room);
    find_segments(j, u);
    cn_gemm_tile t = {.segments = u->segments, .segment_count = u->images * u->rows};
    t.b_step = j->width;
    t.c_step = j->s->filters;
    t.alpha = 1;
    t.beta = add ? 1 : 0;
    for (ptrdiff_t p = first; p < last; p++) {
        ptrdiff_t f = p * j->width;
        t.columns = cn_least(j->width, j->s->filters - f);
        t.b = direct ? u->dy : packed;
        if (!direct)
            pack(j, u, f, t.columns, packed);
        run_panel(j, u, &t, sums + f);
        if (u->channel == 0 && j->dbias)
            run_bias(j, u, t, sums == j->dw ? j->dbias + f : sums + weight_count(j) + f);
    }
}

static void run_pieces(void *context, size_t begin, size_t end)
{
    const job *j = context;
    float *room = cn_scratch();
    ptrdiff_t each = j->down * j->across;
    for (ptrdiff_t i = (ptrdiff_t)begin; i < (ptrdiff_t)end; i++) {
        ptrdiff_t chunk = i / (j->blocks * j->groups), group = i % j->groups;
        ptrdiff_t first = group * j->panels / j->groups, last = (group + 1) * j->panels / j->groups;
        unit u = {.channel = i / j->groups % j->blocks * j->block};
        u.channels = cn_least(j->block, j->s->channels - u.channel);
        u.segments = (cn_segment *)(void *)(room + PATCH + PANEL);
        ptrdiff_t start = chunk * j->chunk, stop = cn_least(start + j->chunk, j->units);
        for (ptrdiff_t k = start; k < stop; k++) {
            u.n = k / each * j->images;
            u.row = k % each / j->across * j->rows;
            u.column = k % j->across * j->columns;
            u.images = cn_least(j->images, j->s->batch - u.n);
            u.rows = cn_least(j->rows, j->out_h - u.row);
            u.columns = cn_least(j->columns, j->out_w - u.column);
            u.dy = j->dy + ((u.n * j->out_h + u.row) * j->out_w + u.column) * j->s->filters;
            run_unit(j, &u, first, last, chunk_sums(j, chunk), k > start, room);
        }
    }
}

static void add_sums(void *context, size_t begin, size_t end)
{
    const job *j = context;
    size_t weights = (size_t)weight_count(j);
    for (ptrdiff_t c = 1; c < j->chunks; c++) {
        const float *sums = chunk_sums(j, c);
        for (size_t i = begin; i < end; i++)
            if (i < weights)
                j->dw[i] += sums[i];
            else if (j->dbias)
                j->dbias[i - weights] += sums[i];
    }
}

static bool too_large(const job *j)
{
    const cn_conv2d *s = j->s;
    ptrdiff_t height = (j->rows - 1) * s->stride_h + (s->kernel_h - 1) * s->dilation_h + 1;
    ptrdiff_t width = (j->columns - 1) * s->stride_w + (s->kernel_w - 1) * s->dilation_w + 1;
    return j->images * height * width * j->block > PATCH ||
           j->images * j->rows * j->columns > PIXELS;
}

/* Units that fit into scratch, of several images where one has few pixels. */
static void find_units(job *j)
{
    while (too_large(j))
        if (j->rows > 1)
            j->rows = cn_divide_up(j->rows, 2);
        else if (j->columns > 16 || (j->columns > 1 && j->block == 1))
            j->columns = cn_divide_up(j->columns, 2);
        else
            j->block = cn_divide_up(j->block, 2);
    while (j->rows == j->out_h && j->columns == j->out_w && j->images < j->s->batch &&
           j->images * j->rows * j->columns < PIXELS / 8) {
        j->images *= 2;
        if (too_large(j)) {
            j->images /= 2;
            break;
        }
    }
    j->down = cn_divide_up(j->out_h, j->rows);
    j->across = cn_divide_up(j->out_w, j->columns);
    j->units = cn_divide_up(j->s->batch, j->images) * j->down * j->across;
}

void cn_conv_sum_weights(const cn_conv2d *s, const float *x, const float *dy, float *dw,
                         float *dbias)
{
    job j = {
        .s = s, .x = {x, s->height, s->width, s->channels}, .dy = dy, .dw = dw, .dbias = dbias};
    j.tiles = cn_isa_pick(cn_tiles);
    j.sums = (float *)cn_scratch() + PATCH + PANEL + SEGMENTS;
    j.out_h = j.rows = cn_conv_out_h(s);
    j.out_w = j.columns = cn_conv_out_w(s);
    j.images = 1;
    j.block =
        s->channels <= 48 ? s->channels : cn_divide_up(s->channels, cn_divide_up(s->channels, 32));
    find_units(&j);
    j.blocks = cn_divide_up(s->channels, j.block);
    ptrdiff_t size = weight_count(&j) + s->filters, chunks = cn_least(CHUNKS, 1 + SUMS / size);
    j.chunk = cn_divide_up(j.units, chunks);
    j.chunks = cn_divide_up(j.units, j.chunk);
    j.width = (s->filters > j.tiles->lanes ? 2 : 1) * j.tiles->lanes;
    j.panels = cn_divide_up(s->filters, j.width);
    j.groups = j.chunks * j.blocks < CHUNKS ? j.panels : 1;
    ptrdiff_t pieces = j.chunks * j.blocks * j.groups;
    ptrdiff_t work = s->batch * j.out_h * j.out_w * weight_count(&j) / pieces;
    cn_parallel_for((size_t)pieces, (size_t)(CN_CONV_PIECE / (work + 1) + 1), run_pieces, &j);
    if (j.chunks > 1)
        cn_parallel_for((size_t)size, 1 << 13, add_sums, &j);
}
