/* A piece of a product on matrix units (amx.h). Its rows of A are split once for each block of k,
 * each panel of B once for all of them. */
#include "backend/cpu/gemm/amx_panels.h"
#include "backend/cpu/gemm/gemm_piece.h"
#include "backend/cpu/sizes.h"
#include "base/cold.h"
#include "base/threads.h"

#ifdef CORNU_AMX
enum {
    BLOCK = 512, /* of k */
    NEAR = 128,  /* of k: of so much, copies of a panel or of rows stay in the nearest cache */
    /* A piece's part of scratch: a panel of B, CN_GEMM_SPLIT rows of A, a block of each. */
    OWN_B = BLOCK / CN_AMX_DEPTH * CN_AMX_STEP,
    OWN_A = BLOCK / CN_AMX_DEPTH * CN_AMX_PARTS * (CN_GEMM_SPLIT + 1) * CN_AMX_LINE,
    ROWS = 56,  /* fewer do not pay for splitting B, */
    FEW = 9,    /* if it has been split, for reading half as much again, */
    LEAST = 24, /* fewer columns or steps of k for splitting A */
    WORK = 1 << 18,
    FAR = 1 << 20, /* numbers of a C that no second-level cache holds */
};

_Static_assert((int)CN_AMX_MOST >= (int)CN_GEMM_SPLIT, "all rows of a piece");
_Static_assert((int)CN_AMX_PANELS_ROOM <= (int)OWN_B, "a piece whose B is kept has no other room");

bool cn_gemm_suits_units(const cn_gemm *g)
{
    if (g->kept)
        return true;
    return cn_isa_level() == CN_ISA_AMX && g->size == sizeof(float) && g->beta == 0 &&
           g->m >= ROWS && cn_least(g->n, g->k) >= LEAST && g->m * g->n * g->k >= WORK;
}

/* Bytes of all of B, split. */
static ptrdiff_t size_of_b(ptrdiff_t n, ptrdiff_t k)
{
    return cn_divide_up(n, CN_AMX_SIDE) * cn_amx_steps(k) * CN_AMX_STEP;
}

size_t cn_gemm_kept_on_units(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k)
{
    bool pays = cn_isa_level() == CN_ISA_AMX && m >= FEW && cn_least(n, k) >= LEAST &&
                m * n * k >= WORK / 2 && n * k <= CN_GEMM_LARGE;
    return pays ? (size_t)size_of_b(n, k) : 0;
}

/* Where the panel of column j begins if all of B is split, at row k. */
static char *kept_at(const cn_gemm *g, const char *kept, ptrdiff_t j, ptrdiff_t k)
{
    return (char *)kept + (j / CN_AMX_SIDE * cn_amx_steps(g->k) + k / CN_AMX_DEPTH) * CN_AMX_STEP;
}

/* The tile of rows and a panel that is being computed; what is not finite after its last block of k
 * becomes a plain product. */
static void finish(const cn_gemm *g, const cn_gemm_tile *t, const float *sums, ptrdiff_t i,
                   ptrdiff_t rows, ptrdiff_t j, bool last)
{
    uint32_t bad = cn_amx_avx512.finish(t, sums, rows);
    if (!last)
        return;
    if (g->end)
        cn_epilogue_run(g->end, g->size, t->c, t->c_step, rows, t->columns);
    cn_gemm plain = *g;
    plain.kept = NULL;
    for (ptrdiff_t r = 0, first; bad && r < rows; r++) {
        for (first = r; r < rows && bad >> r & 1;)
            r++;
        if (r > first)
            cn_gemm_piece(&plain, CN_GEMM_TILES, i + first, r - first, j, t->columns);
    }
}

/* Where C is written when the tile is computed, asked for meanwhile: if it lies in no cache, all
 * that units read would wait behind what is written. */
static void want_tile(const cn_gemm_tile *t, ptrdiff_t rows)
{
    const float *c = t->c;
    for (ptrdiff_t r = 0; r < rows; r++, c += t->c_step) {
        cn_ask(c);
        cn_ask(c + CN_AMX_HALF);
    }
}

/* Is C what the units have summed up, whole tiles of it? */
static bool is_sum(const cn_gemm_tile *t)
{
    return t->columns == CN_AMX_SIDE && t->alpha == 1 && t->beta == 0 && !t->bias &&
           t->activation == CN_ACT_NONE;
}

/* How A's rows lie, `rows` of them. */
static cn_amx_rows lay_rows(ptrdiff_t rows)
{
    return (cn_amx_rows){.row = CN_AMX_LINE,
                         .part = (rows | 1) * CN_AMX_LINE}; /* no power of two */
}

