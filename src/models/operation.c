#include "models/operation.h"

#include <string.h>

#include "base/alloc.h"
#include "saving/operations/operations.h"

#define OPERATION(P)                                          \
    P(cn_str, class_name, NULL, "Keras's class")              \
    P(cn_str, module, NULL, "and the module that defines it") \
    P(cn_str, config, NULL, "its configuration as JSON")
CN_OPTIONS(operation, OPERATION, CN_LAYER_PARAMS)
CN_LAYER_STRUCT(operation, OPERATION, cn_json *settings;)

static bool init(operation *self)
{
    self->settings = self->config ? cn_json_parse(self->config, strlen(self->config)) : NULL;
    self->layer.built = true;
    return self->settings && self->class_name;
}

static void destroy(operation *self)
{
    cn_json_free(self->settings);
}

/* A tensor of the arguments is named by its place among the inputs. */
static cn_tensor *resolve(void *context, const cn_json *value)
{
    const cn_inputs *in = context;
    const cn_json *config = cn_json_get(value, "config");
    int64_t i = cn_json_as_int(cn_json_get(config, "input"), -1);
    if (i < 0 || (size_t)i >= in->count)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: the argument '%s'",
                            cn_json_as_string(cn_json_get(value, "class_name"), "?"));
    return in->x[i];
}

static cn_tensor *call(operation *self, const cn_inputs *in)
{
    const cn_json *arguments = in->arguments->values;
    cn_inputs inputs = *in;
    cn_list *results =
        cn_operation_results(self->class_name, self->settings, cn_json_get(arguments, "args"),
                             cn_json_get(arguments, "kwargs"), resolve, &inputs);
    return results ? cn_tuple(results) : NULL;
}

static const operation_methods operation_methods_ = {.init = init,
                                                     .destroy = destroy,
                                                     .call = call,
                                                     .ends_mask = true,
                                                     .keeps_dtype = true,
                                                     .arguments = "*"};
const cn_class cn_operation_class = {.family = CN_LAYERS,
                                     .name = "Operation",
                                     .built_in = true,
                                     .package = "keras",
                                     .params = operation_params,
                                     .defaults = &operation_defaults,
                                     .size = sizeof(operation),
                                     .methods = &operation_methods_};

bool cn_is_operation(const void *object)
{
    return cn_is_a(object, CN_LAYERS) && ((const cn_instance *)object)->cls == &cn_operation_class;
}

const char *cn_operation_class_name(const cn_layer *layer)
{
    return ((const operation *)layer)->class_name;
}

static char *text_of(const cn_json *config)
{
    return cn_json_is(config, CN_JSON_OBJECT) ? cn_json_text(config, 0) : cn_mem_strdup("{}");
}

cn_layer *cn_operation_new(const cn_json *object)
{
    char *config = text_of(cn_json_get(object, "config"));
    cn_operation_options options = {OPERATION(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_)};
    options.class_name = cn_json_as_string(cn_json_get(object, "class_name"), NULL);
    options.module = cn_json_as_string(cn_json_get(object, "module"), NULL);
    if (!options.module && options.class_name) /* .h5 files may not say it */
        options.module = cn_operation_module(options.class_name);
    options.name = cn_json_as_string(cn_json_get(object, "name"), NULL);
    options.config = config;
    cn_layer *layer =
        config && options.class_name ? cn_layer_new(&cn_operation_class, &options) : NULL;
    cn_mem_free(config);
    return layer;
}

cn_json *cn_operation_serialize(const cn_layer *layer)
{
    const operation *self = (const operation *)layer;
    cn_json *json = cn_json_object();
    bool ok = cn_json_set(json, "module", cn_json_string(self->module));
    ok = cn_json_set(json, "class_name", cn_json_string(self->class_name)) && ok;
    ok = cn_json_set(json, "config", cn_json_copy(self->settings)) && ok;
    ok = cn_json_set(json, "registered_name", cn_json_string(self->class_name)) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}
