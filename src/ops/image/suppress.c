#include "ops/image/suppress.h"

#include <stdbool.h>

/* The boxes that stay so far, corners in order, each coordinate in a row of its own so that one
 * candidate is compared with many at once. */
typedef struct kept {
    float *top, *left, *bottom, *right, *area;
    int64_t count;
} kept;

/* With its score beside it: those of one class lie far apart. */
typedef struct candidate {
    float score;
    int32_t place;
} candidate;

enum { COORDINATES = 5 };

size_t cn_suppress_bytes(int64_t n, int64_t most)
{
    if (most > n)
        most = n;
    return (size_t)n * sizeof(candidate) + (size_t)most * COORDINATES * sizeof(float);
}

/* ---- candidates: a heap, the best on top ---- */

static bool is_better(candidate a, candidate b)
{
    return a.score > b.score || (a.score == b.score && a.place < b.place);
}

static void sink(candidate *heap, int64_t count, int64_t at)
{
    candidate item = heap[at];
    for (int64_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_better(heap[child + 1], heap[child]))
            child++;
        if (!is_better(heap[child], item))
            break;
        heap[at] = heap[child];
    }
    heap[at] = item;
}

static int64_t make_heap(const cn_suppress *s, candidate *heap)
{
    int64_t count = 0, step = s->score_step;
    const float *score = s->scores, least = s->least;
    for (int64_t i = 0; i < s->n; i++, score += step) {
        heap[count] = (candidate){*score, (int32_t)i};
        count += *score > least; /* no branch, which would often be guessed wrong */
    }
    for (int64_t i = count / 2; i--;)
        sink(heap, count, i);
    return count;
}

/* ---- overlap ---- */

static float lower(float a, float b)
{
    return a < b ? a : b;
}

static float higher(float a, float b)
{
    return a > b ? a : b;
}

/* Does the box overlap one that stays by more than the threshold? */
static bool overlaps(const kept *k, const float box[4], float area, float iou)
{
    bool any = false;
    for (int64_t i = 0; i < k->count; i++) {
        float height = lower(box[2], k->bottom[i]) - higher(box[0], k->top[i]);
        float width = lower(box[3], k->right[i]) - higher(box[1], k->left[i]);
        float common = higher(height, 0) * higher(width, 0);
        bool solid = (area > 0) & (k->area[i] > 0);
        any |= solid & (common / (area + k->area[i] - common) > iou);
    }
    return any;
}

static void in_order(const float *box, float out[4])
{
    out[0] = lower(box[0], box[2]);
    out[1] = lower(box[1], box[3]);
    out[2] = higher(box[0], box[2]);
    out[3] = higher(box[1], box[3]);
}

static void keep(kept *k, const float box[4], float area)
{
    int64_t i = k->count++;
    k->top[i] = box[0];
    k->left[i] = box[1];
    k->bottom[i] = box[2];
    k->right[i] = box[3];
    k->area[i] = area;
}

int64_t cn_suppress_run(const cn_suppress *s, void *memory, int32_t *places)
{
    int64_t most = s->most < s->n ? s->most : s->n;
    candidate *heap = memory;
    float *rows = (float *)(heap + s->n);
    kept k = {rows, rows + most, rows + 2 * most, rows + 3 * most, rows + 4 * most, 0};
    int64_t left = make_heap(s, heap);
    while (left && k.count < most) {
        int32_t place = heap[0].place;
        heap[0] = heap[--left];
        if (left)
            sink(heap, left, 0);
        float box[4];
        in_order(s->boxes + place * s->box_step, box);
        float area = (box[2] - box[0]) * (box[3] - box[1]);
        if (overlaps(&k, box, area, s->iou))
            continue;
        places[k.count] = place;
        keep(&k, box, area);
    }
    return k.count;
}