/* Rows of A that lie in columns: some of k at a time, which the nearest cache holds. */
static void split_turned(const cn_gemm *g, const float *from, ptrdiff_t rows, ptrdiff_t count,
                         char *to, ptrdiff_t part)
{
    enum { NEXT = NEAR + CN_AMX_HALF };
    const ptrdiff_t step = CN_AMX_PARTS * part;
    float *turned = cn_scratch();
    for (; count > 0; count -= NEAR, from += NEAR * g->lda, to += NEAR / CN_AMX_DEPTH * step) {
        ptrdiff_t some = cn_least(NEAR, count);
        cn_tiles_avx512.transpose(from, g->lda, some, rows, turned, NEXT);
        for (ptrdiff_t r = 0; r < rows; r++)
            cn_amx_of(g->bfloat16)->row(turned + r * NEXT, some, to + r * CN_AMX_LINE, part, step);
    }
}

/* Rows i .. i + rows of A, `count` of k from `k` on. */
static void split_a(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t count,
                    char *to, ptrdiff_t part)
{
    enum { AHEAD = 2 };
    if (g->transpose_a) {
        for (ptrdiff_t r = 0; r < rows; r += CN_AMX_SIDE)
            split_turned(g, (const float *)g->a + k * g->lda + i + r,
                         cn_least(CN_AMX_SIDE, rows - r), count, to + r * CN_AMX_LINE, part);
        return;
    }
    const float *row = (const float *)g->a + i * g->lda + k;
    for (ptrdiff_t r = 0; r < rows; r++, row += g->lda, to += CN_AMX_LINE) {
        if (g->source)
            g->source->copy(g->source->context, i + r, 1, k, count, cn_scratch(), count);
        for (ptrdiff_t c = 0; c < count && !g->source; c += CN_AMX_HALF)
            cn_ask(row + AHEAD * g->lda + c);
        cn_amx_of(g->bfloat16)
            ->row(g->source ? cn_scratch() : row, count, to, part, CN_AMX_PARTS * part);
    }
}

void cn_gemm_split_b(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j, ptrdiff_t columns,
                     char *to)
{
    const cn_amx *amx = cn_amx_of(g->bfloat16);
    if (!g->transpose_b && columns == CN_AMX_SIDE) {
        amx->panel((const float *)g->b + k * g->ldb + j, g->ldb, count, columns, to);
        return;
    }
    for (; count > 0; count -= NEAR, k += NEAR, to += NEAR / CN_AMX_DEPTH * CN_AMX_STEP) {
        ptrdiff_t some = cn_least(NEAR, count);
        cn_gemm_copy_b(g, k, some, j, columns, CN_AMX_SIDE, 1, cn_scratch());
        amx->panel(cn_scratch(), CN_AMX_SIDE, some, columns, to);
    }
}

/* The panel of column j, all of k, to where all of B is split. */
static void split_panel(const cn_gemm *g, ptrdiff_t j, char *kept)
{
    for (ptrdiff_t k = 0; k < g->k; k += BLOCK)
        cn_gemm_split_b(g, k, cn_least(BLOCK, g->k - k), j, cn_least(CN_AMX_SIDE, g->n - j),
                        kept_at(g, kept, j, k));
}

void cn_gemm_split_all(const cn_gemm *g, char *kept)
{
    for (ptrdiff_t j = 0; j < g->n; j += CN_AMX_SIDE)
        split_panel(g, j, kept);
}

/* The panel of column j, split in `room` unless it is kept. */
static const char *panel_of(const cn_gemm *g, ptrdiff_t k, ptrdiff_t count, ptrdiff_t j,
                            ptrdiff_t columns, char *room)
{
    if (g->kept)
        return kept_at(g, g->kept, j, k);
    cn_gemm_split_b(g, k, count, j, columns, room);
    return room;
}

/* Few rows and two panels that are kept. */
static void run_pair(const cn_gemm *g, const cn_amx_rows *a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k,
                     ptrdiff_t count, float *sums)
{
    bool last = k + BLOCK >= g->k;
    cn_gemm_tile t = {.columns = CN_AMX_SIDE};
    cn_amx_of(g->bfloat16)
        ->multiply_few(a, kept_at(g, g->kept, j, k), kept_at(g, g->kept, j + CN_AMX_SIDE, k),
                       cn_amx_steps(count), sums);
    for (int p = 0; p < 2; p++, j += CN_AMX_SIDE, sums += CN_AMX_SUMS / 2) {
        cn_gemm_aim(g, &t, i, j, k, last);
        finish(g, &t, sums, i, a->count, j, last);
    }
}

/* Where step k of A begins. */
static ptrdiff_t step_at(const cn_amx_rows *a, ptrdiff_t k)
{
    return k / CN_AMX_DEPTH * CN_AMX_PARTS * a->part;
}

