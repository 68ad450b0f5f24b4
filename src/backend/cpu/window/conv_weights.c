/* The gradient of a convolution with respect to its weights: dw (taps * channels, filters) =
 * patches^T dy, the sum running over all output pixels. Tiles have rows (tap, channel), which all
 * walk through the same patch, columns of filters, and k over the pixels of a unit. Where the rows
 * of images are short, each tap has a patch of its own, whose pixels follow each other.
 *
 * Pieces of work are (chunk of units, block of channels, group of panels of filters). Chunks have
 * sums of their own, added in order at the end. All of this depends on the shape alone. */
#include <string.h>

#include "backend/cpu/window/conv_amx.h"
#include "base/cold.h"
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
    ROWS = 128, /* of a block: what dy is packed for */
    SHORT = 6,  /* rows of pixels, which are not worth a segment each */
};

typedef struct job {
    const cn_conv_shape *s;
    cn_image x;
    ptrdiff_t stride[CN_CONV_AXES];
    const float *dy;
    float *dw, *sums;
    const cn_tiles *tiles;
    ptrdiff_t dy_step[CN_CONV_AXES];
    ptrdiff_t block, blocks; /* of channels */
    cn_units units;
    ptrdiff_t unit_count, chunk, chunks; /* a chunk's units */
    ptrdiff_t width, panels, groups;     /* of filters */
    bool on_units;                       /* matrix units */
    bool apart;                          /* each tap has a patch of its own */
} job;

/* One unit of one piece. */
typedef struct unit {
    cn_unit of;
    ptrdiff_t pixels, channel, channels;
    cn_patch patch;
    const float *dy; /* of its first pixel, all filters */
    cn_segment *segments;
    ptrdiff_t segment_count;
    ptrdiff_t *taps; /* what each adds to a place in the patch */
} unit;

static ptrdiff_t weight_count(const job *j)
{
    return cn_conv_taps(j->s) * j->s->channels * j->s->filters;
}

static float *chunk_sums(const job *j, ptrdiff_t i)
{
    return i ? j->sums + (i - 1) * weight_count(j) : j->dw;
}

/* One place is one step from the other all over the unit. */
static bool follow(const ptrdiff_t *size, const ptrdiff_t *step)
{
    ptrdiff_t run = size[CN_WIDTH];
    for (int i = CN_WIDTH - 1; i >= 0; run *= size[i--])
        if (size[i] > 1 && step[i] != run * step[CN_WIDTH])
            return false;
    return true;
}

/* dy is read where it lies or packed. */
static CN_COLD void find_segments(const job *j, unit *u, bool direct)
{
    ptrdiff_t place[CN_CONV_AXES] = {0}, columns = u->of.size[CN_WIDTH], step[CN_CONV_AXES];
    for (int i = 0; i < CN_CONV_AXES; i++)
        step[i] = (j->apart ? 1 : j->stride[i]) * u->patch.step[i];
    cn_segment *s = u->segments;
    if (follow(u->of.size, step) && (!direct || follow(u->of.size, j->dy_step)))
        columns = u->pixels;
    u->segment_count = u->pixels / columns;
    for (ptrdiff_t k = 0; k < u->pixels; k += columns, cn_next_place(place, u->of.size, CN_WIDTH))
        *s++ = (cn_segment){cn_offset(place, step),
                            direct ? cn_offset(place, j->dy_step) : k * j->width, columns};
}

/* The pixels that a tap reads, one after the other. */
static void find_tap(const job *j, unit *u, const ptrdiff_t *place, float *room)
{
    const cn_conv_shape *s = j->s;
    cn_image image = j->x;
    cn_box box = {.c = u->channel, .channels = u->channels};
    for (int i = 0; i < CN_CONV_AXES; i++) {
        ptrdiff_t stride = j->stride[i], from = place[i] * s->dilation[i] - s->before[i];
        ptrdiff_t rest = (from % stride + stride) % stride; /* every stride-th pixel from here on */
        box.at[i] = u->of.at[i] + (from - rest) / stride;
        box.size[i] = u->of.size[i];
        image.at += rest * image.step[i];
        image.size[i] = cn_divide_up(image.size[i] - rest, stride);
        image.step[i] *= stride;
    }
    u->patch = cn_patch_of(&image, &box, room);
}

