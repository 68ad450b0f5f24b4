/* The gradient of a convolution's weights on matrix units: rows of A are channels of a unit's box,
 * turned so that k runs over its pixels; B is dy, with zeros where no output is. A tap moves the
 * rows by its distance, 2 bytes for a pixel. */
#include <math.h>
#include <string.h>

#include "backend/cpu/window/conv_amx.h"
#include "base/cold.h"
#include "base/scratch.h"
#include "base/threads.h"

#ifdef CORNU_AMX
enum {
    BEYOND = CN_AMX_DEPTH, /* pixels that the last step of a tap reads beyond the box, zeros */
    PIXELS = CN_CONV_AMX_PIXELS,
    PANEL = PIXELS / CN_AMX_DEPTH * CN_AMX_STEP, /* bytes */
    SIDE = CN_AMX_SIDE,
};

/* A unit's box and its output in it. */
typedef struct view {
    const cn_weights_unit *u;
    ptrdiff_t pitch[CN_CONV_AXES], pixels, span; /* of the box; from the first output to the last */
    char *panel, *split;
    cn_amx_rows rows;
} view;

/* The box's channels as rows of pixels, split. */
static void split_box(view *v, const cn_box *box)
{
    enum { MOST = PIXELS + BEYOND };
    const cn_weights_unit *u = v->u;
    float *patch = cn_scratch(), *turned = patch + CN_CONV_PATCH / 2;
    cn_patch p = cn_patch_of(u->x, box, patch);
    ptrdiff_t count = v->pixels + BEYOND, width = box->size[CN_WIDTH];
    v->rows.row = (cn_amx_steps(count) | 1) * CN_AMX_LINE;
    v->rows.part = u->channels * v->rows.row;
    for (ptrdiff_t c = 0; c < u->channels; c += SIDE) {
        ptrdiff_t some = cn_least(SIDE, u->channels - c), place[CN_CONV_AXES] = {0};
        for (ptrdiff_t at = 0; at < v->pixels; at += width) {
            const float *from = p.at + cn_offset(place, p.step) + c;
            cn_tiles_avx512.transpose(from, p.step[CN_WIDTH], width, some, turned + at, MOST);
            cn_next_place(place, box->size, CN_WIDTH);
        }
        for (ptrdiff_t i = 0; i < some; i++) {
            float *row = turned + i * MOST;
            memset(row + v->pixels, 0, BEYOND * sizeof *row);
            cn_amx_of(u->s->bfloat16)
                ->row(row, count, v->split + (c + i) * v->rows.row, v->rows.part, CN_AMX_LINE);
        }
    }
}

/* Filters j .. j + columns of dy, at the places of the box. */
static void split_dy(const view *v, ptrdiff_t j, ptrdiff_t columns)
{
    const cn_weights_unit *u = v->u;
    const ptrdiff_t *size = u->of->size;
    float *room = cn_scratch();
    ptrdiff_t step[CN_CONV_AXES], out[CN_CONV_AXES], place[CN_CONV_AXES] = {0}, filled = 0;
    for (int i = 0; i < CN_CONV_AXES; i++)
        out[i] = cn_conv_out(u->s, i);
    cn_dense_steps(out, u->s->filters, step);
    const float *dy = u->dy + cn_offset(u->of->at, step) + j;
    for (ptrdiff_t n = cn_product(size) / size[CN_WIDTH]; n > 0; n--) {
        ptrdiff_t at = cn_offset(place, v->pitch);
        const float *from = dy + cn_offset(place, step);
        memset(room + filled * SIDE, 0, (size_t)((at - filled) * SIDE) * sizeof *room);
        for (filled = at; filled < at + size[CN_WIDTH]; filled++, from += u->s->filters)
            memcpy(room + filled * SIDE, from, (size_t)columns * sizeof *room);
        cn_next_place(place, size, CN_WIDTH);
    }
    cn_amx_of(u->s->bfloat16)->panel(room, SIDE, filled, columns, v->panel);
}

/* One panel of all weights of the unit's channels. */
static void run_panel(view *v, ptrdiff_t j)
{
    _Alignas(64) float sums[CN_AMX_SUMS];
    const cn_weights_unit *u = v->u;
    const cn_conv_shape *s = u->s;
    cn_gemm_tile t = {.c_step = s->filters, .alpha = 1, .beta = u->add ? 1 : 0};
    t.columns = cn_least(SIDE, s->filters - j);
    split_dy(v, j, t.columns);
    ptrdiff_t place[CN_CONV_AXES] = {0}, taps = cn_conv_taps(s);
    for (ptrdiff_t k = 0; k < taps; k++, cn_next_place(place, s->kernel, CN_CONV_AXES)) {
        ptrdiff_t move = 0;
        for (int i = 0; i < CN_CONV_AXES; i++)
            move += place[i] * s->dilation[i] * v->pitch[i];
        for (ptrdiff_t c = 0; c < u->channels; c += SIDE) {
            v->rows.at = v->split + c * v->rows.row + 2 * move;
            v->rows.count = cn_least(SIDE, u->channels - c);
            cn_amx_of(s->bfloat16)
                ->multiply(&v->rows, v->panel, cn_amx_steps(v->span), t.columns, sums, CN_AMX_SIDE);
            t.c = u->sums + (k * s->channels + u->channel + c) * s->filters + j;
            cn_amx_avx512.finish(&t, sums, v->rows.count);
        }
    }
}

