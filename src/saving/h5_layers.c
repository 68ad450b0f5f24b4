#include "saving/h5_layers.h"

#include <string.h>

#include "base/alloc.h"
#include "saving/weights_file.h"

/* ---- the model's side ---- */

/* Trainable ones first, all through the layer. */
static cn_list *weights_of(cn_layer *layer)
{
    cn_list *trainable = cn_trainable_weights(layer), *fixed = cn_non_trainable_weights(layer);
    return trainable && fixed ? cn_list_concat(trainable, fixed) : NULL;
}

/* A Sequential's input is not among its layers. */
static bool counts(const cn_model *model, const cn_layer *layer)
{
    return !model->state_->sequential || ((const cn_instance *)layer)->cls != &cn_input_layer_class;
}

/* Layers that have weights. */
static cn_list *weighty_layers(const cn_model *model)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < model->layer.layers->count; i++) {
        cn_layer *layer = model->layer.layers->items[i];
        cn_list *weights = weights_of(layer);
        if (!weights || (weights->count && !cn_list_add(list, layer)))
            return NULL;
    }
    return list;
}

/* ---- reading ---- */

/* One weight; one that does not fit may be skipped. */
static bool read_weight(const cn_reading *r, const cn_layer *layer, cn_tensor *weight,
                        const cn_h5_node *group, const char *name)
{
    const cn_h5_node *node = cn_h5_find(group, name);
    if (!node || node->is_group)
        return cn_fail(CN_EFORMAT, "layer '%s': the file has no data set '%s'", layer->name, name);
    if (r->skip_mismatch && !cn_saved_shape_matches(weight, &node->value))
        return cn_note(r->model, "'%s' of layer '%s' was skipped: the file's has another shape",
                       cn_variable_name(weight), layer->name);
    return cn_check_saved_shape(layer, weight, &node->value) &&
           (cn_mapped_assign(r->file, weight, &node->value) ||
            cn_error_prefix("layer '%s', '%s'", layer->name, name));
}

static bool read_weights(const cn_reading *r, cn_layer *layer, const cn_h5_node *group,
                         const cn_h5_strings *names)
{
    cn_list *weights = weights_of(layer);
    if (!weights)
        return false;
    if (names->count != weights->count && r->skip_mismatch && r->by_name)
        return cn_note(r->model, "layer '%s' was skipped: the file has %zu weights for it",
                       layer->name, names->count);
    if (names->count != weights->count)
        return cn_fail(CN_EFORMAT, "layer '%s': expected %zu weights, the file has %zu in '%s'",
                       layer->name, weights->count, names->count, group->name);
    for (size_t i = 0; i < names->count; i++)
        if (!read_weight(r, layer, weights->items[i], group, names->items[i]))
            return false;
    return true;
}

/* The model's layers that weights are read into, and how far that has got. */
typedef struct reader {
    const cn_reading *reading;
    const cn_list *layers;
    size_t next;
} reader;

/* All layers of that name. */
static bool read_by_name(const reader *r, const char *name, const cn_h5_node *group,
                         const cn_h5_strings *names)
{
    for (size_t i = 0; i < r->layers->count; i++) {
        cn_layer *layer = r->layers->items[i];
        if (!strcmp(layer->name, name) && !read_weights(r->reading, layer, group, names))
            return false;
    }
    return true;
}

/* One layer of the file: it belongs to the next of the model's, or to that of its name. */
static bool read_layer(reader *r, const cn_h5_node *root, const char *name)
{
    cn_h5_strings names = {0};
    const cn_h5_node *group = cn_h5_find(root, name);
    if (!group || !group->is_group)
        return cn_fail(CN_EFORMAT, "the file has no group for the layer '%s'", name);
    bool ok = cn_h5_names(group, "weight_names", &names);
    if (ok && r->reading->by_name)
        ok = read_by_name(r, name, group, &names);
    else if (ok && names.count) {
        if (r->next < r->layers->count)
            ok = read_weights(r->reading, r->layers->items[r->next], group, &names);
        r->next++;
    }
    cn_h5_strings_free(&names);
    return ok;
}

bool cn_h5_layers_read(const cn_reading *reading, const cn_h5_node *group)
{
    const cn_model *model = reading->model;
    reader r = {.reading = reading};
    r.layers = reading->by_name ? model->layer.layers : weighty_layers(model);
    cn_h5_strings names = {0};
    if (!r.layers || !cn_h5_names(group, "layer_names", &names))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < names.count; i++)
        ok = read_layer(&r, group, names.items[i]);
    cn_h5_strings_free(&names);
    if (ok && !reading->by_name && r.next != r.layers->count)
        return cn_fail(CN_EFORMAT, "the model has %zu layers with weights, the file has %zu",
                       r.layers->count, r.next);
    return ok;
}

/* ---- writing ---- */

static bool set_names(cn_h5_node *group, const char *attribute, const char *const *names,
                      size_t count)
{
    return cn_h5_set_names(group, attribute, names, count);
}

bool cn_h5_add_named(cn_h5_node *group, const cn_list *variables)
{
    const char **names = cn_mem_calloc(variables->count + 1, sizeof *names);
    bool ok = names != NULL;
    for (size_t i = 0; ok && i < variables->count; i++) {
        cn_tensor *variable = variables->items[i];
        names[i] = cn_variable_path(variable);
        ok = cn_h5_add_variable(group, names[i], variable);
    }
    ok = ok && set_names(group, "weight_names", names, variables->count);
    cn_mem_free(names);
    return ok;
}

static bool add_layer(cn_h5_node *group, cn_layer *layer)
{
    cn_list *weights = weights_of(layer);
    cn_h5_node *own = weights ? cn_h5_add_group(group, layer->name) : NULL;
    return own && cn_h5_add_named(own, weights);
}

bool cn_h5_layers_add(cn_model *model, cn_h5_node *group)
{
    const cn_list *layers = model->layer.layers;
    const char **names = cn_mem_calloc(layers->count + 1, sizeof *names);
    size_t count = 0;
    bool ok = names != NULL;
    for (size_t i = 0; ok && i < layers->count; i++)
        if (counts(model, layers->items[i])) {
            names[count++] = ((cn_layer *)layers->items[i])->name;
            ok = add_layer(group, layers->items[i]);
        }
    ok = ok && set_names(group, "layer_names", names, count);
    cn_mem_free(names);
    cn_h5_node *top = ok ? cn_h5_add_group(group, "top_level_model_weights") : NULL;
    return top && set_names(top, "weight_names", NULL, 0);
}
