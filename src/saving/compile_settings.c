#include "saving/compile_settings.h"

#include <string.h>

#include "base/alloc.h"
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
    if (!spec || cn_json_is(spec, CN_JSON_NULL))
        return true;
    cn_optimizer *optimizer = cn_instance_deserialize(CN_OPTIMIZERS, spec);
    cn_json *kept = optimizer ? kept_settings(settings) : NULL;
    if (!kept || !cn_trainer_compile(model, optimizer, kept))
        return false;
    return !model->inputs || cn_optimizer_build(optimizer, cn_trainable_weights(model));
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

/* Keras 2 wrapped a metric's function: its name says all. */
static bool visit_wrapped(void *context, const cn_json *value, cn_json **out)
{
    (void)context;
    const char *kind = cn_json_as_string(cn_json_get(value, "class_name"), "");
    const cn_json *config = cn_json_get(value, "config");
    const char *function = cn_json_as_string(cn_json_get(config, "fn"), NULL);
    const char *name = cn_json_as_string(cn_json_get(config, "name"), NULL);
    if (!function || (strcmp(kind, "MeanMetricWrapper") && strcmp(kind, "LossFunctionWrapper")))
        return true;
    /* "mae" and "accuracy" were given by that name; others by their function's */
    *out = cn_json_string(name && !strcmp(kind, "MeanMetricWrapper") ? name : function);
    return *out != NULL;
}

cn_json *cn_settings_of_training_config(const cn_json *config)
{
    cn_json *settings = cn_structure_map(config, visit_wrapped, NULL);
    cn_json *optimizer = cn_json_remove(settings, "optimizer_config");
    if (optimizer && !cn_json_set(settings, "optimizer", optimizer)) {
        cn_json_free(settings);
        return NULL;
    }
    return settings;
}
