/* Correlations of few pixels with kept weights, floats, on matrix units. Each thread splits the
 * pixels that it reads once, and copies them for each column of taps: then all outputs' rows of A
 * follow each other for any tap, and panels are multiplied as those of a matrix product are. */
#include <string.h>

#include "backend/cpu/gemm/amx_panels.h"
#include "backend/cpu/window/conv_amx.h"
#include "base/cold.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "cornu/config.h"

#ifdef CORNU_AMX
enum {
    FEWEST = 56, /* pixels: fewer are multiplied faster as floats */
    COLUMNS = 16,
    STEPS = 512,
    ROOM = 1 << 20, /* bytes of rows: with more, they and the panels leave the core's cache */
    BEYOND = CN_AMX_SIDE * CN_AMX_LINE, /* what is read behind the last row */
};

_Static_assert(CN_AMX_PANELS_ROOM + ROOM + BEYOND <= CN_SCRATCH_SPLIT, "room for the rows");

typedef struct job {
    const cn_correlation *c;
    const float *kept;
    ptrdiff_t width, columns, at[COLUMNS]; /* of the output; of taps, and where they are */
    ptrdiff_t rows, down, across;          /* of a band; bands; groups of panels */
    ptrdiff_t steps;                       /* of all channels */
} job;

/* Rows of the input for so many of the output, and lines of A that are split of them. */
static ptrdiff_t lines_of(const job *j, ptrdiff_t rows)
{
    return j->columns * (rows - 1 + j->c->box[CN_HEIGHT]) * j->width;
}

static CN_COLD bool find_columns(job *j)
{
    const cn_correlation *c = j->c;
    for (ptrdiff_t t = 0, i; t < c->tap_count; t++) {
        for (i = 0; i < j->columns && j->at[i] != c->taps[t].at[CN_WIDTH];)
            i++;
        if (i == COLUMNS)
            return false;
        j->at[i] = c->taps[t].at[CN_WIDTH];
        j->columns = cn_most(j->columns, i + 1);
    }
    return true;
}

/* How long `down` bands take: in each piece a panel is multiplied by each tile of rows, two at
 * least, as long as it takes to be split; that of pixels takes a fifth of it. Sets the cut. */
static ptrdiff_t cost_of(job *j, ptrdiff_t down)
{
    enum { LEAST = 2, FIFTH = 5 };
    const cn_correlation *c = j->c;
    ptrdiff_t height = c->out[CN_HEIGHT], panels = cn_divide_up(c->filters, CN_AMX_SIDE);
    int threads = cn_num_threads();
    j->rows = cn_divide_up(height, down);
    j->down = cn_divide_up(height, j->rows);
    j->across = cn_least(cn_divide_up(threads, j->down), panels);
    ptrdiff_t tiles = cn_divide_up(j->rows * j->width, CN_AMX_SIDE),
              split = (j->rows - 1 + c->box[CN_HEIGHT]) * j->width / CN_AMX_SIDE,
              piece = FIFTH * cn_most(LEAST, tiles) * cn_divide_up(panels, j->across) + split;
    return cn_divide_up(j->down * j->across, threads) * piece;
}

/* Bands of the output's rows, or some of the panels for each thread, as takes less time. */
static CN_COLD bool cut(job *j)
{
    job try = *j;
    ptrdiff_t height = j->c->out[CN_HEIGHT], best = 0,
              down = cn_divide_up(height, CN_AMX_MOST / j->width);
    for (ptrdiff_t end = down + cn_num_threads(); down < end && down <= height; down++) {
        ptrdiff_t cost = cost_of(&try, down);
        bool fits = (lines_of(&try, try.rows) | 1) * j->steps * CN_AMX_PARTS * CN_AMX_LINE <= ROOM;
        if (fits && (!best || cost < best)) {
            best = cost;
            *j = try;
        }
    }
    return best;
}

/* False where the backend's other ways serve. */
static bool prepare(job *j)
{
    const cn_correlation *c = j->c;
    bool fits = cn_isa_level() == CN_ISA_AMX && c->keep && c->out[CN_BATCH] == 1 &&
                c->out[CN_DEPTH] == 1 && c->box[CN_DEPTH] == 1 && c->step[CN_HEIGHT] == 1 &&
                c->step[CN_WIDTH] == 1 && j->width <= CN_AMX_MOST &&
                j->width * c->out[CN_HEIGHT] >= FEWEST && c->x.channels % CN_AMX_DEPTH == 0 &&
                c->filters >= CN_AMX_SIDE;
    j->steps = c->x.channels / CN_AMX_DEPTH;
    return fits && j->steps * c->tap_count <= STEPS && find_columns(j) && cut(j);
}

/* A piece: rows first .. first + rows of the output. */
typedef struct piece {
    const job *job;
    ptrdiff_t first, rows, panel; /* the first panel */
    cn_amx_rows a;
} piece;

static char *line_at(const piece *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t x)
{
    ptrdiff_t rows = p->rows - 1 + p->job->c->box[CN_HEIGHT];
    return (char *)p->a.at + ((column * rows + row) * p->job->width + x) * CN_AMX_LINE;
}

/* All of a pixel's lines: zeros, or those that are there. */
static void set_lines(const piece *p, const char *from, char *to)
{
    ptrdiff_t parts = p->job->c->bfloat16 ? 1 : CN_AMX_PARTS, part = p->a.part;
    for (ptrdiff_t s = 0; s < p->job->steps; s++)
        for (ptrdiff_t i = 0, at = s * CN_AMX_PARTS * part; i < parts; i++, at += part)
            if (from)
                memcpy(to + at, from + at, CN_AMX_LINE);
            else
                memset(to + at, 0, CN_AMX_LINE);
}

