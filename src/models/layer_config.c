#include "models/layer_config.h"

#include <string.h>

#include "base/alloc.h"
#include "config/params.h"
#include "config/registry.h"
#include "models/model.h"
#include "models/operation.h"
#include "saving/operations/operations.h"

/* ---- what one file shares ---- */

/* A layer that was read under its number, or one that was written and the object it became. */
typedef struct sharing {
    int depth;
    struct shared {
        int64_t id;
        cn_layer *layer;
        cn_json *json; /* not owned */
    } * items;
    size_t count, capacity;
} sharing;
static _Thread_local sharing shared;

void cn_sharing_begin(void)
{
    shared.depth++;
}

void cn_sharing_end(void)
{
    if (--shared.depth)
        return;
    cn_mem_free(shared.items);
    shared = (sharing){0};
}

static cn_layer *shared_layer(int64_t id)
{
    for (size_t i = 0; i < shared.count; i++)
        if (shared.items[i].id == id)
            return shared.items[i].layer;
    return NULL;
}

static bool share(int64_t id, cn_layer *layer, cn_json *json)
{
    if (!shared.depth)
        return true;
    if (!cn_mem_reserve(&shared.items, &shared.capacity, shared.count + 1, sizeof *shared.items))
        return false;
    shared.items[shared.count++] = (struct shared){id, layer, json};
    return true;
}

/* ---- reading ---- */

/* What older files say that no longer means anything here. */
static void drop_old_words(cn_json *config, int depth)
{
    static const char *const words[] = {"batch_input_shape", "implementation", "time_major"};
    if (depth > 16)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        cn_json_free(cn_json_remove(config, words[i]));
    if (cn_json_as_int(cn_json_get(config, "groups"), 0) == 1)
        cn_json_free(cn_json_remove(config, "groups")); /* said by layers that have none, too */
    for (size_t i = 0; cn_json_is(config, CN_JSON_OBJECT) && i < config->count; i++)
        if (cn_json_is(config->items[i], CN_JSON_OBJECT))
            drop_old_words(config->items[i], depth + 1);
}

/* Keras 2's separable convolutions repeat what their base class takes. */
static void drop_kernel_words(cn_json *config, const cn_class *cls)
{
    for (size_t i = config->count; cls && cls->params && i--;) {
        const char *key = config->items[i]->key;
        if (!strncmp(key, "kernel_", 7) && !cn_param_find(cls, key))
            cn_json_free(cn_json_remove(config, key));
    }
}

/* Keras 2 wrote the axis of a batch normalization as a list. */
static bool single_axis(cn_json *config)
{
    const cn_json *axis = cn_json_get(config, "axis");
    if (!cn_json_is(axis, CN_JSON_LIST) || axis->count != 1)
        return true;
    return cn_json_set(config, "axis", cn_json_copy(axis->items[0]));
}

/* Of what comes in, older files say the batch, too. */
static cn_layer *take_batch_shape(cn_layer *layer, const cn_json *object)
{
    const cn_json *given = cn_json_get(cn_json_get(object, "config"), "batch_input_shape");
    const cn_param *p = cn_param_find(((cn_instance *)layer)->cls, "input_shape");
    return !given || !p || cn_param_read(p, layer, given) ? layer : NULL;
}

static cn_layer *old_layer(const cn_json *object)
{
    cn_json *copy = cn_json_copy(object), *config = cn_json_get(copy, "config");
    const char *kind = cn_json_as_string(cn_json_get(copy, "class_name"), "");
    bool model = cn_json_get(config, "layers") != NULL;
    bool input = !strcmp(kind, "InputLayer");
    if (config && !model && !input) {
        drop_old_words(config, 0);
        drop_kernel_words(config, cn_class_lookup(CN_LAYERS, kind));
    }
    bool ok = copy && (model || single_axis(config));
    cn_layer *layer = ok ? cn_instance_deserialize(CN_LAYERS, copy) : NULL;
    cn_json_free(copy);
    return layer && !model && !input ? take_batch_shape(layer, object) : layer;
}

/* Files of Keras's .h5 format do not say the module: what is no layer may be an operation. */
static bool is_operation(const cn_json *object)
{
    const char *module = cn_json_as_string(cn_json_get(object, "module"), NULL);
    const char *kind = cn_json_as_string(cn_json_get(object, "class_name"), "");
    if (module)
        return strstr(module, ".ops.") != NULL;
    return !cn_class_lookup(CN_LAYERS, kind) && cn_operation_known(kind);
}

static cn_layer *new_layer(const cn_json *object)
{
    if (is_operation(object))
        return cn_operation_new(object);
    if (!cn_json_get(object, "module"))
        return old_layer(object);
    return cn_instance_deserialize(CN_LAYERS, object);
}

