/* The output is cut into units, boxes of pixels, and groups of panels of filters; each pair is
 * computed by tiles whose rows are pixels of a patch and whose columns are filters. More units copy
 * more weights, more groups more patches. Long sums run in blocks of channels. The blocks depend on
 * the shape alone; how the rest is cut may depend on the number of threads, since a pixel's sum
 * knows nothing of its unit or group. */
#include "backend/cpu/window/correlate.h"

#include <string.h>

#include "backend/cpu/window/conv_amx.h"
#include "base/cold.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "cornu/config.h"

enum {
    LONGEST = 1024, /* taps * channels of a block, where channels can be cut */
    FEW = 24,       /* pixels of all images: reading the weights takes longest, long rows of them */
    /* Floats of a patch that leave room in a second-level cache: where weights are packed once,
     * many patches cost nothing; where each unit packs them, they do. */
    NEAR = 1 << 15,
    FAR = 1 << 16,
};

typedef struct job {
    const cn_correlation *c;
    const cn_tiles *tiles;
    cn_units units;
    ptrdiff_t block;      /* channels */
    ptrdiff_t width;      /* of a panel */
    ptrdiff_t panel_size; /* floats of a panel's weights for one block */
    ptrdiff_t panels, groups;
    ptrdiff_t strip;  /* panels that are packed at once: more of a row of weights is read */
    ptrdiff_t patch;  /* its size, if overlaps are little */
    bool on_units;    /* matrix units */
    bool keep;        /* a group's weights fit into scratch: packed once for many units */
    const char *kept; /* or all are at hand (gemm/kept.h) */
} job;

/* What a piece of work computes: all filters of panels first .. last, of one unit. */
typedef struct piece {
    cn_unit unit;
    ptrdiff_t first, last;
} piece;

/* A thread's scratch. */
typedef struct room {
    float *patch, *weights;
    cn_segment *segments; /* (CN_CONV_TAPS) */
} room;

/* Weights. */

/* Channels c .. c + count, filters of panels first .. last, to (panels, taps, count, width), each
 * panel panel_size after the one before, zeros at the end. */
static void pack(const job *job, ptrdiff_t c, ptrdiff_t count, ptrdiff_t first, ptrdiff_t last,
                 float *to)
{
    const cn_correlation *k = job->c;
    ptrdiff_t width = job->width, j = first * width,
              columns = cn_least(last * width, k->filters) - j;
    ptrdiff_t whole = width > job->tiles->lanes ? columns / width : 0, taps = k->tap_count;
    ptrdiff_t rest = columns - whole * width;
    if (rest > 0 && rest < width)
        memset(to + whole * job->panel_size, 0, (size_t)(taps * count * width) * sizeof *to);
    for (ptrdiff_t t = 0; t < taps; t++, to += count * width) {
        const float *from = k->w + k->taps[t].w + c * k->w_channel + j * k->w_filter;
        float *end = to + whole * job->panel_size;
        if (k->w_filter != 1) {
            for (ptrdiff_t p = 0; p < last - first; p++, from += width * k->w_filter)
                job->tiles->transpose(from, k->w_filter, p < whole ? width : rest, count,
                                      to + p * job->panel_size, width);
            continue;
        }
        job->tiles->copy(from, k->w_channel, count, whole, to, job->panel_size);
        for (ptrdiff_t i = 0; rest && i < count; i++)
            memcpy(end + i * width, from + i * k->w_channel + whole * width,
                   (size_t)rest * sizeof *to);
    }
}

static void pack_all(void *context, size_t begin, size_t end)
{
    const job *j = context;
    float *to = (float *)(void *)j->kept + (ptrdiff_t)begin * j->panel_size;
    pack(j, 0, j->c->x.channels, (ptrdiff_t)begin, (ptrdiff_t)end, to);
}