typedef struct share {
    cn_gemm *g;
    char *a, *b; /* or NULL */
    ptrdiff_t strips;
} share;

/* Rows from i on, all of k, to where all of A is split. */
static void split_strip(const cn_gemm *g, ptrdiff_t i, char *split)
{
    cn_amx_rows a = lay_rows(g->m);
    for (ptrdiff_t k = 0; k < g->k; k += BLOCK)
        split_a(g, i, cn_least(CN_AMX_SIDE, g->m - i), k, cn_least(BLOCK, g->k - k),
                split + step_at(&a, k) + i * CN_AMX_LINE, a.part);
}

static void split_shared(void *context, size_t begin, size_t end)
{
    const share *s = context;
    for (ptrdiff_t p = (ptrdiff_t)begin; p < (ptrdiff_t)end; p++)
        if (p < s->strips)
            split_strip(s->g, p * CN_AMX_SIDE, s->a);
        else
            split_panel(s->g, (p - s->strips) * CN_AMX_SIDE, s->b);
}

CN_COLD void cn_gemm_units_share(cn_gemm *g, ptrdiff_t down, ptrdiff_t across)
{
    enum {
        SPLITS = 1 << 14,                   /* numbers that are worth a thread's while */
        BEYOND = CN_AMX_HALF * CN_AMX_LINE, /* what is read behind A's last row */
        ROOM = CN_SCRATCH_SPLIT - OWN_B - BEYOND,
    };
    ptrdiff_t size_a = cn_amx_steps(g->k) * CN_AMX_PARTS * lay_rows(g->m).part;
    char *room = (char *)cn_scratch_split() + OWN_B;
    share s = {.g = g};
    if (g->batch > 1)
        return;
    if (across > 1 && size_a <= ROOM) {
        g->split = s.a = room;
        s.strips = cn_divide_up(g->m, CN_AMX_SIDE);
    }
    ptrdiff_t taken = s.a ? size_a : OWN_A;
    if (down > 1 && !g->kept && size_of_b(g->n, g->k) <= ROOM - taken)
        g->kept = s.b = room + taken;
    size_t pieces = (size_t)(s.strips + (s.b ? cn_divide_up(g->n, CN_AMX_SIDE) : 0));
    if (pieces)
        cn_parallel_for(pieces, (size_t)(SPLITS / (g->k * CN_AMX_SIDE) + 1), split_shared, &s);
}

const char *cn_gemm_units_own(const cn_gemm *g, uint64_t turn)
{
    static _Thread_local uint64_t last;
    char *room = (char *)cn_scratch_split() + OWN_B + OWN_A;
    if (size_of_b(g->n, g->k) > CN_SCRATCH_SPLIT - OWN_B - OWN_A)
        return NULL;
    if (last != turn)
        cn_gemm_split_all(g, room);
    last = turn;
    return room;
}

/* Where the panel behind column j + p lies, or the first of the next block. */
static const char *next_panel(const cn_gemm *g, ptrdiff_t j, ptrdiff_t columns, ptrdiff_t p,
                              ptrdiff_t k)
{
    bool more = p + CN_AMX_SIDE < columns;
    return kept_at(g, g->kept, more ? j + p + CN_AMX_SIDE : j, more ? k : k + BLOCK);
}

/* A kept panel comes from far away: each tile of rows asks for its part of the next one. */
static void ask_ahead(cn_amx_rows *a, const char *next, ptrdiff_t r, ptrdiff_t rows,
                      ptrdiff_t steps)
{
    ptrdiff_t tiles = cn_divide_up(rows, CN_AMX_SIDE);
    a->lines = cn_divide_up(CN_AMX_STEP / CN_AMX_LINE, tiles);
    a->ahead = next + r / CN_AMX_SIDE * a->lines * steps * CN_AMX_LINE;
}

/* A piece of a product whose B is kept as floats. */
typedef struct kept_piece {
    const cn_gemm *g;
    ptrdiff_t i, rows, j, end, k; /* columns j .. end, a block of k */
} kept_piece;

static void finish_panel(const void *context, ptrdiff_t panel, const float *sums)
{
    const kept_piece *p = context;
    ptrdiff_t j = p->j + panel * CN_AMX_SIDE;
    cn_gemm_tile t = {.columns = cn_least(CN_AMX_SIDE, p->end - j)};
    bool last = p->k + BLOCK >= p->g->k;
    for (ptrdiff_t r = 0; r < p->rows; r += CN_AMX_SIDE, sums += CN_AMX_SUMS) {
        cn_gemm_aim(p->g, &t, p->i + r, j, p->k, last);
        finish(p->g, &t, sums, p->i + r, cn_least(CN_AMX_SIDE, p->rows - r), j, last);
    }
}

