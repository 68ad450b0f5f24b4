#include "models/structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { DEEPEST = 64 };

typedef struct mapper {
    cn_structure_visitor visit;
    void *context;
} mapper;

static cn_json *map(const mapper *m, const cn_json *value, int depth);

static int by_key(const void *a, const void *b)
{
    return strcmp((*(cn_json *const *)a)->key, (*(cn_json *const *)b)->key);
}

/* Members are visited in the order of their keys, and put where they were. */
static bool map_members(const mapper *m, const cn_json *value, cn_json *copy, int depth)
{
    size_t n = value->count;
    cn_json **sorted = cn_mem_calloc(n ? n : 1, sizeof *sorted);
    if (!sorted)
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        sorted[i] = value->items[i];
        ok = cn_json_set(copy, value->items[i]->key, cn_json_null());
    }
    if (ok)
        qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 0; ok && i < n; i++) {
        cn_json *one = map(m, sorted[i], depth + 1);
        ok = one && cn_json_set(copy, sorted[i]->key, one);
    }
    cn_mem_free(sorted);
    return ok;
}

static bool map_items(const mapper *m, const cn_json *value, cn_json *copy, int depth)
{
    for (size_t i = 0; i < value->count; i++) {
        cn_json *one = map(m, value->items[i], depth + 1);
        if (!one || !cn_json_add(copy, one))
            return false;
    }
    return true;
}

static cn_json *map(const mapper *m, const cn_json *value, int depth)
{
    cn_json *out = NULL;
    if (depth > DEEPEST)
        return cn_fail_null(CN_EFORMAT, "the model's tensors are nested more than %d deep",
                            DEEPEST);
    if (!value)
        return cn_json_null();
    bool visited = m->visit(m->context, value, &out);
    if (visited && out)
        return out;
    cn_json_free(out);
    if (!visited)
        return NULL;
    bool list = cn_json_is(value, CN_JSON_LIST);
    if (!list && !cn_json_is(value, CN_JSON_OBJECT))
        return cn_json_copy(value);
    cn_json *copy = list ? cn_json_list() : cn_json_object();
    bool ok =
        copy && (list ? map_items(m, value, copy, depth) : map_members(m, value, copy, depth));
    if (ok)
        return copy;
    cn_json_free(copy);
    return NULL;
}

cn_json *cn_structure_map(const cn_json *value, cn_structure_visitor visit, void *context)
{
    return map(&(mapper){visit, context}, value, 0);
}

bool cn_structure_is_history(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_LIST) && (value->count == 3 || value->count == 4) &&
           cn_json_is(value->items[0], CN_JSON_STRING) &&
           cn_json_is(value->items[1], CN_JSON_INT) && cn_json_is(value->items[2], CN_JSON_INT) &&
           (value->count == 3 || cn_json_is(value->items[3], CN_JSON_OBJECT));
}

const char *cn_structure_key(const cn_json *structure, size_t i)
{
    for (size_t k = 0; cn_json_is(structure, CN_JSON_OBJECT) && k < structure->count; k++)
        if (cn_json_as_int(structure->items[k], -1) == (int64_t)i)
            return structure->items[k]->key;
    return NULL;
}
