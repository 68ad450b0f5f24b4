#include "ops/movement/strided_copy.h"

#include <string.h>

#include "base/threads.h"

enum { GRAIN = 32768, TILE = 32, BLOCK = 16 };

void cn_row_major(const cn_view *view, int64_t *strides)
{
    int64_t step = 1;
    for (int i = view->rank; i--;) {
        strides[i] = step;
        step *= view->dim[i];
    }
}

typedef struct copy_job {
    const char *from;
    char *to;
    cn_strided s;
    size_t size;
    int across; /* the axis along which `from` is contiguous, where that is not the last; else -1 */
    int64_t tiles; /* of the axis `across` */
} copy_job;

/* Axes of size 1 go, and neighbours that both arrays step through evenly are joined. */
static cn_strided simplify(const cn_strided *s)
{
    cn_strided out = {0};
    for (int i = 0; i < s->rank; i++) {
        int last = out.rank - 1;
        if (s->dim[i] == 1)
            continue;
        if (last >= 0 && out.from_stride[last] == s->from_stride[i] * s->dim[i] &&
            out.to_stride[last] == s->to_stride[i] * s->dim[i]) {
            out.dim[last] *= s->dim[i];
        } else {
            last = out.rank++;
            out.dim[last] = s->dim[i];
        }
        out.from_stride[last] = s->from_stride[i];
        out.to_stride[last] = s->to_stride[i];
    }
    if (!out.rank) {
        out.rank = 1;
        out.dim[0] = out.from_stride[0] = out.to_stride[0] = 1;
    }
    return out;
}

#define COPY_TYPE(bits)                                                                           \
    static void row_##bits(const void *from, void *to, int64_t n, int64_t fs, int64_t ts)         \
    {                                                                                             \
        const uint##bits##_t *x = from;                                                           \
        uint##bits##_t *y = to;                                                                   \
        for (int64_t i = 0; i < n; i++)                                                           \
            y[i * ts] = x[i * fs];                                                                \
    }                                                                                             \
    /* A full block: whole cache lines are read one after the other, and written so, by way of an \
     * array that stays in the first cache. */                                                    \
    static void block_##bits(const uint##bits##_t *x, uint##bits##_t *y, int64_t fs, int64_t ts)  \
    {                                                                                             \
        uint##bits##_t block[BLOCK][BLOCK];                                                       \
        for (int b = 0; b < BLOCK; b++)                                                           \
            for (int a = 0; a < BLOCK; a++)                                                       \
                block[a][b] = x[a + b * fs];                                                      \
        for (int a = 0; a < BLOCK; a++)                                                           \
            memcpy(y + a * ts, block[a], sizeof block[a]);                                        \
    }                                                                                             \
    /* y[a * ts + b] = x[a + b * fs]: rows of x become columns of y */                            \
    static void tile_##bits(const void *from, void *to, int64_t na, int64_t nb, int64_t fs,       \
                            int64_t ts)                                                           \
    {                                                                                             \
        const uint##bits##_t *x = from;                                                           \
        uint##bits##_t *y = to;                                                                   \
        for (int64_t b0 = 0, b1; b0 < nb; b0 = b1) {                                              \
            b1 = b0 + BLOCK < nb ? b0 + BLOCK : nb;                                               \
            for (int64_t a0 = 0, a1; a0 < na; a0 = a1) {                                          \
                a1 = a0 + BLOCK < na ? a0 + BLOCK : na;                                           \
                if (a1 - a0 == BLOCK && b1 - b0 == BLOCK) {                                       \
                    block_##bits(x + a0 + b0 * fs, y + a0 * ts + b0, fs, ts);                     \
                    continue;                                                                     \
                }                                                                                 \
                for (int64_t a = a0; a < a1; a++)                                                 \
                    for (int64_t b = b0; b < b1; b++)                                             \
                        y[a * ts + b] = x[a + b * fs];                                            \
            }                                                                                     \
        }                                                                                         \
    }
COPY_TYPE(8)
COPY_TYPE(16)
COPY_TYPE(32)
COPY_TYPE(64)

