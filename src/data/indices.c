#include "data/indices.h"

#include "base/alloc.h"
#include "random/philox.h"

void cn_indices_range(cn_indices *indices, int64_t count)
{
    indices->first = 0;
    indices->count = count;
    indices->listed = false;
}

void cn_indices_take(cn_indices *indices, int64_t n)
{
    if (n < indices->count)
        indices->count = n;
}

void cn_indices_skip(cn_indices *indices, int64_t n)
{
    if (n > indices->count)
        n = indices->count;
    indices->first += n;
    indices->count -= n;
}

static bool reserve(cn_indices *indices)
{
    size_t need = (size_t)indices->count;
    if (need <= indices->capacity)
        return true;
    int64_t *item = cn_mem_realloc(indices->item, need, sizeof *item);
    if (item)
        indices->item = item;
    int64_t *spare = item ? cn_mem_realloc(indices->spare, need, sizeof *spare) : NULL;
    if (!spare)
        return false;
    indices->spare = spare;
    indices->capacity = need;
    return true;
}

/* Makes a list of them, from place 0. */
static bool list(cn_indices *indices)
{
    /* a part of a list fits where the list did */
    if (!reserve(indices))
        return false;
    for (int64_t i = 0; i < indices->count; i++)
        indices->item[i] = cn_indices_at(indices, i);
    indices->first = 0;
    indices->listed = true;
    return true;
}

static void permute(cn_indices *indices, const uint32_t key[2])
{
    int64_t *order = indices->spare;
    cn_philox_permutation(key, (size_t)indices->count, order);
    for (int64_t i = 0; i < indices->count; i++)
        order[i] = indices->item[order[i]];
}

/* The first `buffer` items are the buffer. */
static void draw(cn_indices *indices, int64_t buffer, const uint32_t key[2])
{
    int64_t *item = indices->item, next = buffer;
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t place;
        cn_philox_integers(key, (uint64_t)i, 1, 0, (uint64_t)buffer, &place);
        indices->spare[i] = item[place];
        item[place] = next < indices->count ? item[next++] : item[--buffer];
    }
}

bool cn_indices_shuffle(cn_indices *indices, int64_t buffer, const uint32_t key[2])
{
    if (!list(indices))
        return false;
    if (buffer <= 0 || buffer >= indices->count)
        permute(indices, key);
    else
        draw(indices, buffer, key);
    int64_t *shuffled = indices->spare;
    indices->spare = indices->item;
    indices->item = shuffled;
    return true;
}

void cn_indices_free(cn_indices *indices)
{
    cn_mem_free(indices->item);
    cn_mem_free(indices->spare);
    *indices = (cn_indices){0};
}
