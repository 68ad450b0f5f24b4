/* Correlations on matrix units: a unit's box of input is split once, one row of A for each pixel.
 */
#include <math.h>
#include <string.h>

#include "backend/cpu/window/conv_amx.h"
#include "base/cold.h"
#include "base/scratch.h"

#ifdef CORNU_AMX
enum {
    STEPS = 32, /* of all taps: a panel's part of scratch */
    PANEL = STEPS * CN_AMX_STEP,
};

ptrdiff_t cn_correlate_amx_block(const cn_correlation *c)
{
    ptrdiff_t channels = c->x.channels, row = c->out[CN_WIDTH] + c->box[CN_WIDTH];
    if (c->tap_count > STEPS ||
        row * c->box[CN_HEIGHT] * c->box[CN_DEPTH] * CN_AMX_DEPTH > CN_CONV_PATCH ||
        !cn_conv_suits_amx(c->out, c->step, c->box, c->keep ? 4 : 2, c->tap_count, channels,
                           c->filters))
        return 0;
    ptrdiff_t most = STEPS / c->tap_count * CN_AMX_DEPTH;
    return cn_round_up(cn_divide_up(channels, cn_divide_up(channels, most)), CN_AMX_DEPTH);
}

/* The box, channels `from` .. from + count: one row of A for each of its pixels. */
static void split_box(const cn_correlation *c, const cn_box *b, char *to, ptrdiff_t part)
{
    static float nothing[STEPS * CN_AMX_DEPTH]; /* not const: zeros that a file need not hold */
    ptrdiff_t place[CN_CONV_AXES] = {0}, at[CN_CONV_AXES];
    for (ptrdiff_t n = cn_product(b->size); n > 0; n--, to += CN_AMX_LINE) {
        for (int i = 0; i < CN_CONV_AXES; i++)
            at[i] = b->at[i] + place[i];
        const float *from = cn_image_pixel(&c->x, at);
        cn_amx_of(c->bfloat16)
            ->row(from ? from + b->c : nothing, b->channels, to, part, CN_AMX_PARTS * part);
        cn_next_place(place, b->size, CN_CONV_AXES);
    }
}

/* Filters j .. j + columns of all taps, `count` channels from `from` on: a step of channels after
 * the other, all taps of each. */
static void split_weights(const cn_correlation *c, ptrdiff_t from, ptrdiff_t count, ptrdiff_t j,
                          ptrdiff_t columns, char *to)
{
    float *room = cn_scratch();
    ptrdiff_t step = c->w_channel, some;
    for (ptrdiff_t end = from + count; from < end; from += some) {
        some = cn_least(CN_AMX_DEPTH, end - from);
        for (ptrdiff_t t = 0; t < c->tap_count; t++, to += CN_AMX_STEP) {
            const float *w = c->w + c->taps[t].w + from * c->w_channel + j * c->w_filter;
            if (c->w_filter != 1 || columns < CN_AMX_SIDE) {
                step = CN_AMX_SIDE;
                if (c->w_filter != 1)
                    cn_tiles_avx512.transpose(w, c->w_filter, columns, some, room, step);
                else
                    for (ptrdiff_t i = 0; i < some; i++)
                        memcpy(room + i * step, w + i * c->w_channel, (size_t)columns * sizeof *w);
                w = room;
            }
            cn_amx_of(c->bfloat16)->panel(w, step, some, columns, to);
        }
    }
}

/* One pixel's sums as floats are added; a NaN decides. */
static CN_COLD void add_up(const cn_correlation *c, const ptrdiff_t *place, ptrdiff_t j,
                           ptrdiff_t columns, float *sums)
{
    for (ptrdiff_t f = 0; f < columns; f++)
        sums[f] = 0;
    for (ptrdiff_t t = 0; t < c->tap_count; t++) {
        ptrdiff_t at[CN_CONV_AXES];
        for (int i = 0; i < CN_CONV_AXES; i++)
            at[i] = c->origin[i] + place[i] + c->taps[t].at[i];
        const float *x = cn_image_pixel(&c->x, at);
        for (ptrdiff_t k = 0; x && k < c->x.channels; k++) {
            const float *w = c->w + c->taps[t].w + k * c->w_channel + j * c->w_filter;
            for (ptrdiff_t f = 0; f < columns; f++)
                sums[f] += x[k] * w[f * c->w_filter];
            if (isnan(x[k]))
                return;
        }
    }
}

CN_COLD void cn_correlate_again(const cn_correlation *c, const ptrdiff_t *place, ptrdiff_t j,
                                const cn_gemm_tile *t)
{
    float sums[CN_AMX_SIDE];
    cn_gemm_tile one = *t;
    one.c = c->y + cn_offset(place, c->y_step) + j;
    one.beta = 0;
    add_up(c, place, j, t->columns, sums);
    cn_amx_avx512.finish(&one, sums, 1);
}

/* What is being computed: a unit's outputs, one panel. */
typedef struct panel {
    const cn_correlation *c;
    const cn_unit *unit;
    ptrdiff_t j; /* its first filter */
    bool last;   /* nothing more is added */
    cn_gemm_tile tile;
} panel;