static void pack_group(const job *job, const piece *p, float *to)
{
    for (ptrdiff_t c = 0; c < job->c->x.channels; c += job->block) {
        pack(job, c, cn_least(job->block, job->c->x.channels - c), p->first, p->last, to);
        to += (p->last - p->first) * job->panel_size;
    }
}

/* Tiles. */

/* Where taps lie in the patch, and in a panel `next` apart; neighbours become one segment. */
static ptrdiff_t find_segments(const cn_correlation *c, const cn_patch *p, ptrdiff_t channels,
                               ptrdiff_t width, ptrdiff_t next, cn_segment *s)
{
    ptrdiff_t n = 0;
    bool close = next == channels * width;
    for (ptrdiff_t t = 0; t < c->tap_count; t++) {
        ptrdiff_t at = 0;
        for (int i = 0; i < CN_CONV_AXES; i++)
            at += c->taps[t].at[i] * p->step[i];
        if (close && n && s[n - 1].a + s[n - 1].count == at)
            s[n - 1].count += channels;
        else
            s[n++] = (cn_segment){at, t * next, channels};
    }
    return n;
}

/* Goes through a unit's pixels in the order of the output: where they lie in the patch, or in the
 * output. */
typedef struct walk {
    const float *at;
    const ptrdiff_t *size;
    ptrdiff_t place[CN_CONV_AXES], next[CN_CONV_AXES]; /* a next place: what to add to `at` */
} walk;

static walk start_walk(const float *at, const cn_unit *u, const ptrdiff_t *step)
{
    walk w = {.at = at, .size = u->size};
    ptrdiff_t done = 0;
    for (int i = CN_WIDTH; i >= 0; i--) {
        w.next[i] = step[i] - done;
        done = u->size[i] * step[i];
    }
    return w;
}

/* The next `count` pixels. */
static void walk_on(walk *w, ptrdiff_t count, const void **table)
{
    while (count > 0) {
        int i = CN_WIDTH;
        ptrdiff_t some = cn_least(count, w->size[i] - w->place[i]), next = w->next[i];
        const float *at = w->at;
        for (ptrdiff_t r = 0; r < some; r++, at += next)
            *table++ = at;
        count -= some;
        w->at = at;
        w->place[i] += some;
        while (w->place[i] == w->size[i] && i > 0) {
            w->place[i--] = 0;
            w->place[i]++;
            w->at += w->next[i];
        }
    }
}

/* How many of the unit's outputs follow each other. */
static ptrdiff_t find_run(const cn_unit *u, const ptrdiff_t *step)
{
    ptrdiff_t run = u->size[CN_WIDTH];
    for (int i = CN_WIDTH; i > 0 && u->size[i] * step[i] == step[i - 1]; i--)
        run *= u->size[i - 1];
    return run;
}

/* A tile whose rows of the output lie at `places` is computed beside it. */
static void run_apart(const cn_tiles *tiles, cn_gemm_tile t, int rows, const void *const *places,
                      const cn_epilogue *end)
{
    float sums[CN_TILE_ROWS * CN_TILE_WIDE * 16], *y = t.c;
    size_t size = (size_t)t.columns * sizeof *y;
    t.c = sums;
    t.c_step = t.b_step;
    for (int r = 0; t.beta != 0 && r < rows; r++)
        memcpy(sums + r * t.c_step, places[r], size);
    cn_tile_run(tiles, &t, rows, t.columns > tiles->lanes ? 2 : 1);
    for (int r = 0; r < rows; r++) {
        float *to = y + ((const float *)places[r] - y);
        memcpy(to, sums + r * t.c_step, size);
        if (end)
            cn_epilogue_run(end, sizeof *to, to, 0, 1, t.columns);
    }
}