static void find_patch(const job *j, unit *u, float *room)
{
    const cn_conv_shape *s = j->s;
    cn_box box = {.c = u->channel, .channels = u->channels};
    for (int i = 0; i < CN_CONV_AXES; i++) {
        box.at[i] = u->of.at[i] * j->stride[i] - s->before[i];
        box.size[i] = (u->of.size[i] - 1) * j->stride[i] + cn_conv_reach(s, i);
    }
    ptrdiff_t place[CN_CONV_AXES] = {0}, step[CN_CONV_AXES], taps = cn_conv_taps(s);
    if (!j->apart)
        u->patch = cn_patch_of(&j->x, &box, room);
    for (int i = 0; i < CN_CONV_AXES; i++)
        step[i] = s->dilation[i] * u->patch.step[i];
    for (ptrdiff_t t = 0; t < taps; t++, cn_next_place(place, s->kernel, CN_CONV_AXES))
        if (j->apart)
            find_tap(j, u, place, room + (u->taps[t] = t * u->pixels * u->channels));
        else
            u->taps[t] = cn_offset(place, step);
    if (j->apart)
        u->patch.at = room;
}

/* Filters `f` .. f + columns of the unit's dy, to (pixels, width), zeros at the end. */
static void pack(const job *j, const unit *u, ptrdiff_t f, ptrdiff_t columns, float *to)
{
    ptrdiff_t place[CN_CONV_AXES] = {0};
    if (columns < j->width)
        memset(to, 0, (size_t)(u->pixels * j->width) * sizeof *to);
    for (ptrdiff_t k = 0; k < u->pixels; k += u->of.size[CN_WIDTH]) {
        const float *from = u->dy + cn_offset(place, j->dy_step) + f;
        for (ptrdiff_t i = 0; i < u->of.size[CN_WIDTH]; i++, to += j->width, from += j->s->filters)
            memcpy(to, from, (size_t)columns * sizeof *to);
        cn_next_place(place, u->of.size, CN_WIDTH);
    }
}

/* Rows of dw that lie together: taps * channels of them, from `tap` on. */
static void run_rows(const job *j, const unit *u, cn_gemm_tile t, ptrdiff_t tap, ptrdiff_t run)
{
    const void *table[CN_TILE_ROWS];
    float *c = t.c;
    int wide = t.columns > j->tiles->lanes ? 2 : 1;
    ptrdiff_t blocks = cn_divide_up(run, j->tiles->rows[wide - 1]), channel = 0;
    t.rows = table;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = run / blocks + (b < run % blocks);
        for (ptrdiff_t r = 0; r < size; r++) {
            table[r] = u->patch.at + u->taps[tap] + channel;
            if (++channel == u->channels) {
                channel = 0;
                tap++;
            }
        }
        t.c = c;
        cn_tile_run(j->tiles, &t, (int)size, wide);
        c += size * t.c_step;
    }
}

static void run_panel(const job *j, const unit *u, cn_gemm_tile *t, float *dw)
{
    ptrdiff_t taps = cn_conv_taps(j->s), c = j->s->channels;
    t->a_step = (j->apart ? 1 : j->stride[CN_WIDTH]) * u->patch.step[CN_WIDTH];
    for (ptrdiff_t tap = 0; tap < taps; tap += c == u->channels ? taps : 1) {
        t->c = dw + (tap * c + u->channel) * j->s->filters;
        run_rows(j, u, *t, tap, c == u->channels ? taps * c : u->channels);
    }
}

static void run_unit(const job *j, unit *u, ptrdiff_t first, ptrdiff_t last, float *sums, bool add,
                     float *room)
{
    bool direct = j->s->filters == j->width;
    float *packed = room + PATCH;
    find_patch(j, u, room);
    find_segments(j, u, direct);
    cn_gemm_tile t = {.segments = u->segments, .segment_count = u->segment_count};
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
    }
}

static void run_pieces(void *context, size_t begin, size_t end)
{
    const job *j = context;
    float *room = cn_scratch();
    ptrdiff_t taps[CN_CONV_TAPS];
    for (ptrdiff_t i = (ptrdiff_t)begin; i < (ptrdiff_t)end; i++) {
        ptrdiff_t chunk = i / (j->blocks * j->groups), group = i % j->groups;
        ptrdiff_t first = group * j->panels / j->groups, last = (group + 1) * j->panels / j->groups;
        unit u = {.taps = taps, .channel = i / j->groups % j->blocks * j->block};
        u.channels = cn_least(j->block, j->s->channels - u.channel);
        u.segments = (cn_segment *)(void *)(room + PATCH + PANEL);
        ptrdiff_t start = chunk * j->chunk, stop = cn_least(start + j->chunk, j->unit_count);
        for (ptrdiff_t k = start; k < stop; k++) {
            u.of = cn_units_get(&j->units, k);
            if (j->on_units) {
                cn_weights_unit part = {j->s,     &j->x,     j->dy,
                                        &u.of,    u.channel, u.channels,
                                        first,    last,      chunk_sums(j, chunk),
                                        k > start};
                cn_conv_weights_amx(&part);
                continue;
            }
            u.pixels = cn_product(u.of.size);
            u.dy = j->dy + cn_offset(u.of.at, j->dy_step);
            run_unit(j, &u, first, last, chunk_sums(j, chunk), k > start, room);
        }
    }
}

