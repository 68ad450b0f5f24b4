#include "saving/compile_settings.h"

#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "models/structure.h"
#include "optimizers/optimizer.h"
#include "trainers/trainer.h"

/* What is kept of a file beside the optimizer. */
static const char *const keys[] = {
    "loss",        "loss_weights",        "metrics",    "weighted_metrics",
    "run_eagerly", "steps_per_execution", "jit_compile"};
enum { KEYS = sizeof keys / sizeof *keys };

/* ---- reading ---- */

static cn_json *kept_settings(const cn_json *settings)
{
    cn_json *kept = cn_json_object();
    for (size_t i = 0; kept && i < KEYS; i++) {
        const cn_json *one = cn_json_get(settings, keys[i]);
        if (one && !cn_json_set(kept, keys[i], cn_json_copy(one))) {
            cn_json_free(kept);
            return NULL;
        }
    }
    return kept;
}

bool cn_compile_settings_apply(cn_model *model, const cn_json *settings)
{
    const cn_json *spec = cn_json_get(settings, "optimizer");
    if (!cn_json_is(settings, CN_JSON_OBJECT) || !settings->count)
        return true;
    bool given = spec && !cn_json_is(spec, CN_JSON_NULL);
    cn_optimizer *optimizer =
        given ? cn_instance_deserialize(CN_OPTIMIZERS, spec) : cn_optimizer_new("rmsprop");
    cn_json *kept = optimizer ? kept_settings(settings) : NULL;
    return kept && cn_trainer_compile(model, optimizer, kept);
}

bool cn_build_optimizer(cn_model *model)
{
    return !model->optimizer || !model->layer.built ||
           cn_optimizer_build(model->optimizer, cn_trainable_weights(model));
}

/* ---- writing ---- */

static cn_json *value_of(const cn_json *settings, const char *key)
{
    const cn_json *value = cn_json_get(settings, key);
    if (value)
        return cn_json_copy(value);
    if (!strcmp(key, "steps_per_execution"))
        return cn_json_int(1);
    if (!strcmp(key, "run_eagerly") || !strcmp(key, "jit_compile"))
        return cn_json_bool(false);
    return cn_json_null();
}