/* All pixels of a unit, one panel of filters. `end`: NULL where more is added to them. */
static void run_panel(const job *job, const cn_patch *p, const cn_unit *u, cn_gemm_tile t,
                      const cn_epilogue *end)
{
    const cn_correlation *c = job->c;
    const cn_tiles *tiles = job->tiles;
    const void *rows[CN_TILE_ROWS], *places[CN_TILE_ROWS];
    float *y = t.c;
    int wide = t.columns > tiles->lanes ? 2 : 1;
    ptrdiff_t step[CN_CONV_AXES], total = cn_product(u->size), run = find_run(u, c->y_step);
    bool apart = run < total && run < tiles->rows[wide - 1];
    for (int i = 0; i < CN_CONV_AXES; i++)
        step[i] = c->step[i] * p->step[i];
    walk in = start_walk(p->at, u, step), out = start_walk(t.c, u, c->y_step);
    ptrdiff_t each = apart ? total : run, blocks = cn_divide_up(each, tiles->rows[wide - 1]);
    t.rows = rows;
    if (t.ahead)
        t.ahead_step = cn_divide_up(t.b_step, total / each * blocks);
    for (ptrdiff_t i = 0, b = 0; i < total; b = (b + 1) % blocks) {
        ptrdiff_t size = each / blocks + (b < each % blocks);
        walk_on(&in, size, rows);
        if (run < total)
            walk_on(&out, size, places);
        if (apart) {
            run_apart(tiles, t, (int)size, places, end);
        } else {
            y += run < total ? (const float *)places[0] - y : 0;
            t.c = y;
            cn_tile_run(tiles, &t, (int)size, wide);
            if (end)
                cn_epilogue_run(end, sizeof *y, y, t.c_step, size, t.columns);
            y += size * t.c_step;
        }
        t.ahead += t.ahead_step * t.segments->count;
        i += size;
    }
}

/* One piece, channels from `from` on. */
static void run_block(const job *job, const piece *piece, ptrdiff_t from, const room *room)
{
    const cn_correlation *c = job->c;
    const cn_unit *u = &piece->unit;
    ptrdiff_t count = cn_least(job->block, c->x.channels - from);
    bool last = from + count == c->x.channels;
    cn_box box = {.c = from, .channels = count};
    for (int i = 0; i < CN_CONV_AXES; i++) {
        box.at[i] = c->origin[i] + u->at[i] * c->step[i];
        box.size[i] = (u->size[i] - 1) * c->step[i] + c->box[i];
    }
    cn_patch p = cn_patch_of(&c->x, &box, room->patch);
    cn_gemm_tile t = {.a_step = 1, .segments = room->segments, .alpha = 1};
    t.c_step = c->y_step[CN_WIDTH];
    ptrdiff_t next = (job->kept ? c->x.channels : count) * job->width;
    t.segment_count = find_segments(c, &p, count, job->width, next, room->segments);
    t.b_step = job->width;
    t.beta = from ? 1 : 0;
    t.activation = last ? c->activation : CN_ACT_NONE;
    float *y = c->y + cn_offset(u->at, c->y_step);
    const float *weights = room->weights;
    ptrdiff_t panel = job->panel_size;
    if (job->kept) {
        panel = c->tap_count * next;
        weights = (const float *)(const void *)job->kept + piece->first * panel + from * job->width;
        t.ahead = panel; /* the next panel comes from memory meanwhile, a part with each tile */
    } else if (job->keep) {
        weights += from / job->block * (piece->last - piece->first) * panel;
    }
    for (ptrdiff_t i = piece->first; i < piece->last; i++) {
        ptrdiff_t j = i * job->width;
        if (!job->kept && !job->keep && (i - piece->first) % job->strip == 0) {
            weights = room->weights;
            pack(job, from, count, i, cn_least(i + job->strip, piece->last), room->weights);
        }
        t.columns = cn_least(job->width, c->filters - j);
        t.bias = last && c->bias ? c->bias + j : NULL;
        t.c = y + j;
        t.b = weights;
        run_panel(job, &p, u, t, last ? c->end : NULL);
        weights += panel;
    }
}