cn_layer *cn_layer_of_json(const cn_json *object)
{
    if (!cn_json_is(object, CN_JSON_OBJECT) ||
        !cn_json_is(cn_json_get(object, "class_name"), CN_JSON_STRING))
        return cn_fail_null(CN_EFORMAT, "expected a layer's object with its 'class_name'");
    const cn_json *id = cn_json_get(object, "shared_object_id");
    cn_layer *layer = id ? shared_layer(cn_json_as_int(id, 0)) : NULL;
    if (layer)
        return layer;
    layer = new_layer(object);
    if (layer)
        layer->state_->built_first = shared.depth && cn_json_get(object, "build_config");
    return layer && (!id || share(cn_json_as_int(id, 0), layer, NULL)) ? layer : NULL;
}

/* ---- writing ---- */

/* The first word of names, and what is behind it. */
static const char *next_name(const char *names, char *name, size_t size)
{
    size_t word = strcspn(names, " "), n = word < size ? word : size - 1;
    memcpy(name, names, n);
    name[n && names[n - 1] == '*' ? n - 1 : n] = 0;
    return names + word + strspn(names + word, " ");
}

/* Neither what is left out nor a mask is an argument of build. */
static bool is_built_for(const char *name, const cn_json *shape)
{
    size_t n = strlen(name);
    return shape->count > 0 && (n < 5 || strcmp(name + n - 5, "_mask") != 0);
}

/* {"query_shape": …, "value_shape": …}; what a starred name took is a list. */
static cn_json *shapes_by_name(const char *names, const cn_json *shapes)
{
    cn_json *dict = cn_json_object();
    for (size_t i = 0; dict && *names && i < shapes->count; i++) {
        char name[64], key[80];
        const char *rest = next_name(names, name, sizeof name);
        bool star = rest > names && (rest[-1] == '*' || (rest[-1] == ' ' && rest[-2] == '*'));
        if (!star && !is_built_for(name, shapes->items[i])) {
            names = rest;
            continue;
        }
        cn_json *value = star ? cn_json_list() : cn_json_copy(shapes->items[i]);
        for (; star && i < shapes->count; i++)
            cn_json_add(value, cn_json_copy(shapes->items[i]));
        strcat(strcpy(key, name), "_shape");
        cn_json_set(dict, key, value);
        names = rest;
    }
    return dict;
}

static cn_json *build_config(const cn_layer *layer)
{
    cn_json *config = cn_json_object();
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    const cn_json *shapes = layer->state_->build_shapes;
    const char *names = cn_methods_of(layer)->inputs;
    bool several = cn_json_is(cn_json_at(shapes, 0), CN_JSON_LIST);
    if (cls == &cn_functional_class)
        cn_json_set(config, "input_shape", cn_json_null());
    else if (cls == &cn_sequential_class && ((const cn_model *)layer)->inputs)
        cn_json_set(config, "input_shape",
                    cn_shape_to_json(((const cn_model *)layer)->input->shape));
    else if (shapes && several && names)
        cn_json_set(config, "shapes_dict", shapes_by_name(names, shapes));
    else if (shapes)
        cn_json_set(config, "input_shape", cn_json_copy(shapes));
    if (config && config->count)
        return config;
    cn_json_free(config);
    return NULL;
}

/* A layer that the file had already gets one number in both places. */
static bool mark_shared(cn_layer *layer, cn_json *json)
{
    for (size_t i = 0; i < shared.count; i++)
        if (shared.items[i].layer == layer) {
            cn_json *first = shared.items[i].json;
            int64_t id = shared.items[i].id;
            return cn_json_set(first, "shared_object_id", cn_json_int(id)) &&
                   cn_json_set(json, "shared_object_id", cn_json_int(id));
        }
    return share((int64_t)shared.count + 1, layer, json);
}

/* What an own layer was given when it was there already, its options do not say. */
static bool has_config(const cn_layer *layer)
{
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    const struct cn_layer_state *state = layer->state_;
    if (cls->built_in || !state->given_more || cn_methods_of(layer)->write_config)
        return true;
    return cn_fail(
        CN_EUNSUPPORTED,
        "%s '%s' was given the layer '%s' after it was made, and therefore must have the "
        "methods write_config and from_config to be saved",
        cls->name, layer->name, ((cn_layer *)layer->layers->items[layer->layers->count - 1])->name);
}

cn_json *cn_layer_to_json(cn_layer *layer)
{
    if (cn_is_operation(layer))
        return cn_operation_serialize(layer);
    if (!has_config(layer))
        return NULL;
    cn_code before = cn_error_code();
    cn_json *json = cn_instance_serialize(layer), *build = json ? build_config(layer) : NULL;
    bool ok = json && (before || !cn_error_code()); /* all of it was written */
    if (!json && !before && !cn_is_model(layer))
        cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name);
    if (ok && ((cn_instance *)layer)->cls == &cn_functional_class)
        ok = cn_json_set(json, "registered_name", cn_json_string("Functional"));
    if (build)
        ok = cn_json_set(json, "build_config", build) && ok;
    if (ok && mark_shared(layer, json))
        return json;
    cn_json_free(json);
    return NULL;
}