void cn_conv_weights_amx(const cn_weights_unit *u)
{
    view v = {.u = u, .panel = cn_scratch_split(), .span = 1};
    v.split = v.panel + PANEL;
    cn_box box = {.c = u->channel, .channels = u->channels};
    for (int i = 0; i < CN_CONV_AXES; i++) {
        box.at[i] = u->of->at[i] - u->s->before[i];
        box.size[i] = u->of->size[i] - 1 + cn_conv_reach(u->s, i);
    }
    cn_dense_steps(box.size, 1, v.pitch);
    v.pixels = cn_product(box.size);
    for (int i = 0; i < CN_CONV_AXES; i++)
        v.span += (u->of->size[i] - 1) * v.pitch[i];
    ptrdiff_t steps[PIXELS / CN_AMX_DEPTH];
    for (ptrdiff_t s = 0; s < cn_amx_steps(v.span); s++)
        steps[s] = s * CN_AMX_LINE;
    v.rows.steps = steps;
    cn_amx_avx512.begin();
    split_box(&v, &box);
    for (ptrdiff_t p = u->first; p < u->last; p++)
        run_panel(&v, p * SIDE);
    cn_amx_avx512.end();
}

typedef struct job {
    const cn_conv_shape *s;
    cn_image x;
    const float *dy;
    float *dw;
} job;

/* Filters j .. j + columns of one channel of one tap, `from` its distance. */
static CN_COLD void add_up(const job *job, const ptrdiff_t *from, ptrdiff_t channel, ptrdiff_t j,
                           ptrdiff_t columns, float *dw)
{
    ptrdiff_t out[CN_CONV_AXES], place[CN_CONV_AXES] = {0}, at[CN_CONV_AXES];
    for (int i = 0; i < CN_CONV_AXES; i++)
        out[i] = cn_conv_out(job->s, i);
    memset(dw, 0, (size_t)columns * sizeof *dw);
    const float *dy = job->dy + j;
    for (ptrdiff_t n = cn_product(out); n > 0; n--, dy += job->s->filters) {
        for (int i = 0; i < CN_CONV_AXES; i++)
            at[i] = place[i] + from[i];
        const float *x = cn_image_pixel(&job->x, at);
        for (ptrdiff_t f = 0; x && f < columns; f++)
            dw[f] += x[channel] * dy[f];
        if (x && isnan(x[channel]))
            return;
        cn_next_place(place, out, CN_CONV_AXES);
    }
}

static CN_COLD void amend(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cn_conv_shape *s = job->s;
    for (size_t row = begin; row < end; row++)
        for (ptrdiff_t j = 0; j < s->filters; j += SIDE) {
            ptrdiff_t columns = cn_least(SIDE, s->filters - j), from[CN_CONV_AXES];
            ptrdiff_t tap = (ptrdiff_t)row / s->channels;
            float *dw = job->dw + (ptrdiff_t)row * s->filters + j;
            bool good = true;
            for (ptrdiff_t f = 0; f < columns; f++)
                good &= !isnan(dw[f]);
            if (good)
                continue;
            for (int i = CN_WIDTH; i >= 0; tap /= s->kernel[i--])
                from[i] = tap % s->kernel[i] * s->dilation[i] - s->before[i];
            add_up(job, from, (ptrdiff_t)row % s->channels, j, columns, dw);
        }
}

void cn_conv_weights_amend(const cn_conv_shape *s, const float *x, const float *dy, float *dw)
{
    ptrdiff_t stride[CN_CONV_AXES];
    job job = {.s = s, .x = cn_image_of(s, x, stride), .dy = dy, .dw = dw};
    size_t rows = (size_t)(cn_conv_taps(s) * s->channels);
    cn_parallel_for(rows, 1 + (1 << 16) / (size_t)s->filters, amend, &job);
}
#else
void cn_conv_weights_amx(const cn_weights_unit *u)
{
    (void)u;
}

void cn_conv_weights_amend(const cn_conv_shape *s, const float *x, const float *dy, float *dw)
{
    (void)s, (void)x, (void)dy, (void)dw;
}
#endif
