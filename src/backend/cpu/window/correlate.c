/* The output is cut into units (some images, some rows, some columns); each is computed by tiles
 * whose rows are pixels of a patch and whose columns are filters. Long sums run in blocks of
 * channels. The blocks depend on the shape alone; how units are cut may depend on the number of
 * threads, since a pixel's sum knows nothing of its unit. */
#include "backend/cpu/window/correlate.h"

#include <string.h>

#include "base/scratch.h"
#include "base/threads.h"
#include "cornu/config.h"

enum { LONGEST = 1024 /* taps * channels of a block, where channels can be cut */ };

typedef struct job {
    const cn_correlation *c;
    const cn_tiles *tiles;
    ptrdiff_t block;                 /* channels */
    ptrdiff_t images, rows, columns; /* of a unit */
    ptrdiff_t down, across;          /* units in an image */
    ptrdiff_t width;                 /* of a panel */
    ptrdiff_t panel_size;            /* floats of a panel's weights for one block */
    bool keep;                       /* all weights fit into scratch: packed once for many units */
} job;

typedef struct unit {
    ptrdiff_t n, images, row, rows, column, columns;
} unit;

/* A thread's scratch. */
typedef struct room {
    float *patch, *weights;
    cn_segment *segments; /* (CN_CONV_TAPS) */
} room;

/* Weights. */

/* Channels c .. c + count, filters j .. j + columns, to (taps, count, width), zeros at the end. */
static void pack(const job *job, ptrdiff_t c, ptrdiff_t count, ptrdiff_t j, float *to)
{
    const cn_correlation *k = job->c;
    ptrdiff_t columns = cn_least(job->width, k->filters - j);
    if (columns < job->width)
        memset(to, 0, (size_t)(k->tap_count * count * job->width) * sizeof *to);
    for (ptrdiff_t t = 0; t < k->tap_count; t++, to += count * job->width) {
        const float *from = k->w + k->taps[t].w + c * k->w_channel + j * k->w_filter;
        if (k->w_filter != 1)
            job->tiles->transpose(from, k->w_filter, columns, count, to, job->width);
        else
            for (ptrdiff_t i = 0; i < count; i++)
                memcpy(to + i * job->width, from + i * k->w_channel, (size_t)columns * sizeof *to);
    }
}

static ptrdiff_t panel_count(const job *job)
{
    return cn_divide_up(job->c->filters, job->width);
}

static void pack_all(const job *job, float *to)
{
    for (ptrdiff_t c = 0; c < job->c->x.channels; c += job->block)
        for (ptrdiff_t p = 0; p < panel_count(job); p++, to += job->panel_size)
            pack(job, c, cn_least(job->block, job->c->x.channels - c), p * job->width, to);
}

/* Tiles. */

/* Where taps lie in the patch; neighbours become one segment. */
static ptrdiff_t find_segments(const cn_correlation *c, const cn_patch *p, ptrdiff_t channels,
                               ptrdiff_t width, cn_segment *s)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t t = 0; t < c->tap_count; t++) {
        ptrdiff_t at = c->taps[t].y * p->row + c->taps[t].x * p->pixel;
        if (n && s[n - 1].a + s[n - 1].count == at)
            s[n - 1].count += channels;
        else
            s[n++] = (cn_segment){at, t * channels * width, channels};
    }
    return n;
}

/* Goes through a unit's pixels in the order of the output. */
typedef struct walk {
    const float *at;
    ptrdiff_t column, row, columns, rows; /* the unit has columns, rows */
    ptrdiff_t next, next_row, next_image; /* what to add to `at`, one after the other */
} walk;

static walk start_walk(const cn_correlation *c, const cn_patch *p, const unit *u)
{
    walk w = {.at = p->at, .columns = u->columns, .rows = u->rows};
    w.next = c->step_w * p->pixel;
    w.next_row = c->step_h * p->row - u->columns * w.next;
    w.next_image = p->image - u->rows * c->step_h * p->row;
    return w;
}