cn_json *cn_compile_settings(const cn_model *model)
{
    const cn_trainer *trainer = model->state_->trainer;
    cn_json *json = cn_json_object();
    if (!trainer || !model->optimizer)
        return json;
    bool ok = cn_json_set(json, "optimizer", cn_instance_serialize(model->optimizer));
    for (size_t i = 0; i < KEYS; i++)
        ok = cn_json_set(json, keys[i], value_of(trainer->settings, keys[i])) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

/* ---- .h5 files ---- */

static bool visit_object(void *context, const cn_json *value, cn_json **out)
{
    (void)context;
    const cn_json *config = cn_json_get(value, "config"), *name = cn_json_get(value, "class_name");
    if (!config || !name)
        return true;
    if (cn_json_is(config, CN_JSON_STRING))
        return (*out = cn_json_copy(config)) != NULL;
    *out = cn_json_object();
    bool ok = cn_json_set(*out, "class_name", cn_json_copy(name));
    return cn_json_set(*out, "config", cn_json_copy(config)) && ok;
}

cn_json *cn_plain_objects(const cn_json *value)
{
    return cn_structure_map(value, visit_object, NULL);
}

cn_json *cn_training_config(const cn_model *model)
{
    cn_json *settings = cn_compile_settings(model);
    if (!settings || !settings->count) {
        cn_json_free(settings);
        return NULL;
    }
    cn_json *plain = cn_plain_objects(settings), *optimizer = cn_json_remove(plain, "optimizer");
    cn_json_free(settings);
    if (cn_json_set(plain, "optimizer_config", optimizer))
        return plain;
    cn_json_free(plain);
    return NULL;
}

/* Keras 2 wrapped functions: the name or the function says all. */
static bool visit_wrapped(void *context, const cn_json *value, cn_json **out)
{
    (void)context;
    const char *kind = cn_json_as_string(cn_json_get(value, "class_name"), "");
    const cn_json *config = cn_json_get(value, "config");
    const char *function = cn_json_as_string(cn_json_get(config, "fn"), NULL);
    const char *name = cn_json_as_string(cn_json_get(config, "name"), NULL);
    bool metric = !strcmp(kind, "MeanMetricWrapper");
    if (!function || (!metric && strcmp(kind, "LossFunctionWrapper")))
        return true;
    *out = cn_json_string(metric && name ? name : function);
    return *out != NULL;
}

/* Keras reads a loss's name as its function, and writes that back. */
static bool visit_loss(void *context, const cn_json *value, cn_json **out)
{
    (void)context;
    if (cn_json_get(value, "class_name"))
        return (*out = cn_json_copy(value)) != NULL;
    if (!cn_json_is(value, CN_JSON_STRING))
        return true;
    const cn_class *cls = cn_class_lookup(CN_LOSSES, value->string);
    char function[128];
    cn_snake_case(cls ? cls->name : value->string, function, sizeof function);
    cn_json *json = cn_json_object();
    bool ok = cn_json_set(json, "module", cn_json_string("builtins"));
    ok = cn_json_set(json, "class_name", cn_json_string("function")) && ok;
    ok = cn_json_set(json, "config", cn_json_string(function)) && ok;
    ok = cn_json_set(json, "registered_name", cn_json_string("function")) && ok;
    *out = json;
    return ok;
}

/* And a metric's as an object, but for names that depend on shapes. */
static bool visit_metric(void *context, const cn_json *value, cn_json **out)
{
    static const char *const open[] = {"accuracy", "acc", "crossentropy", "ce"};
    (void)context;
    if (cn_json_get(value, "class_name"))
        return (*out = cn_json_copy(value)) != NULL;
    if (!cn_json_is(value, CN_JSON_STRING))
        return true;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (!strcmp(value->string, open[i]))
            return (*out = cn_json_copy(value)) != NULL;
    void *metric = cn_instance_of_spec(CN_METRICS, value->string);
    return metric && (*out = cn_instance_serialize(metric)) != NULL;
}

static bool map_setting(cn_json *settings, const char *key, cn_structure_visitor visit)
{
    const cn_json *value = cn_json_get(settings, key);
    if (!value)
        return true;
    cn_json *unwrapped = cn_structure_map(value, visit_wrapped, NULL);
    cn_json *mapped = unwrapped ? cn_structure_map(unwrapped, visit, NULL) : NULL;
    cn_json_free(unwrapped);
    return mapped && cn_json_set(settings, key, mapped);
}

/* A class that Keras does not know by its registered name, "Custom>SGD" of Keras 2, is taken by the
 * optimizer's own name, with its defaults, as Keras does. Takes `config`. */
static cn_json *plain_optimizer(cn_json *config)
{
    const char *kind = cn_json_as_string(cn_json_get(config, "class_name"), "");
    const char *name = cn_json_as_string(cn_json_get(cn_json_get(config, "config"), "name"), NULL);
    if (!strchr(kind, '>') || !name)
        return config;
    cn_json *plain = cn_json_string(name);
    cn_json_free(config);
    return plain;
}

cn_json *cn_settings_of_training_config(const cn_json *config)
{
    cn_json *settings = cn_json_copy(config);
    cn_json *optimizer = plain_optimizer(cn_json_remove(settings, "optimizer_config"));
    bool ok = settings && (!optimizer || cn_json_set(settings, "optimizer", optimizer)) &&
              map_setting(settings, "loss", visit_loss) &&
              map_setting(settings, "metrics", visit_metric) &&
              map_setting(settings, "weighted_metrics", visit_metric);
    if (ok)
        return settings;
    cn_json_free(settings);
    return NULL;
}
