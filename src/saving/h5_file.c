/* Whole models in .h5 files: the configuration as attributes of the root, weights in a group for
 * each layer, named by their paths. Keras: legacy_h5_format */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "optimizers/optimizer.h"
#include "saving/compile_settings.h"
#include "saving/h5_layers.h"
#include "saving/model_file.h"
#include "saving/old_config.h"
#include "saving/weights_file.h"

/* ---- reading ---- */

/* An attribute's JSON, owned; NULL without an error when there is none. */
static cn_json *attribute_json(const cn_h5_node *node, const char *name)
{
    const cn_h5_value *value = cn_h5_attribute_find(node, name);
    char *text = value ? cn_h5_text(value) : NULL;
    cn_json *json = text ? cn_json_parse(text, strlen(text)) : NULL;
    if (text && !json)
        cn_error_prefix("%s", name);
    cn_mem_free(text);
    return json;
}

static bool fits(const cn_h5_node *group, const cn_h5_strings *names, const cn_list *variables)
{
    bool ok = names->count == variables->count;
    for (size_t i = 0; ok && i < names->count; i++) {
        const cn_h5_node *node = cn_h5_find(group, names->items[i]);
        ok = node && !node->is_group && cn_saved_shape_matches(variables->items[i], &node->value);
    }
    return ok;
}

/* False: damaged. What does not fit is left as it is. */
static bool assign_all(cn_model *model, cn_mapped_file *file, const cn_h5_node *group,
                       const cn_h5_strings *names)
{
    cn_list *variables = cn_optimizer_variables(model->optimizer);
    if (variables && !fits(group, names, variables)) {
        if (!cn_build_optimizer(model))
            return false;
        variables = cn_optimizer_variables(model->optimizer);
    }
    bool ok = variables != NULL, all = ok && fits(group, names, variables);
    if (ok && !all)
        return cn_note_optimizer(model, names->count);
    for (size_t i = 0; ok && i < names->count; i++)
        ok =
            cn_mapped_assign(file, variables->items[i], &cn_h5_find(group, names->items[i])->value);
    return ok;
}

/* The file of an optimizer that was not built yet has but its first variables: it stays so. */
static bool read_optimizer(cn_model *model, cn_mapped_file *file)
{
    cn_h5_strings names = {0};
    const cn_h5_node *group = cn_h5_find(file->root, "optimizer_weights");
    if (!group)
        return cn_build_optimizer(model);
    bool ok = cn_h5_names(group, "weight_names", &names) && assign_all(model, file, group, &names);
    cn_h5_strings_free(&names);
    return ok;
}

static bool read_training(cn_model *model, cn_mapped_file *file)
{
    cn_json *config = attribute_json(file->root, "training_config");
    if (!config)
        return !cn_error_code();
    cn_json *settings = cn_settings_of_training_config(config);
    bool ok = settings && cn_compile_settings_apply(model, settings) &&
              (!model->optimizer || read_optimizer(model, file));
    cn_json_free(settings);
    cn_json_free(config);
    return ok;
}

bool cn_h5_weights_read(const cn_reading *reading)
{
    const cn_h5_node *root = reading->file->root, *group = cn_h5_find(root, "model_weights");
    return cn_h5_layers_read(reading, group ? group : root);
}

cn_model *cn_h5_model_read(cn_mapped_file *file, bool compile)
{
    cn_json *config = file ? attribute_json(file->root, "model_config") : NULL;
    if (!config)
        return file ? cn_fail_null(CN_EFORMAT, "the file has no model: the attribute "
                                               "'model_config' is missing")
                    : NULL;
    const cn_h5_value *said = cn_h5_attribute_find(file->root, "keras_version");
    char *version = said ? cn_h5_text(said) : NULL;
    cn_model *model =
        cn_translate_config(config, version) ? cn_model_of_config(config, true) : NULL;
    cn_mem_free(version);
    bool ok = model && cn_h5_weights_read(&(cn_reading){.model = model, .file = file}) &&
              (!compile || read_training(model, file));
    cn_json_free(config);
    return ok ? model : NULL;
}

/* ---- writing ---- */

/* Layers without module, registered name and build configuration; operations keep them, or nobody
 * could tell an Add from another. Takes `json`. */
static cn_json *plain_model(cn_json *json)
{
    static const char *const words[] = {"module", "registered_name", "build_config",
                                        "compile_config", "shared_object_id"};
    if (strstr(cn_json_as_string(cn_json_get(json, "module"), ""), ".ops."))
        return json;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        cn_json_free(cn_json_remove(json, words[i]));
    cn_json *layers = cn_json_get(cn_json_get(json, "config"), "layers");
    for (size_t i = 0; layers && i < layers->count; i++)
        plain_model(layers->items[i]); /* as deep as the model was built */
    return json;
}

/* Takes `json`. */
static bool set_json(cn_h5_node *node, const char *name, cn_json *json)
{
    char *text = json ? cn_json_text(json, 0) : NULL;
    bool ok = text && cn_h5_set_text(node, name, text);
    cn_mem_free(text);
    cn_json_free(json);
    return ok;
}

static bool set_versions(cn_h5_node *node)
{
    return cn_h5_set_text(node, "keras_version", CN_KERAS_VERSION) &&
           cn_h5_set_text(node, "backend", "tensorflow");
}

static bool add_optimizer(cn_h5_node *root, cn_model *model)
{
    cn_list *variables = cn_optimizer_variables(model->optimizer);
    cn_h5_node *group = variables ? cn_h5_add_group(root, "optimizer_weights") : NULL;
    return group && cn_h5_add_named(group, variables);
}

static bool add_training(cn_h5_node *root, cn_model *model, bool state)
{
    cn_json *training = cn_training_config(model);
    if (!training)
        return !cn_error_code();
    return set_json(root, "training_config", training) && (!state || add_optimizer(root, model));
}

bool cn_h5_model_write(cn_model *model, const char *path, bool optimizer)
{
    if (!cn_is_graph(model))
        return cn_fail(CN_EUNSUPPORTED,
                       "cn_save: an .h5 file needs a functional or Sequential model, found the "
                       "class '%s': use .keras, or cn_save_weights",
                       cn_class_name(model));
    cn_json *config = cn_model_config(model);
    cn_h5_node *root = config ? cn_h5_new() : NULL;
    cn_h5_node *weights = root ? cn_h5_add_group(root, "model_weights") : NULL;
    bool ok = weights && set_json(root, "model_config", plain_model(config));
    if (!weights)
        cn_json_free(config);
    ok = ok && set_versions(root) && set_versions(weights) && cn_h5_layers_add(model, weights) &&
         add_training(root, model, optimizer) && cn_h5_save(root, path);
    cn_h5_free(root);
    return ok;
}