/* The next `count` pixels. */
static walk find_rows(walk w, ptrdiff_t count, const float **table)
{
    for (ptrdiff_t r = 0; r < count; r++) {
        table[r] = w.at;
        w.at += w.next;
        if (++w.column < w.columns)
            continue;
        w.column = 0;
        w.at += w.next_row;
        if (++w.row < w.rows)
            continue;
        w.row = 0;
        w.at += w.next_image;
    }
    return w;
}

/* `run` pixels whose outputs lie y_pixel apart. */
static walk run_tiles(const cn_tiles *tiles, cn_gemm_tile t, ptrdiff_t run, walk w)
{
    int wide = t.columns > tiles->lanes ? 2 : 1;
    const float *table[CN_TILE_ROWS];
    t.rows = table;
    ptrdiff_t blocks = cn_divide_up(run, tiles->rows);
    for (ptrdiff_t b = 0; b < blocks; b++) {
        ptrdiff_t size = run / blocks + (b < run % blocks);
        w = find_rows(w, size, table);
        cn_tile_run(tiles, &t, (int)size, wide);
        t.c += size * t.c_step;
    }
    return w;
}

/* All pixels of a unit, one panel of filters. */
static void run_panel(const job *job, const cn_patch *p, const unit *u, cn_gemm_tile *t)
{
    const cn_correlation *c = job->c;
    float *y = t->c;
    ptrdiff_t run = u->columns, total = u->images * u->rows * u->columns;
    if (u->columns * c->y_pixel == c->y_row)
        run *= u->rows;
    if (run * c->y_pixel == c->y_image)
        run *= u->images;
    walk w = start_walk(c, p, u);
    for (ptrdiff_t i = 0; i < total; i += run) {
        ptrdiff_t line = i / u->columns;
        t->c = y + line / u->rows * c->y_image + line % u->rows * c->y_row;
        w = run_tiles(job->tiles, *t, run, w);
    }
}

/* All filters of a unit, channels from `from` on. */
static void run_block(const job *job, const unit *u, ptrdiff_t from, const room *room)
{
    const cn_correlation *c = job->c;
    ptrdiff_t count = cn_least(job->block, c->x.channels - from), panels = panel_count(job);
    bool last = from + count == c->x.channels;
    cn_box box = {.n = u->n, .images = u->images, .c = from, .channels = count};
    box.y = c->origin_h + u->row * c->step_h;
    box.x = c->origin_w + u->column * c->step_w;
    box.height = (u->rows - 1) * c->step_h + c->box_h;
    box.width = (u->columns - 1) * c->step_w + c->box_w;
    cn_patch p = cn_patch_of(&c->x, &box, false, room->patch);
    cn_gemm_tile t = {.a_step = 1, .segments = room->segments, .c_step = c->y_pixel, .alpha = 1};
    t.segment_count = find_segments(c, &p, count, job->width, room->segments);
    t.b_step = job->width;
    t.beta = from ? 1 : 0;
    t.activation = last ? c->activation : CN_ACT_NONE;
    float *y = c->y + u->n * c->y_image + u->row * c->y_row + u->column * c->y_pixel;
    for (ptrdiff_t i = 0; i < panels; i++) {
        ptrdiff_t j = i * job->width;
        t.b = room->weights;
        if (job->keep)
            t.b += (from / job->block * panels + i) * job->panel_size;
        else
            pack(job, from, count, j, room->weights);
        t.columns = cn_least(job->width, c->filters - j);
        t.bias = last && c->bias ? c->bias + j : NULL;
        t.c = y + j;
        run_panel(job, &p, u, &t);
    }
}