/* See cn_gemm_units_piece. `a`: how the rows lie where they are split. */
static void run_kept(kept_piece *piece, const cn_amx_rows *a, char *split, char *room)
{
    const cn_gemm *g = piece->g;
    cn_amx_panels p = {.amx = cn_amx_of(g->bfloat16), .a = *a, .done = finish_panel};
    p.apart = g->k * CN_AMX_SIDE;
    p.count = cn_divide_up(piece->end - piece->j, CN_AMX_SIDE);
    p.context = piece;
    p.a.at = split;
    p.a.count = piece->rows;
    for (piece->k = 0; piece->k < g->k; piece->k += BLOCK) {
        p.k = cn_least(BLOCK, g->k - piece->k);
        p.from = g->panels + piece->j * g->k + piece->k * CN_AMX_SIDE;
        split_a(g, piece->i, piece->rows, piece->k, p.k, split, a->part);
        cn_amx_run_panels(&p, room);
    }
}

/* See cn_gemm_units_piece. `a`: how the rows lie where they are split; `b`: room for a panel. */
static void run_blocks(const cn_gemm *g, cn_amx_rows *a, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                       ptrdiff_t columns, char *split, char *b)
{
    _Alignas(64) float sums[CN_AMX_SUMS];
    const cn_amx *amx = cn_amx_of(g->bfloat16);
    for (ptrdiff_t k = 0; k < g->k; k += BLOCK) {
        ptrdiff_t count = cn_least(BLOCK, g->k - k);
        bool last = k + BLOCK >= g->k;
        const char *row = split;
        if (g->split)
            row = g->split + step_at(a, k) + i * CN_AMX_LINE;
        else
            split_a(g, i, rows, k, count, split, a->part);
        a->at = row;
        a->count = rows;
        ptrdiff_t p = 0;
        for (; g->kept && rows <= CN_AMX_HALF && columns - p >= 2 * CN_AMX_SIDE;
             p += 2 * CN_AMX_SIDE)
            run_pair(g, a, i, j + p, k, count, sums);
        for (; p < columns; p += CN_AMX_SIDE) {
            cn_gemm_tile t = {.columns = cn_least(CN_AMX_SIDE, columns - p)};
            const char *panel = panel_of(g, k, count, j + p, t.columns, b);
            for (ptrdiff_t r = 0; r < rows; r += CN_AMX_SIDE) {
                a->at = row + r * CN_AMX_LINE;
                a->count = cn_least(CN_AMX_SIDE, rows - r);
                if (g->kept && rows > CN_AMX_SIDE)
                    ask_ahead(a, next_panel(g, j, columns, p, k), r, rows, cn_amx_steps(count));
                cn_gemm_aim(g, &t, i + r, j + p, k, last);
                if (g->m * g->n >= FAR)
                    want_tile(&t, a->count);
                bool straight = is_sum(&t) && a->count == CN_AMX_SIDE;
                float *to = straight ? t.c : sums;
                amx->multiply(a, panel, cn_amx_steps(count), t.columns, to,
                              straight ? g->ldc : CN_AMX_SIDE);
                finish(g, &t, to, i + r, a->count, j + p, last);
            }
        }
    }
}

void cn_gemm_units_piece(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                         ptrdiff_t columns)
{
    char *const b = cn_scratch_split(), *const split = b + OWN_B;
    cn_amx_rows a = lay_rows(g->split ? g->m : rows);
    ptrdiff_t steps[BLOCK / CN_AMX_DEPTH];
    for (ptrdiff_t s = 0; s < BLOCK / CN_AMX_DEPTH; s++)
        steps[s] = step_at(&a, s * CN_AMX_DEPTH);
    a.steps = steps;
    cn_amx_avx512.begin();
    if (g->panels)
        run_kept(&(kept_piece){g, i, rows, j, j + columns, 0}, &a, split, b);
    else
        run_blocks(g, &a, i, rows, j, columns, split, b);
    cn_amx_avx512.end();
}
#else
size_t cn_gemm_kept_on_units(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k)
{
    (void)m, (void)n, (void)k;
    return 0;
}

void cn_gemm_split_all(const cn_gemm *g, char *kept)
{
    (void)g, (void)kept;
}

bool cn_gemm_suits_units(const cn_gemm *g)
{
    (void)g;
    return false;
}

const char *cn_gemm_units_own(const cn_gemm *g, uint64_t turn)
{
    (void)g, (void)turn;
    return NULL;
}

void cn_gemm_units_piece(const cn_gemm *g, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t j,
                         ptrdiff_t columns)
{
    cn_gemm_piece(g, CN_GEMM_TILES, i, rows, j, columns);
}

void cn_gemm_units_share(cn_gemm *g, ptrdiff_t down, ptrdiff_t across)
{
    (void)g, (void)down, (void)across;
}
#endif
