#include "backend/cpu/gemm/kept.h"

#include "backend/cpu/gemm/amx.h"
#include "backend/cpu/gemm/gemm_piece.h"
#include "backend/cpu/sizes.h"
#include "base/shelf.h"
#include "base/threads.h"

static void destroy(void *self)
{
    cn_kept *k = self;
    for (int i = 0; i < CN_KEPT_FORMS; i++)
        cn_unshelve(k->form[i].data, k->form[i].shelf);
    pthread_mutex_destroy(&k->lock);
}

static const cn_kind kept_kind = {"kept weights", destroy};

cn_kept *cn_kept_new(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t filters, const uint64_t *changes)
{
    cn_kept *k = cn_object_new(&kept_kind, sizeof *k);
    if (!k)
        return NULL;
    k->taps = taps;
    k->channels = channels;
    k->filters = filters;
    k->changes = changes;
    pthread_mutex_init(&k->lock, NULL);
    for (int i = 0; i < CN_KEPT_FORMS; i++)
        k->form[i].seen = *changes - 1;
    return k;
}

ptrdiff_t cn_kept_width(ptrdiff_t filters)
{
    int lanes = cn_isa_pick(cn_tiles)->lanes;
    return filters > lanes ? CN_TILE_WIDE * lanes : lanes;
}

typedef struct job {
    const cn_kept *k;
    cn_gemm g; /* B: all weights */
    ptrdiff_t width;
    size_t panel; /* bytes */
    char *to;
} job;

static void pack_floats(void *context, size_t begin, size_t end)
{
    const job *job = context;
    cn_gemm_pack(&job->g, begin, end, (float *)(void *)job->to);
}

#ifdef CORNU_AMX
static void pack_split(void *context, size_t begin, size_t end)
{
    const job *job = context;
    const cn_kept *k = job->k;
    const cn_gemm *g = &job->g;
    for (size_t p = begin; p < end; p++) {
        ptrdiff_t j = (ptrdiff_t)p * CN_AMX_SIDE, columns = cn_least(CN_AMX_SIDE, g->n - j);
        char *to = job->to + p * job->panel;
        for (ptrdiff_t c = 0; c < k->channels; c += CN_AMX_DEPTH)
            for (ptrdiff_t t = 0; t < k->taps; t++, to += CN_AMX_STEP)
                cn_gemm_split_b(g, t * k->channels + c, cn_least(CN_AMX_DEPTH, k->channels - c), j,
                                columns, to);
    }
}
#else
#define pack_split pack_floats
#endif

static void pack(cn_kept *k, cn_kept_form form, const float *w)
{
    bool split = form == CN_KEPT_SPLIT;
    job job = {.k = k, .width = split ? CN_AMX_SIDE : cn_kept_width(k->filters)};
    job.g = (cn_gemm)CN_GEMM(1, k->filters, k->taps * k->channels, NULL, w, (float *)NULL);
    size_t panels = (size_t)cn_divide_up(k->filters, job.width);
    job.panel = split ? (size_t)(cn_amx_steps(k->channels) * k->taps) * CN_AMX_STEP
                      : (size_t)(job.g.k * job.width) * sizeof *w;
    if (!k->form[form].data)
        k->form[form].data = cn_shelve(panels * job.panel, &k->form[form].shelf);
    job.to = k->form[form].data;
    if (job.to)
        cn_parallel_for(panels, 1, split ? pack_split : pack_floats, &job);
}

const void *cn_kept_take(cn_kept *k, cn_kept_form form, const float *w)
{
    uint64_t now = *k->changes;
    if (k->form[form].seen != now) {
        pthread_mutex_lock(&k->lock);
        if (k->form[form].seen != now)
            pack(k, form, w);
        if (k->form[form].data)
            k->form[form].seen = now;
        pthread_mutex_unlock(&k->lock);
    }
    return k->form[form].data;
}