static void copy_row(const char *from, char *to, int64_t n, int64_t fs, int64_t ts, size_t size)
{
    if (fs == 1 && ts == 1)
        memcpy(to, from, (size_t)n * size);
    else if (size == 4)
        row_32(from, to, n, fs, ts);
    else if (size == 1)
        row_8(from, to, n, fs, ts);
    else if (size == 2)
        row_16(from, to, n, fs, ts);
    else
        row_64(from, to, n, fs, ts);
}

static void copy_tile(const char *from, char *to, int64_t na, int64_t nb, int64_t fs, int64_t ts,
                      size_t size)
{
    if (size == 4)
        tile_32(from, to, na, nb, fs, ts);
    else if (size == 1)
        tile_8(from, to, na, nb, fs, ts);
    else if (size == 2)
        tile_16(from, to, na, nb, fs, ts);
    else
        tile_64(from, to, na, nb, fs, ts);
}

/* Where the i-th row begins, without the axes `last` and `skip`. */
static void locate(const cn_strided *s, int64_t i, int skip, int64_t *from, int64_t *to)
{
    *from = *to = 0;
    for (int k = s->rank - 1; k--;) {
        if (k == skip)
            continue;
        int64_t at = i % s->dim[k];
        i /= s->dim[k];
        *from += at * s->from_stride[k];
        *to += at * s->to_stride[k];
    }
}

static void copy_rows(void *context, size_t begin, size_t end)
{
    const copy_job *job = context;
    const cn_strided *s = &job->s;
    int last = s->rank - 1;
    for (size_t i = begin; i < end; i++) {
        int64_t from, to;
        locate(s, (int64_t)i, -1, &from, &to);
        copy_row(job->from + from * (int64_t)job->size, job->to + to * (int64_t)job->size,
                 s->dim[last], s->from_stride[last], s->to_stride[last], job->size);
    }
}

/* One row, shared among threads. */
static void copy_part(void *context, size_t begin, size_t end)
{
    const copy_job *job = context;
    int64_t at = (int64_t)(begin * job->size), fs = job->s.from_stride[0], ts = job->s.to_stride[0];
    copy_row(job->from + at * fs, job->to + at * ts, (int64_t)(end - begin), fs, ts, job->size);
}

static void copy_tiles(void *context, size_t begin, size_t end)
{
    const copy_job *job = context;
    const cn_strided *s = &job->s;
    int a = job->across, b = s->rank - 1;
    for (size_t i = begin; i < end; i++) {
        int64_t from, to, at = (int64_t)i % job->tiles * TILE;
        locate(s, (int64_t)i / job->tiles, a, &from, &to);
        from += at * s->from_stride[a];
        to += at * s->to_stride[a];
        int64_t n = s->dim[a] - at < TILE ? s->dim[a] - at : TILE;
        copy_tile(job->from + from * (int64_t)job->size, job->to + to * (int64_t)job->size, n,
                  s->dim[b], s->from_stride[b], s->to_stride[a], job->size);
    }
}

static size_t grain_for(int64_t elements)
{
    return elements >= GRAIN ? 1 : (size_t)(GRAIN / elements);
}

void cn_strided_copy(const void *from, void *to, const cn_strided *copy, size_t size)
{
    for (int i = 0; i < copy->rank; i++)
        if (!copy->dim[i])
            return;
    copy_job job = {.from = from, .to = to, .s = simplify(copy), .size = size, .across = -1};
    const cn_strided *s = &job.s;
    int last = s->rank - 1;
    int64_t rows = 1;
    for (int i = 0; i < last; i++) {
        rows *= s->dim[i];
        if (s->from_stride[i] == 1 && s->from_stride[last] != 1 && s->to_stride[last] == 1)
            job.across = i;
    }
    if (!last) {
        cn_parallel_for((size_t)s->dim[0], GRAIN, copy_part, &job);
    } else if (job.across >= 0) {
        int64_t dim = s->dim[job.across];
        job.tiles = (dim + TILE - 1) / TILE;
        size_t grain = grain_for((dim < TILE ? dim : TILE) * s->dim[last]);
        cn_parallel_for((size_t)(rows / dim * job.tiles), grain, copy_tiles, &job);
    } else {
        cn_parallel_for((size_t)rows, grain_for(s->dim[last]), copy_rows, &job);
    }
}
