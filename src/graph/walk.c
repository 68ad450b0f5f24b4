#include "graph/walk.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

static bool visit(cn_walk *walk, cn_tensor *tensor)
{
    if (!tensor || cn_map_has(&walk->index, tensor))
        return true;
    if (!cn_mem_reserve(&walk->nodes, &walk->capacity, walk->count + 1, sizeof *walk->nodes))
        return false;
    walk->nodes[walk->count++] = tensor;
    return cn_map_put(&walk->index, tensor, (void *)1);
}

static int by_id(const void *a, const void *b)
{
    const cn_tensor *x = *(cn_tensor *const *)a, *y = *(cn_tensor *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Ids that lie close together, as those of one step do, are put straight into their places. */
static bool sort(cn_walk *walk)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t i = 0; i < walk->count; i++) {
        least = walk->nodes[i]->id < least ? walk->nodes[i]->id : least;
        most = walk->nodes[i]->id > most ? walk->nodes[i]->id : most;
    }
    if (!walk->count || most - least >= 16 * walk->count) {
        if (walk->count)
            qsort(walk->nodes, walk->count, sizeof *walk->nodes, by_id);
        return true;
    }
    cn_tensor **place = cn_mem_calloc(most - least + 1, sizeof *place);
    for (size_t i = 0; place && i < walk->count; i++)
        place[walk->nodes[i]->id - least] = walk->nodes[i];
    for (uint64_t i = 0, k = 0; place && i <= most - least; i++)
        if (place[i])
            walk->nodes[k++] = place[i];
    cn_mem_free(place);
    return place;
}

/* Breadth first, then by id: an input's id is smaller than its user's. */
bool cn_walk_make(cn_walk *walk, cn_tensor *const *roots, size_t n, bool (*stop)(const cn_tensor *))
{
    *walk = (cn_walk){0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = visit(walk, roots[i]);
    for (size_t next = 0; ok && next < walk->count; next++) {
        cn_tensor *tensor = walk->nodes[next];
        int inputs = stop && stop(tensor) ? 0 : tensor->n_inputs;
        for (int i = 0; ok && i < inputs; i++)
            ok = visit(walk, tensor->inputs[i]);
    }
    ok = ok && sort(walk);
    for (size_t i = 0; ok && i < walk->count; i++)
        ok = cn_map_put(&walk->index, walk->nodes[i], (void *)(uintptr_t)(i + 1));
    if (!ok)
        cn_walk_free(walk);
    return ok;
}

long cn_walk_find(const cn_walk *walk, const cn_tensor *tensor)
{
    return (long)(intptr_t)cn_map_get(&walk->index, tensor) - 1;
}

void cn_walk_free(cn_walk *walk)
{
    cn_mem_free(walk->nodes);
    cn_map_free(&walk->index);
    *walk = (cn_walk){0};
}

bool cn_is_leaf(const cn_tensor *tensor)
{
    /* of several results, `value` is the first alone: the others may be wanted */
    return (tensor->value && !tensor->results) || tensor->op->traits & CN_LEAF;
}
