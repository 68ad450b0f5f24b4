#include "base/map.h"

#include <stdint.h>

#include "base/alloc.h"

/* The slot of `key`, or the free one where it would go. */
static size_t slot_of(const cn_map *map, const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(hash >> 32) & (map->capacity - 1);
    while (map->keys[i] && map->keys[i] != key)
        i = (i + 1) & (map->capacity - 1);
    return i;
}

static bool grow(cn_map *map)
{
    cn_map bigger = {.capacity = map->capacity ? map->capacity * 2 : 16};
    bigger.keys = cn_mem_calloc(bigger.capacity, sizeof *bigger.keys);
    bigger.values = cn_mem_calloc(bigger.capacity, sizeof *bigger.values);
    if (!bigger.keys || !bigger.values) {
        cn_map_free(&bigger);
        return false;
    }
    for (size_t i = 0; i < map->capacity; i++)
        if (map->keys[i])
            cn_map_put(&bigger, map->keys[i], map->values[i]);
    cn_map_free(map);
    *map = bigger;
    return true;
}

bool cn_map_put(cn_map *map, const void *key, void *value)
{
    if (2 * (map->count + 1) > map->capacity && !grow(map))
        return false;
    size_t i = slot_of(map, key);
    map->count += !map->keys[i];
    map->keys[i] = key;
    map->values[i] = value;
    return true;
}

void *cn_map_get(const cn_map *map, const void *key)
{
    return map->capacity ? map->values[slot_of(map, key)] : NULL;
}

bool cn_map_has(const cn_map *map, const void *key)
{
    return map->capacity && map->keys[slot_of(map, key)];
}

void cn_map_free(cn_map *map)
{
    cn_mem_free(map->keys);
    cn_mem_free(map->values);
    *map = (cn_map){0};
}
