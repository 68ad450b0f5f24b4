#include "saving/saveables.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "config/registry.h"
#include "models/model.h"

enum { DEEPEST = 64 };

typedef struct walker {
    cn_saveable_visitor visit;
    void *context;
    cn_map seen;
} walker;

static bool visit_layer(walker *w, const char *path, cn_layer *layer, int depth);

/* "layers/dense_1": the layer's class, numbered among those of its list. */
static char *path_in_list(const char *list, const cn_list *layers, size_t i, size_t first)
{
    char name[128];
    const cn_class *cls = ((const cn_instance *)layers->items[i])->cls;
    unsigned before = 0;
    for (size_t k = first; k < i; k++)
        before += ((const cn_instance *)layers->items[k])->cls == cls;
    cn_snake_case(cls->name, name, sizeof name);
    return before ? cn_mem_printf("%s/%s_%u", list, name, before)
                  : cn_mem_printf("%s/%s", list, name);
}

static char *joined(const char *path, const char *name)
{
    return cn_mem_printf("%s%s%s", path, *path ? "/" : "", name);
}

static bool visit_list(walker *w, const char *path, const cn_list *layers, size_t first, int depth)
{
    bool ok = path != NULL;
    for (size_t i = first; ok && i < layers->count; i++) {
        char *one = path_in_list(path, layers, i, first);
        ok = one && visit_layer(w, one, layers->items[i], depth + 1);
        cn_mem_free(one);
    }
    return ok;
}

/* A Sequential's layers do not count its input. */
static bool visit_model(walker *w, const char *path, const cn_layer *model, int depth)
{
    const cn_list *layers = model->layers;
    bool sequential = ((const cn_instance *)model)->cls == &cn_sequential_class;
    const cn_instance *head = layers->count ? layers->items[0] : NULL;
    size_t first = sequential && head && head->cls == &cn_input_layer_class;
    char *list = joined(path, "layers");
    bool ok = visit_list(w, list, layers, first, depth);
    cn_mem_free(list);
    return ok;
}

/* An attribute that ends in '/' is a list; its members follow one another. */
static bool visit_attributes(walker *w, const char *path, const cn_layer *layer, int depth)
{
    const struct cn_layer_state *state = layer->state_;
    size_t list_begin = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < state->n_attributes; i++) {
        const char *name = state->attributes[i];
        size_t length = strlen(name);
        char *place = joined(path, name), *one = place;
        if (length && name[length - 1] == '/') {
            if (!i || strcmp(name, state->attributes[i - 1]))
                list_begin = i;
            if (place)
                place[strlen(place) - 1] = 0;
            one = place ? path_in_list(place, layer->layers, i, list_begin) : NULL;
            cn_mem_free(place);
        }
        ok = one && visit_layer(w, one, layer->layers->items[i], depth + 1);
        cn_mem_free(one);
    }
    return ok;
}

static bool visit_layer(walker *w, const char *path, cn_layer *layer, int depth)
{
    if (cn_map_has(&w->seen, layer))
        return true;
    if (depth > DEEPEST)
        return cn_fail(CN_EINVAL, "layer '%s': layers are nested more than %d deep", layer->name,
                       DEEPEST);
    cn_list *variables = cn_own_weights(layer);
    if (!cn_map_put(&w->seen, layer, layer) || !variables ||
        !w->visit(w->context, path, layer, variables))
        return false;
    bool graph = cn_is_model(layer) && cn_is_graph((cn_model *)layer);
    return graph ? visit_model(w, path, layer, depth) : visit_attributes(w, path, layer, depth);
}

bool cn_visit_saveables(cn_layer *model, cn_saveable_visitor visit, void *context)
{
    walker w = {.visit = visit, .context = context};
    bool ok = visit_layer(&w, "", model, 0);
    cn_map_free(&w.seen);
    return ok;
}