/* All filters of a unit that no tap reaches. */
static CN_COLD void clear(const cn_correlation *c, const cn_unit *u)
{
    float *y = c->y + cn_offset(u->at, c->y_step);
    ptrdiff_t place[CN_CONV_AXES] = {0};
    for (ptrdiff_t i = cn_product(u->size); i > 0; i--, cn_next_place(place, u->size, CN_CONV_AXES))
        memset(y + cn_offset(place, c->y_step), 0, (size_t)c->filters * sizeof *y);
}

/* A thread's pieces are neighbours in the filters, whose weights its caches then hold. */
static void run_pieces(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cn_correlation *c = job->c;
    float *scratch = cn_scratch();
    room room = {scratch, scratch + CN_CONV_PATCH, NULL};
    room.segments = (cn_segment *)(void *)(room.weights + CN_CONV_PANEL);
    ptrdiff_t units = cn_product(job->units.count), kept = -1, from;
    for (ptrdiff_t i = (ptrdiff_t)begin; i < (ptrdiff_t)end; i++) {
        ptrdiff_t group = i / units;
        piece p = {cn_units_get(&job->units, i % units), group * job->panels / job->groups,
                   (group + 1) * job->panels / job->groups};
        if (job->keep && group != kept)
            pack_group(job, &p, room.weights);
        kept = group;
        if (!c->tap_count)
            clear(c, &p.unit);
        for (from = 0; c->tap_count && from < c->x.channels; from += job->block)
            if (job->on_units)
                cn_correlate_amx(c, job->kept, &p.unit, p.first, p.last, from,
                                 cn_least(job->block, c->x.channels - from));
            else
                run_block(job, &p, from, &room);
    }
}

/* Cutting. */

static bool exceeds(const job *j, ptrdiff_t floats)
{
    return cn_units_read(&j->units, j->c->step, j->c->box) * j->block > floats;
}

/* Makes units small enough for scratch: one pixel, one channel always is (CN_CONV_REACH). */
static CN_COLD void fit(job *j, ptrdiff_t units_block)
{
    const cn_correlation *c = j->c;
    ptrdiff_t *columns = &j->units.size[CN_WIDTH];
    memcpy(j->units.out, c->out, sizeof c->out);
    memcpy(j->units.size, c->out, sizeof c->out);
    j->units.size[CN_BATCH] = 1;
    ptrdiff_t most = LONGEST / cn_most(1, c->tap_count), channels = cn_most(1, c->x.channels);
    j->block = cn_divide_up(channels, cn_divide_up(channels, cn_most(1, most)));
    if (j->on_units)
        j->block = units_block;
    else if (most >= 16)
        j->block = cn_least(channels, (j->block + 7) / 8 * 8);
    while (exceeds(j, CN_CONV_PATCH))
        if (cn_units_halve(&j->units))
            continue;
        else if (j->block <= 8 && *columns > 1)
            *columns = cn_divide_up(*columns, 2);
        else
            j->block = cn_round_up(cn_divide_up(j->block, 2), j->on_units ? CN_AMX_DEPTH : 1);
    const ptrdiff_t *size = j->units.size; /* what patches overlap by stays little */
    while (exceeds(j, j->patch) &&
           cn_most(size[CN_DEPTH], size[CN_HEIGHT]) > cn_most(c->box[CN_DEPTH], c->box[CN_HEIGHT]))
        cn_units_halve(&j->units);
}

/* Several images go together where their weights are more than their pixels, or the pixels are very
 * few, as long as enough pieces are left. */
static CN_COLD void join_images(job *j, ptrdiff_t weights, ptrdiff_t wanted)
{
    const cn_correlation *c = j->c;
    cn_units *u = &j->units;
    ptrdiff_t *images = &u->size[CN_BATCH], all = c->out[CN_BATCH];
    if (cn_units_count(u) != all)
        return;
    while (*images < all && !exceeds(j, j->patch) &&
           ((cn_product(u->size) < 64 && all > *images * wanted) ||
            (weights > cn_units_read(u, c->step, c->box) * c->x.channels &&
             cn_divide_up(all, 2 * *images) * j->panels >= wanted)))
        *images *= 2;
    if (*images > 1 && exceeds(j, j->patch))
        *images /= 2;
}