/* A pixel of the box, as each column of taps reads it. */
static void split_pixel(const piece *p, ptrdiff_t row, ptrdiff_t x)
{
    const cn_correlation *c = p->job->c;
    const ptrdiff_t at[CN_CONV_AXES] = {c->origin[CN_BATCH], c->origin[CN_DEPTH],
                                        c->origin[CN_HEIGHT] + p->first + row,
                                        c->origin[CN_WIDTH] + x};
    const float *pixel = cn_image_pixel(&c->x, at);
    const char *done = NULL;
    for (ptrdiff_t i = 0; i < p->job->columns; i++) {
        ptrdiff_t place = x - p->job->at[i];
        if (place < 0 || place >= p->job->width)
            continue;
        char *to = line_at(p, i, row, place);
        if (pixel && !done)
            cn_amx_of(c->bfloat16)
                ->row(pixel, c->x.channels, to, p->a.part, CN_AMX_PARTS * p->a.part);
        else
            set_lines(p, done, to);
        done = pixel ? to : NULL;
    }
}

static void split_box(const piece *p)
{
    const cn_correlation *c = p->job->c;
    for (ptrdiff_t row = 0; row < p->rows - 1 + c->box[CN_HEIGHT]; row++)
        for (ptrdiff_t x = 0; x < p->job->width - 1 + c->box[CN_WIDTH]; x++)
            split_pixel(p, row, x);
}

static void finish_panel(const void *context, ptrdiff_t panel, const float *sums)
{
    const piece *p = context;
    const cn_correlation *c = p->job->c;
    ptrdiff_t j = (p->panel + panel) * CN_AMX_SIDE, width = p->job->width;
    cn_gemm_tile t = {.c_step = c->filters, .alpha = 1, .activation = c->activation};
    t.columns = cn_least(CN_AMX_SIDE, c->filters - j);
    t.bias = c->bias ? c->bias + j : NULL;
    float *y = c->y + p->first * width * c->filters + j;
    for (ptrdiff_t r = 0, count; r < p->a.count; r += count, y += count * c->filters) {
        count = cn_least(CN_AMX_SIDE, p->a.count - r);
        t.c = y;
        uint32_t bad = cn_amx_avx512.finish(&t, sums + r * CN_AMX_SIDE, count);
        for (ptrdiff_t i = 0; bad && i < count; i++) {
            ptrdiff_t pixel = p->first * width + r + i;
            const ptrdiff_t place[CN_CONV_AXES] = {0, 0, pixel / width, pixel % width};
            if (bad >> i & 1)
                cn_correlate_again(c, place, j, &t);
        }
        if (c->end)
            cn_epilogue_run(c->end, sizeof *y, y, t.c_step, count, t.columns);
    }
}

/* Where each step of A begins, as the panels' rows follow each other: by taps. */
static void lay_steps(const piece *p, ptrdiff_t *step)
{
    const cn_correlation *c = p->job->c;
    for (const cn_tap *tap = c->taps; tap < c->taps + c->tap_count; tap++) {
        ptrdiff_t column = 0;
        while (p->job->at[column] != tap->at[CN_WIDTH])
            column++;
        ptrdiff_t first = line_at(p, column, tap->at[CN_HEIGHT], 0) - p->a.at;
        for (ptrdiff_t k = 0; k < p->job->steps; k++)
            *step++ = first + k * CN_AMX_PARTS * p->a.part;
    }
}

static void run_piece(const job *job, ptrdiff_t i)
{
    const cn_correlation *c = job->c;
    char *room = cn_scratch_split();
    ptrdiff_t panels = cn_divide_up(c->filters, CN_AMX_SIDE), steps[STEPS];
    ptrdiff_t group = i % job->across, end = (group + 1) * panels / job->across;
    piece p = {.job = job, .first = i / job->across * job->rows};
    p.rows = cn_least(job->rows, c->out[CN_HEIGHT] - p.first);
    p.panel = group * panels / job->across;
    p.a = (cn_amx_rows){.at = room + CN_AMX_PANELS_ROOM,
                        .row = CN_AMX_LINE,
                        .part = (lines_of(job, p.rows) | 1) * CN_AMX_LINE,
                        .count = p.rows * job->width,
                        .steps = steps};
    split_box(&p);
    lay_steps(&p, steps);
    cn_amx_panels run = {.amx = cn_amx_of(c->bfloat16),
                         .count = end - p.panel,
                         .k = c->tap_count * c->x.channels,
                         .a = p.a,
                         .done = finish_panel,
                         .context = &p};
    run.apart = run.k * CN_AMX_SIDE;
    run.from = job->kept + p.panel * run.apart;
    cn_amx_run_panels(&run, room);
}

static void run_pieces(void *context, size_t begin, size_t end)
{
    cn_amx_avx512.begin();
    for (size_t i = begin; i < end; i++)
        run_piece(context, (ptrdiff_t)i);
    cn_amx_avx512.end();
}

bool cn_correlate_suits_panels(const cn_correlation *c)
{
    job j = {.c = c, .width = c->out[CN_WIDTH]};
    return prepare(&j);
}

bool cn_correlate_panels(const cn_correlation *c, bool *ok)
{
    job j = {.c = c, .width = c->out[CN_WIDTH]};
    if (!prepare(&j))
        return false;
    j.kept = cn_kept_take(c->keep, CN_KEPT_FLOATS, c->w);
    if (j.kept)
        cn_parallel_for((size_t)(j.down * j.across), 1, run_pieces, &j);
    *ok = j.kept;
    return true;
}
#else
bool cn_correlate_suits_panels(const cn_correlation *c)
{
    (void)c;
    return false;
}

bool cn_correlate_panels(const cn_correlation *c, bool *ok)
{
    (void)c, (void)ok;
    return false;
}
#endif