/* `count` outputs from `place` on, which follow each other in a row. */
static void finish(panel *p, const ptrdiff_t *place, const float *sums, ptrdiff_t count)
{
    const cn_correlation *c = p->c;
    cn_gemm_tile *t = &p->tile;
    float *y = c->y + cn_offset(place, c->y_step) + p->j;
    t->c = y;
    uint32_t bad = cn_amx_avx512.finish(t, sums, count);
    for (ptrdiff_t r = 0; p->last && bad && r < count; r++)
        if (bad >> r & 1)
            cn_correlate_again(
                c, (ptrdiff_t[CN_CONV_AXES]){place[0], place[1], place[2], place[3] + r}, p->j, t);
    if (p->last && c->end)
        cn_epilogue_run(c->end, sizeof *y, y, t->c_step, count, t->columns);
}

/* Sums from row `q` of A on: those of outputs, runs of which begin at `run`, in the unit's place.
 * Leaves the first run that is not yet done. */
static void finish_runs(panel *p, const ptrdiff_t *pitch, ptrdiff_t q, const float *sums,
                        ptrdiff_t *place, ptrdiff_t *left)
{
    const cn_unit *u = p->unit;
    ptrdiff_t end = q + CN_AMX_SIDE;
    while (*left) {
        ptrdiff_t run = cn_offset(place, pitch), stop = run + u->size[CN_WIDTH];
        ptrdiff_t first = cn_most(run, q), count = cn_least(stop, end) - first;
        ptrdiff_t at[CN_CONV_AXES];
        if (count <= 0)
            return;
        for (int i = 0; i < CN_CONV_AXES; i++)
            at[i] = u->at[i] + place[i];
        at[CN_WIDTH] += first - run;
        finish(p, at, sums + (first - q) * CN_AMX_SIDE, count);
        if (stop > end)
            return;
        cn_next_place(place, u->size, CN_WIDTH);
        --*left;
    }
}

static void run_panel(panel *p, cn_amx_rows *a, const char *split, const char *b, ptrdiff_t steps,
                      const ptrdiff_t *pitch)
{
    _Alignas(64) float sums[CN_AMX_SUMS];
    const ptrdiff_t *size = p->unit->size;
    ptrdiff_t place[CN_CONV_AXES] = {0}, left = cn_product(size) / size[CN_WIDTH], span = 1;
    for (int i = 0; i < CN_CONV_AXES; i++)
        span += (size[i] - 1) * pitch[i];
    for (ptrdiff_t q = 0; left; q += CN_AMX_SIDE) {
        q = cn_most(q, cn_offset(place, pitch));
        a->at = split + q * CN_AMX_LINE;
        a->count = cn_least(CN_AMX_SIDE, span - q);
        cn_amx_of(p->c->bfloat16)->multiply(a, b, steps, p->tile.columns, sums, CN_AMX_SIDE);
        finish_runs(p, pitch, q, sums, place, &left);
    }
}

void cn_correlate_amx(const cn_correlation *c, const char *kept, const cn_unit *u, ptrdiff_t first,
                      ptrdiff_t last, ptrdiff_t from, ptrdiff_t count)
{
    char *b = cn_scratch_split(), *split = b + PANEL;
    cn_box box = {.c = from, .channels = count};
    ptrdiff_t pitch[CN_CONV_AXES], steps = cn_amx_steps(count);
    for (int i = 0; i < CN_CONV_AXES; i++) {
        box.at[i] = c->origin[i] + u->at[i];
        box.size[i] = u->size[i] - 1 + c->box[i];
    }
    cn_dense_steps(box.size, 1, pitch);
    ptrdiff_t places[STEPS];
    cn_amx_rows a = {
        .steps = places, .row = CN_AMX_LINE, .part = (cn_product(box.size) | 1) * CN_AMX_LINE};
    for (ptrdiff_t t = 0; t < c->tap_count; t++) {
        ptrdiff_t at = 0;
        for (int i = 0; i < CN_CONV_AXES; i++)
            at += c->taps[t].at[i] * pitch[i];
        for (ptrdiff_t k = 0; k < steps; k++)
            places[k * c->tap_count + t] = at * CN_AMX_LINE + k * CN_AMX_PARTS * a.part;
    }
    cn_amx_avx512.begin();
    split_box(c, &box, split, a.part);
    panel p = {.c = c, .unit = u, .last = from + count == c->x.channels};
    p.tile = (cn_gemm_tile){.c_step = c->y_step[CN_WIDTH], .alpha = 1, .beta = from ? 1 : 0};
    p.tile.activation = p.last ? c->activation : CN_ACT_NONE;
    for (p.j = first * CN_AMX_SIDE; p.j < last * CN_AMX_SIDE; p.j += CN_AMX_SIDE) {
        p.tile.columns = cn_least(CN_AMX_SIDE, c->filters - p.j);
        p.tile.bias = p.last && c->bias ? c->bias + p.j : NULL;
        const char *weights = b;
        if (kept)
            weights =
                kept + (p.j / CN_AMX_SIDE * cn_amx_steps(c->x.channels) + from / CN_AMX_DEPTH) *
                           c->tap_count * CN_AMX_STEP;
        else
            split_weights(c, from, count, p.j, p.tile.columns, b);
        run_panel(&p, &a, split, weights, c->tap_count * steps, pitch);
    }
    cn_amx_avx512.end();
}
#else
ptrdiff_t cn_correlate_amx_block(const cn_correlation *c)
{
    (void)c;
    return 0;
}

void cn_correlate_amx(const cn_correlation *c, const char *kept, const cn_unit *u, ptrdiff_t first,
                      ptrdiff_t last, ptrdiff_t from, ptrdiff_t count)
{
    (void)c, (void)kept, (void)u, (void)first, (void)last, (void)from, (void)count;
}
#endif
