/* Sequential models and their configuration. Keras: Sequential.get_config, from_config */
#include <string.h>

#include "base/alloc.h"
#include "models/layer_config.h"
#include "models/model_config.h"

static bool add_layers(cn_model *model, const cn_json *layers)
{
    if (!cn_json_is(layers, CN_JSON_LIST))
        return cn_fail(CN_EFORMAT, "expected 'layers' to be a list in a model's configuration");
    for (size_t i = 0; i < layers->count; i++) {
        cn_layer *layer = cn_layer_of_json(layers->items[i]);
        if (!layer || !cn_model_add(model, layer))
            return false;
    }
    return true;
}

static bool build(cn_model *model, const cn_json *shape)
{
    cn_shape whole;
    if (model->inputs || !cn_json_is(shape, CN_JSON_LIST) || !model->layer.layers->count)
        return true;
    return cn_shape_of_json(shape, &whole) && whole.rank > 0 &&
           cn_sequential_build(model, whole, CN_FLOAT32);
}

static bool read_policy(cn_layer *layer, const cn_json *policy)
{
    const char *name = cn_json_as_string(policy, NULL);
    if (!policy)
        return true;
    cn_mem_free((char *)layer->dtype);
    layer->dtype = name ? cn_mem_strdup(name) : cn_json_text(policy, 0);
    return layer->dtype && cn_normalize_policy(layer);
}

static cn_model *read(const cn_json *config)
{
    cn_model *model =
        cn_sequential_new(NULL, 0, cn_json_as_string(cn_json_get(config, "name"), NULL));
    bool ok = model && read_policy(&model->layer, cn_json_get(config, "dtype")) &&
              add_layers(model, cn_json_get(config, "layers")) &&
              build(model, cn_json_get(config, "build_input_shape"));
    if (ok && !cn_json_as_bool(cn_json_get(config, "trainable"), true))
        model->layer.trainable = false;
    return ok ? model : NULL;
}

/* Keras 1 wrote the list of layers alone. */
void *cn_sequential_from_config(const cn_json *config)
{
    cn_sharing_begin();
    cn_model *model = read(config);
    cn_sharing_end();
    return model;
}

bool cn_sequential_write(const cn_model *model, cn_json *config)
{
    cn_json *layers = cn_json_list();
    for (size_t i = 0; layers && i < model->layer.layers->count; i++)
        if (!cn_json_add(layers, cn_layer_to_json(model->layer.layers->items[i]))) {
            cn_json_free(layers);
            return false;
        }
    if (!cn_json_set(config, "layers", layers))
        return false;
    return !model->inputs ||
           cn_json_set(config, "build_input_shape", cn_shape_to_json(model->input->shape));
}