/* More pieces for more threads: of what is copied anew for each, weights or patches, the larger one
 * is cut. */
static CN_COLD void share_out(job *j)
{
    const cn_correlation *c = j->c;
    cn_units *u = &j->units;
    ptrdiff_t weights = c->tap_count * c->x.channels * c->filters;
    ptrdiff_t wanted = (cn_product(c->out) <= FEW ? 1 : 4) * cn_num_threads();
    ptrdiff_t cost = weights + c->x.channels * c->filters;
    join_images(j, weights, wanted);
    for (j->groups = 1; cn_units_count(u) * j->groups < wanted &&
                        cn_product(u->size) * cost / j->groups > 2 * CN_CONV_PIECE;) {
        bool more = j->groups < j->panels;
        bool heavy = weights / j->groups > cn_units_read(u, c->step, c->box) * c->x.channels;
        if (!(more && heavy) && cn_units_halve(u))
            continue;
        if (!more)
            break;
        j->groups = cn_least(2 * j->groups, j->panels);
    }
}

/* Of a panel of all channels; of all panels. */
static ptrdiff_t whole_panel(const job *j)
{
    return j->c->tap_count * j->c->x.channels * j->width;
}

static ptrdiff_t all_weights(const job *j)
{
    return j->panels * whole_panel(j);
}

/* Packs all of them once, for all units, as if they had been kept. */
static CN_COLD void share_weights(job *j)
{
    job all = *j;
    all.panel_size = whole_panel(j);
    all.kept = j->kept = cn_scratch_split();
    cn_parallel_for((size_t)j->panels, (size_t)(CN_CONV_PIECE / (8 * all.panel_size) + 1), pack_all,
                    &all);
}

CN_COLD bool cn_correlate(const cn_correlation *c)
{
    job j = {.c = c, .tiles = cn_isa_pick(cn_tiles)};
    if (cn_product(c->out) <= 0 || c->filters <= 0)
        return true;
    bool ok;
    if (cn_correlate_panels(c, &ok))
        return ok;
    ptrdiff_t units_block = cn_correlate_amx_block(c);
    j.on_units = units_block > 0;
    if (c->keep) {
        j.kept = cn_kept_take(c->keep, j.on_units ? CN_KEPT_SPLIT : CN_KEPT_FLOATS, c->w);
        if (!j.kept)
            return false;
    }
    j.width = cn_kept_width(c->filters);
    j.panels = c->tap_count ? cn_divide_up(c->filters, j.width) : 1;
    bool small = all_weights(&j) <= CN_SCRATCH_SPLIT / (ptrdiff_t)sizeof(float);
    j.patch = j.on_units ? CN_CONV_PATCH : small ? NEAR : FAR;
    fit(&j, units_block);
    share_out(&j);
    j.panel_size = c->tap_count * j.block * j.width;
    j.strip = cn_most(1, CN_CONV_PANEL / cn_most(1, j.panel_size));
    ptrdiff_t blocks = cn_divide_up(c->x.channels, j.block);
    j.keep = !j.on_units && !j.kept &&
             blocks * cn_divide_up(j.panels, j.groups) * j.panel_size <= CN_CONV_PANEL;
    if (small && !j.on_units && !j.kept && !j.keep && cn_units_count(&j.units) > 1)
        share_weights(&j);
    ptrdiff_t pieces = cn_units_count(&j.units) * j.groups;
    ptrdiff_t work = cn_product(j.units.size) * (c->tap_count + 1) * c->x.channels * c->filters;
    ptrdiff_t grain =
        cn_most(pieces / (4 * cn_num_threads()), CN_CONV_PIECE / (work / j.groups + 1));
    cn_parallel_for((size_t)pieces, (size_t)cn_most(1, grain), run_pieces, &j);
    return true;
}
