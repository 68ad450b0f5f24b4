/* A hash map from pointers to pointers, for walks over graphs. Keys are not owned. */
#ifndef CN_BASE_MAP_H
#define CN_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cn_map {
    const void **keys;
    void **values;
    size_t count, capacity; /* a power of two */
} cn_map;

bool cn_map_put(cn_map *map, const void *key, void *value); /* replaces; false: no memory */
void *cn_map_get(const cn_map *map, const void *key);       /* NULL when absent */
bool cn_map_has(const cn_map *map, const void *key);
void cn_map_free(cn_map *map); /* leaves it empty */

#endif
