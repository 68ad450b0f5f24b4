/* What all models share, graphs and own classes: their state, their metrics, their layers by name.
 * keras.Model */
#include "models/model.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/traced.h"
#include "trainers/trainer.h"

bool cn_model_begin(cn_model *model)
{
    model->state_ = cn_mem_calloc(1, sizeof *model->state_);
    return model->state_ != NULL;
}

void cn_model_end(cn_model *model)
{
    struct cn_model_state *state = model->state_;
    cn_release(model->inputs);
    cn_release(model->outputs);
    if (!state)
        return;
    cn_trainer_free(state->trainer);
    cn_traced_free(state->predict);
    cn_release(model->optimizer);
    cn_release(state->average);
    cn_release(state->metrics);
    cn_release(state->operations);
    cn_walk_free(&state->walk);
    cn_mem_free(state->json);
    cn_mem_free(state->summary);
    cn_mem_free(state->load_note);
    cn_json_free(state->input_structure);
    cn_json_free(state->output_structure);
    cn_mem_free(state);
}

bool cn_is_model(const void *object)
{
    return cn_is_a(object, CN_LAYERS) && cn_methods_of(object)->is_model;
}

cn_model *cn_as_model(void *layer)
{
    if (!layer || cn_is_model(layer))
        return layer;
    return cn_fail_null(CN_EINVAL, "cn_as_model: the layer '%s' is a %s and no model",
                        ((cn_layer *)layer)->name, cn_class_name(layer));
}

bool cn_is_graph(const cn_model *model)
{
    const cn_class *cls = ((const cn_instance *)model)->cls;
    return cls == &cn_functional_class || cls == &cn_sequential_class;
}

const cn_model_methods *cn_model_methods_of(const cn_model *model)
{
    return ((const cn_instance *)model)->cls->methods;
}

/* ---- metrics ---- */

cn_metric *cn_add_metric(void *self, cn_metric *metric)
{
    cn_model *model = self;
    if (!model || !metric)
        return NULL;
    struct cn_model_state *state = model->state_;
    if (!state->metrics && !(state->metrics = cn_retain(cn_list_new())))
        return NULL;
    return cn_list_add(state->metrics, metric) ? metric : NULL;
}

cn_list *cn_model_metrics(cn_model *model)
{
    cn_trainer *t = cn_trainer_of(model, "cn_model_metrics");
    return t ? cn_trainer_metrics(t) : NULL;
}

/* ---- layers ---- */

static cn_layer *unknown_layer(const cn_model *model, cn_str name)
{
    char names[1024] = "";
    size_t n = 0;
    for (size_t i = 0; i < model->layer.layers->count && n < sizeof names - 1; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "",
                              ((cn_layer *)model->layer.layers->items[i])->name);
    return cn_fail_null(CN_ENOTFOUND, "No such layer: %s. Existing layers are: %s.", name, names);
}

cn_layer *cn_get_layer(cn_model *model, cn_str name)
{
    if (!model || !name)
        return NULL;
    for (size_t i = 0; i < model->layer.layers->count; i++) {
        cn_layer *layer = model->layer.layers->items[i];
        if (!strcmp(layer->name, name))
            return layer;
    }
    return unknown_layer(model, name);
}

cn_layer *cn_get_layer_at(cn_model *model, int index)
{
    if (!model)
        return NULL;
    int count = (int)model->layer.layers->count, i = index < 0 ? index + count : index;
    if (i < 0 || i >= count)
        return cn_fail_null(CN_EINVAL, "cn_get_layer_at: expected an index in [%d, %d), found %d",
                            -count, count, index);
    return model->layer.layers->items[i];
}
