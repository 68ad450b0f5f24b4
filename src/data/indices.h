/* Numbers in an order: a range, or a list once they are shuffled. */
#ifndef CN_DATA_INDICES_H
#define CN_DATA_INDICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cn_indices {
    int64_t first, count; /* the range, or the part of `item` that counts */
    bool listed;
    int64_t *item, *spare; /* owned, kept from epoch to epoch */
    size_t capacity;
} cn_indices;

/* 0 … count - 1. */
void cn_indices_range(cn_indices *indices, int64_t count);
void cn_indices_take(cn_indices *indices, int64_t n);
void cn_indices_skip(cn_indices *indices, int64_t n);
/* A random order that depends on the key alone. buffer 0: a full permutation; else each number is
 * drawn from a buffer of so many, which the following ones refill (tf.data's shuffle). */
bool cn_indices_shuffle(cn_indices *indices, int64_t buffer, const uint32_t key[2]);
static inline int64_t cn_indices_at(const cn_indices *indices, int64_t i)
{
    return indices->listed ? indices->item[indices->first + i] : indices->first + i;
}
void cn_indices_free(cn_indices *indices);

#endif