static void run_units(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cn_correlation *c = job->c;
    float *scratch = cn_scratch();
    room room = {scratch, scratch + CN_CONV_PATCH, NULL};
    room.segments = (cn_segment *)(void *)(room.weights + CN_CONV_PANEL);
    if (job->keep)
        pack_all(job, room.weights);
    ptrdiff_t each = job->down * job->across;
    for (ptrdiff_t i = (ptrdiff_t)begin; i < (ptrdiff_t)end; i++) {
        unit u = {.n = i / each * job->images, .column = i % job->across * job->columns};
        u.row = i % each / job->across * job->rows;
        u.images = cn_least(job->images, c->batch - u.n);
        u.rows = cn_least(job->rows, c->rows - u.row);
        u.columns = cn_least(job->columns, c->columns - u.column);
        for (ptrdiff_t from = 0; from < c->x.channels; from += job->block)
            run_block(job, &u, from, &room);
    }
}

/* Cutting. */

static ptrdiff_t patch_size(const job *j)
{
    const cn_correlation *c = j->c;
    return j->images * ((j->rows - 1) * c->step_h + c->box_h) *
           ((j->columns - 1) * c->step_w + c->box_w) * j->block;
}

/* Makes units small enough for scratch: one pixel, one channel always is (CN_CONV_REACH). */
static void fit(job *j)
{
    const cn_correlation *c = j->c;
    j->images = 1;
    j->rows = c->rows;
    j->columns = c->columns;
    ptrdiff_t most = LONGEST / cn_most(1, c->tap_count), channels = cn_most(1, c->x.channels);
    j->block = cn_divide_up(channels, cn_divide_up(channels, cn_most(1, most)));
    if (most >= 16)
        j->block = cn_least(c->x.channels, (j->block + 7) / 8 * 8);
    while (patch_size(j) > CN_CONV_PATCH) {
        if (j->rows > 1)
            j->rows = cn_divide_up(j->rows, 2);
        else if (j->block > 8)
            j->block = cn_divide_up(j->block, 2);
        else if (j->columns > 1)
            j->columns = cn_divide_up(j->columns, 2);
        else
            j->block = cn_divide_up(j->block, 2);
    }
}

/* More and smaller units for more threads, or several images for units that are very small. */
static void share_out(job *j)
{
    const cn_correlation *c = j->c;
    ptrdiff_t cost = (c->tap_count + 1) * c->x.channels * c->filters, wanted = 4 * cn_num_threads();
    while (c->batch * cn_divide_up(c->rows, j->rows) < wanted && j->rows > 1 &&
           j->rows * j->columns * cost > 2 * CN_CONV_PIECE)
        j->rows = cn_divide_up(j->rows, 2);
    if (j->rows == c->rows && j->columns == c->columns)
        while (j->images * j->rows * j->columns < 64 && c->batch > j->images * wanted) {
            j->images *= 2;
            if (patch_size(j) > CN_CONV_PATCH) {
                j->images /= 2;
                break;
            }
        }
    j->down = cn_divide_up(c->rows, j->rows);
    j->across = cn_divide_up(c->columns, j->columns);
}

void cn_correlate(const cn_correlation *c)
{
    job j = {.c = c, .tiles = cn_isa_pick(cn_tiles)};
    if (c->batch <= 0 || c->rows <= 0 || c->columns <= 0 || c->filters <= 0)
        return;
    fit(&j);
    share_out(&j);
    j.width = (c->filters > j.tiles->lanes ? 2 : 1) * j.tiles->lanes;
    j.panel_size = c->tap_count * j.block * j.width;
    ptrdiff_t blocks = cn_divide_up(c->x.channels, j.block);
    j.keep = blocks * panel_count(&j) * j.panel_size <= CN_CONV_PANEL;
    ptrdiff_t units = cn_divide_up(c->batch, j.images) * j.down * j.across;
    ptrdiff_t work =
        j.images * j.rows * j.columns * (c->tap_count + 1) * c->x.channels * c->filters;
    ptrdiff_t grain = cn_most(units / (4 * cn_num_threads()), CN_CONV_PIECE / (work + 1));
    cn_parallel_for((size_t)units, (size_t)cn_most(1, grain), run_units, &j);
}
