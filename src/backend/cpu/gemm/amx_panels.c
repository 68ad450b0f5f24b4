#include "backend/cpu/gemm/amx_panels.h"

#ifdef CORNU_AMX
/* The i-th piece of all panels, `pieces` of each. */
static cn_amx_feed feed_of(const cn_amx_panels *p, ptrdiff_t i, ptrdiff_t pieces, char *to)
{
    enum { ROWS = CN_AMX_PIECE * CN_AMX_DEPTH };
    ptrdiff_t k = i % pieces * ROWS;
    return (cn_amx_feed){.from = p->from + i / pieces * p->apart + k * CN_AMX_SIDE,
                         .rows = cn_least(ROWS, p->k - k),
                         .to = to};
}

static ptrdiff_t pairs_of(const cn_amx_feed *f)
{
    return cn_amx_steps(f->rows) * (CN_AMX_DEPTH / 2);
}

void cn_amx_run_panels(const cn_amx_panels *p, char *room)
{
    enum { SIZE = CN_AMX_PIECE * CN_AMX_STEP };
    float *sums = (float *)(void *)(room + 2 * SIZE);
    ptrdiff_t pieces = cn_divide_up(p->k, CN_AMX_PIECE * CN_AMX_DEPTH), all = p->count * pieces,
              tiles = cn_divide_up(p->a.count, CN_AMX_SIDE);
    cn_amx_feed now = feed_of(p, 0, pieces, room), next = {0};
    p->amx->feed(&now, pairs_of(&now));
    for (ptrdiff_t i = 0; i < all; i++) {
        ptrdiff_t first = i % pieces * CN_AMX_PIECE, left = 0;
        if (i + 1 < all) {
            next = feed_of(p, i + 1, pieces, room + (i + 1) % 2 * SIZE);
            left = pairs_of(&next);
        }
        cn_amx_rows a = p->a; /* a tile of them */
        for (ptrdiff_t t = 0; t < tiles; t++, a.at += CN_AMX_SIDE * a.row) {
            ptrdiff_t share = cn_divide_up(left, tiles - t);
            a.count = cn_least(CN_AMX_SIDE, p->a.count - t * CN_AMX_SIDE);
            p->amx->multiply_on(&a, first, cn_least(CN_AMX_PIECE, cn_amx_steps(p->k) - first),
                                room + i % 2 * SIZE, sums + t * CN_AMX_SUMS, first > 0, &next,
                                share);
            left -= share;
        }
        if ((i + 1) % pieces == 0)
            p->done(p->context, i / pieces, sums);
    }
}
#else
void cn_amx_run_panels(const cn_amx_panels *p, char *room)
{
    (void)p, (void)room;
}
#endif