static void add_sums(void *context, size_t begin, size_t end)
{
    const job *j = context;
    for (ptrdiff_t c = 1; c < j->chunks; c++) {
        const float *sums = chunk_sums(j, c);
        for (size_t i = begin; i < end; i++)
            j->dw[i] += sums[i];
    }
}

static bool too_large(const job *j)
{
    ptrdiff_t box[CN_CONV_AXES];
    for (int i = 0; i < CN_CONV_AXES; i++)
        box[i] = cn_conv_reach(j->s, i);
    ptrdiff_t pixels = cn_product(j->units.size), read = cn_units_read(&j->units, j->stride, box);
    return (j->apart ? pixels * cn_conv_taps(j->s) : read) * j->block > PATCH ||
           (j->on_units ? read : pixels) > PIXELS;
}

/* Units that fit into scratch, of several images where one has few pixels. */
static CN_COLD void find_units(job *j)
{
    cn_units *u = &j->units;
    ptrdiff_t *columns = &u->size[CN_WIDTH];
    for (int i = 0; i < CN_CONV_AXES; i++)
        u->out[i] = u->size[i] = cn_conv_out(j->s, i);
    u->size[0] = 1;
    while (too_large(j))
        if (cn_units_halve(u))
            continue;
        else if (*columns > 16 || (*columns > 1 && j->block == 1))
            *columns = cn_divide_up(*columns, 2);
        else
            j->block = cn_divide_up(j->block, 2);
    if (cn_units_count(u) == u->out[0])
        while (u->size[0] < u->out[0] && cn_product(u->size) < PIXELS / 4 && !too_large(j))
            u->size[0] *= 2;
    if (too_large(j))
        u->size[0] /= 2;
    j->unit_count = cn_units_count(u);
}

static CN_COLD bool suits_units(const job *j)
{
    ptrdiff_t out[CN_CONV_AXES], box[CN_CONV_AXES];
    for (int i = 0; i < CN_CONV_AXES; i++) {
        out[i] = cn_conv_out(j->s, i);
        box[i] = cn_conv_reach(j->s, i);
    }
    enum { LEAST = 1024 }; /* pixels; fewer are too short a sum */
    return cn_product(out) >= LEAST &&
           cn_conv_suits_amx(out, j->stride, box, 1.5, cn_conv_taps(j->s), j->s->channels,
                             j->s->filters);
}

CN_COLD void cn_conv_sum_weights(const cn_conv_shape *s, const float *x, const float *dy, float *dw)
{
    job j = {.s = s, .dy = dy, .dw = dw};
    j.tiles = cn_isa_pick(cn_tiles);
    j.sums = (float *)cn_scratch() + PATCH + PANEL + SEGMENTS;
    j.x = cn_image_of(s, x, j.stride);
    j.on_units = suits_units(&j);
    ptrdiff_t taps = cn_conv_taps(s),
              most = j.on_units ? CN_CONV_AMX_CHANNELS : cn_most(32, ROWS / taps);
    j.block = s->channels <= most + most / 2
                  ? s->channels
                  : cn_divide_up(s->channels, cn_divide_up(s->channels, most));
    j.apart = !j.on_units && taps > 1 && j.block < s->channels && s->filters >= 64 &&
              cn_conv_out(s, CN_WIDTH) < SHORT;
    find_units(&j);
    cn_dense_steps(j.units.out, s->filters, j.dy_step);
    j.blocks = cn_divide_up(s->channels, j.block);
    ptrdiff_t size = weight_count(&j), chunks = cn_least(CHUNKS, 1 + SUMS / size);
    j.chunk = cn_divide_up(j.unit_count, chunks);
    j.chunks = cn_divide_up(j.unit_count, j.chunk);
    j.width = (s->filters > j.tiles->lanes ? 2 : 1) * j.tiles->lanes;
    j.panels = cn_divide_up(s->filters, j.width);
    j.groups = cn_least(j.panels, cn_divide_up(CHUNKS, j.chunks * j.blocks));
    ptrdiff_t pieces = j.chunks * j.blocks * j.groups;
    ptrdiff_t work = cn_product(j.units.out) * weight_count(&j) / pieces;
    cn_parallel_for((size_t)pieces, (size_t)(CN_CONV_PIECE / (work + 1) + 1), run_pieces, &j);
    if (j.chunks > 1)
        cn_parallel_for((size_t)size, 1 << 13, add_sums, &j);
    if (j.on_units)
        cn_conv_weights_amend(s, x, dy, dw);
}
