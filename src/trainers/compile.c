/* cn_compile: losses and metrics from their specs, one for each output. keras.Model.compile */
#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "graph/shape.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "optimizers/ema.h"
#include "trainers/trainer.h"

/* ---- settings ---- */

static bool is_object(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_OBJECT) && cn_json_get(value, "class_name");
}

const char *cn_trainer_output_name(const cn_trainer *t, size_t i)
{
    return t->model->outputs ? cn_output_name(t->model, i) : "";
}

const cn_json *cn_setting_for(const cn_trainer *t, const cn_json *setting, size_t i)
{
    if (!setting || cn_json_is(setting, CN_JSON_NULL))
        return NULL;
    if (cn_json_is(setting, CN_JSON_LIST))
        return setting->count == 1 && t->n_outputs == 1 ? setting->items[0]
                                                        : cn_json_at(setting, i);
    if (cn_json_is(setting, CN_JSON_OBJECT) && !is_object(setting))
        return cn_json_get(setting, cn_trainer_output_name(t, i));
    return setting;
}

static char *spec_text(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_STRING) ? cn_mem_strdup(value->string)
                                             : cn_json_text(value, 0);
}

/* Names in a dict must be outputs. */
static bool check_names(const cn_trainer *t, const cn_json *setting, const char *what)
{
    if (!cn_json_is(setting, CN_JSON_OBJECT) || is_object(setting))
        return true;
    const char *names[65] = {0};
    for (int i = 0; i < t->n_outputs && i < 64; i++)
        names[i] = cn_trainer_output_name(t, (size_t)i);
    for (size_t i = 0; i < setting->count; i++) {
        bool known = false;
        for (size_t k = 0; names[k] && !known; k++)
            known = !strcmp(names[k], setting->items[i]->key);
        if (!known)
            return cn_fail(
                CN_EINVAL, "cn_compile: %s names the output '%s', which the model does not have%s",
                what, setting->items[i]->key, cn_did_you_mean(setting->items[i]->key, names));
    }
    return true;
}

static bool check_count(const cn_trainer *t, const cn_json *setting, const char *what)
{
    if (!cn_json_is(setting, CN_JSON_LIST) || setting->count == (size_t)t->n_outputs)
        return true;
    return cn_fail(CN_EINVAL, "cn_compile: expected %d %s, one for each output, found %zu",
                   t->n_outputs, what, setting->count);
}

/* ---- losses ---- */

/* Binary, categorical or sparse: the targets will tell. */
static bool depends_on_shapes(const char *name)
{
    return !strcmp(name, "crossentropy") || !strcmp(name, "ce");
}

static bool make_loss(cn_trainer *t, size_t i)
{
    const cn_json *value = cn_setting_for(t, cn_json_get(t->settings, "loss"), i);
    if (!value || cn_json_is(value, CN_JSON_NULL))
        return true;
    t->has_loss[i] = true;
    if (cn_json_is(value, CN_JSON_STRING) && depends_on_shapes(value->string))
        return true;
    char *spec = spec_text(value);
    t->losses[i] = spec ? cn_retain(cn_loss_new(spec)) : NULL;
    cn_mem_free(spec);
    return t->losses[i] != NULL;
}

cn_loss *cn_trainer_loss(cn_trainer *t, size_t i, cn_shape y_true, cn_shape y_pred)
{
    if (!t->losses[i])
        t->losses[i] = cn_retain(cn_loss_for("crossentropy", y_true, y_pred));
    return t->losses[i];
}

static bool make_losses(cn_trainer *t)
{
    const cn_json *weights = cn_json_get(t->settings, "loss_weights");
    size_t losses = 0;
    if (!check_names(t, cn_json_get(t->settings, "loss"), "loss") ||
        !check_count(t, cn_json_get(t->settings, "loss"), "losses"))
        return false;
    for (int i = 0; i < t->n_outputs; i++) {
        if (!make_loss(t, (size_t)i))
            return false;
        losses += t->has_loss[i];
        t->loss_weights[i] = cn_json_as_double(cn_setting_for(t, weights, (size_t)i), CN_NONE);
    }
    for (int i = 0; i < t->n_outputs && losses > 1; i++)
        if (t->has_loss[i] && !(t->output_trackers[i] = cn_retain(cn_metric_new("mean"))))
            return false;
    return true;
}

/* ---- metrics ---- */

static bool has_name(const cn_trainer *t, const char *name)
{
    for (size_t i = 0; i < t->n_metrics; i++)
        if (!strcmp(t->metrics[i].name, name))
            return true;
    return false;
}

/* "output_metric" where there are several outputs; what is there already gets "weighted_" before
 * the metric where it is weighted, and a number. */
static char *log_name(const cn_trainer *t, const cn_metric *metric, int output, bool weighted)
{
    const char *name = cn_metric_name(metric);
    const char *prefix = t->n_outputs > 1 ? cn_trainer_output_name(t, (size_t)output) : "";
    const char *between = *prefix ? "_" : "", *mark = "";
    char *full = cn_mem_printf("%s%s%s", prefix, between, name);
    if (full && weighted && has_name(t, full)) {
        mark = "weighted_";
        cn_mem_free(full);
        full = cn_mem_printf("%s%s%s%s", prefix, between, mark, name);
    }
    for (int k = 1; full && has_name(t, full); k++) {
        cn_mem_free(full);
        full = cn_mem_printf("%s%s%s%s_%d", prefix, between, mark, name, k);
    }
    return full;
}

static bool add_metric(cn_trainer *t, const cn_json *value, int output, bool weighted,
                       const cn_tensor *y_true, const cn_tensor *y_pred)
{
    if (cn_json_is(value, CN_JSON_NULL))
        return true;
    if (cn_json_is(value, CN_JSON_LIST)) {
        for (size_t i = 0; i < value->count; i++)
            if (!add_metric(t, value->items[i], output, weighted, y_true, y_pred))
                return false;
        return true;
    }
    char *spec = spec_text(value);
    cn_metric *metric = spec ? cn_metric_for(spec, y_true->shape, y_pred->shape) : NULL;
    cn_mem_free(spec);
    cn_tracked *metrics =
        metric ? cn_mem_realloc(t->metrics, t->n_metrics + 1, sizeof *metrics) : NULL;
    if (!metrics)
        return false;
    t->metrics = metrics;
    metrics[t->n_metrics] = (cn_tracked){
        .name = log_name(t, metric, output, weighted), .output = output, .weighted = weighted};
    if (!metrics[t->n_metrics].name)
        return false;
    metrics[t->n_metrics++].metric = cn_retain(metric);
    return true;
}

static bool add_metrics(cn_trainer *t, const char *key, bool weighted, const cn_list *y_true,
                        const cn_list *y_pred)
{
    const cn_json *setting = cn_json_get(t->settings, key);
    for (int i = 0; i < t->n_outputs; i++) {
        const cn_json *value = t->n_outputs == 1 && cn_json_is(setting, CN_JSON_LIST)
                                   ? setting
                                   : cn_setting_for(t, setting, (size_t)i);
        if (value && (size_t)i < y_true->count && !cn_is_none(y_true->items[i]) &&
            !add_metric(t, value, i, weighted, y_true->items[i], y_pred->items[i]))
            return false;
    }
    return true;
}

static void forget_metrics(cn_trainer *t)
{
    for (; t->n_metrics; t->n_metrics--) {
        cn_release(t->metrics[t->n_metrics - 1].metric);
        cn_mem_free(t->metrics[t->n_metrics - 1].name);
    }
}

bool cn_trainer_build_metrics(cn_trainer *t, const cn_list *y_true, const cn_list *y_pred)
{
    if (t->metrics_built)
        return true;
    t->metrics_built = add_metrics(t, "metrics", false, y_true, y_pred) &&
                       add_metrics(t, "weighted_metrics", true, y_true, y_pred);
    if (!t->metrics_built)
        forget_metrics(t);
    return t->metrics_built;
}

/* ---- the trainer ---- */

static void forget_outputs(cn_trainer *t)
{
    for (int i = 0; i < t->n_outputs; i++) {
        cn_release(t->losses[i]);
        cn_release(t->output_trackers[i]);
    }
    cn_mem_free(t->losses);
    cn_mem_free(t->has_loss);
    cn_mem_free(t->loss_weights);
    cn_mem_free(t->output_trackers);
    t->losses = NULL;
    t->has_loss = NULL;
    t->loss_weights = NULL;
    t->output_trackers = NULL;
    t->n_outputs = 0;
}

void cn_trainer_free(cn_trainer *t)
{
    if (!t)
        return;
    forget_outputs(t);
    forget_metrics(t);
    cn_release(t->loss_tracker);
    cn_release(t->resumed_metrics);
    cn_step_end(&t->train);
    cn_step_end(&t->test);
    cn_mem_free(t->metrics);
    cn_release(t->class_weights);
    cn_json_free(t->settings);
    cn_mem_free(t);
}

bool cn_trainer_know_outputs(cn_trainer *t, size_t n)
{
    if (t->ready)
        return n == (size_t)t->n_outputs ||
               cn_fail(CN_EINVAL, "expected %d outputs, found %zu", t->n_outputs, n);
    t->losses = cn_mem_calloc(n, sizeof *t->losses);
    t->has_loss = cn_mem_calloc(n, sizeof *t->has_loss);
    t->loss_weights = cn_mem_calloc(n, sizeof *t->loss_weights);
    t->output_trackers = cn_mem_calloc(n, sizeof *t->output_trackers);
    bool ok = t->losses && t->has_loss && t->loss_weights && t->output_trackers;
    t->n_outputs = ok ? (int)n : 0;
    t->ready = ok && make_losses(t);
    if (!t->ready)
        forget_outputs(t);
    return t->ready;
}

/* Of a graph the outputs are known at once, or when a Sequential has seen its first data. */
static bool fill(cn_trainer *t)
{
    return t->ready || !t->model->outputs || cn_trainer_know_outputs(t, t->model->outputs->count);
}

cn_trainer *cn_trainer_new(cn_model *model, cn_json *settings)
{
    cn_trainer *t = settings ? cn_mem_calloc(1, sizeof *t) : NULL;
    if (!t) {
        cn_json_free(settings);
        return NULL;
    }
    t->model = model;
    t->settings = settings;
    t->loss_tracker = cn_retain(cn_metric_new("mean(name=loss)"));
    if (t->loss_tracker && cn_step_begin(&t->train, model, true) &&
        cn_step_begin(&t->test, model, false) && fill(t))
        return t;
    cn_trainer_free(t);
    return NULL;
}

bool cn_trainer_compile(cn_model *model, cn_optimizer *optimizer, cn_json *settings)
{
    cn_trainer *trainer = cn_trainer_new(model, settings);
    if (!trainer)
        return false;
    cn_trainer_free(model->state_->trainer);
    model->state_->trainer = trainer;
    cn_replace(&model->optimizer, optimizer);
    cn_weights_fresh(model);
    return true;
}

cn_trainer *cn_trainer_of(cn_model *model, const char *who)
{
    if (!model)
        return NULL;
    if (!model->state_->trainer)
        return cn_fail_null(CN_ESTATE, "%s: you must compile the model before: cn_compile", who);
    cn_trainer *t = model->state_->trainer;
    if (!t->ready && model->state_->sequential && !model->outputs)
        return cn_fail_null(
            CN_ESTATE,
            "%s: the model does not know its input yet: begin it with a cn_input, or give "
            "it a dataset that knows its shapes",
            who);
    return fill(t) ? t : NULL;
}

/* ---- the public door ---- */

/* "name: spec" is for the output of that name. */
static const char *split_name(const char *text, char *name, size_t size)
{
    const char *colon = strstr(text, ": ");
    size_t length = colon ? (size_t)(colon - text) : 0;
    if (!colon || *text == '{' || length >= size || memchr(text, '(', length))
        return text;
    memcpy(name, text, length);
    name[length] = 0;
    return colon + 2;
}

/* A spec as Keras would keep it: a plain name stays, one with arguments becomes an object. */
static cn_json *setting_of(cn_family family, const char *spec)
{
    if (!strchr(spec, '(') && *spec != '{')
        return cn_json_string(spec);
    return cn_spec_serialize(family, spec);
}

static bool add_named(cn_json *object, const char *name, cn_json *value, bool lists)
{
    cn_json *list = lists ? cn_json_get(object, name) : NULL;
    if (!lists)
        return cn_json_set(object, name, value);
    if (!list) {
        list = cn_json_list();
        if (!cn_json_set(object, name, list))
            return cn_json_free(value), false;
    }
    return cn_json_add(list, value);
}

/* All of one option: a list, or an object where outputs are named. */
static cn_json *settings_of(cn_family family, const cn_specs *specs, bool lists)
{
    cn_json *list = cn_json_list(), *object = cn_json_object();
    bool ok = list && object;
    for (int i = 0; ok && i < CN_MAX_SPECS && specs->s[i]; i++) {
        char name[128] = "";
        const char *spec = split_name(specs->s[i], name, sizeof name);
        cn_json *value = setting_of(family, spec);
        ok = value && (*name ? add_named(object, name, value, lists) : cn_json_add(list, value));
    }
    cn_json *use = object && object->count ? object : list;
    cn_json_free(use == list ? object : list);
    if (ok && use->count)
        return use;
    cn_json_free(use);
    return ok ? cn_json_null() : NULL;
}

static cn_json *loss_setting(const cn_specs *specs)
{
    cn_json *all = settings_of(CN_LOSSES, specs, false);
    if (!cn_json_is(all, CN_JSON_LIST) || all->count != 1)
        return all;
    cn_json *one = cn_json_copy(all->items[0]);
    cn_json_free(all);
    return one;
}

static cn_json *weight_setting(const double *weights)
{
    int n = CN_MAX_SPECS;
    while (n && weights[n - 1] == 0)
        n--;
    if (!n)
        return cn_json_null();
    cn_json *list = cn_json_list();
    for (int i = 0; i < n; i++)
        cn_json_add(list, cn_json_float(weights[i]));
    return list;
}

bool cn_compile_with(cn_model *model, const cn_compile_options *o)
{
    cn_mark_at(o->at, "cn_compile");
    if (!model)
        return false;
    if (!cn_is_model(model))
        return cn_fail(CN_EINVAL, "cn_compile: expected a model");
    cn_optimizer *optimizer = o->optimizer ? cn_optimizer_new(o->optimizer) : NULL;
    cn_json *settings = optimizer || !o->optimizer ? cn_json_object() : NULL;
    bool ok = settings && cn_json_set(settings, "loss", loss_setting(&o->loss)) &&
              cn_json_set(settings, "loss_weights", weight_setting(o->loss_weights)) &&
              cn_json_set(settings, "metrics", settings_of(CN_METRICS, &o->metrics, true)) &&
              cn_json_set(settings, "weighted_metrics",
                          settings_of(CN_METRICS, &o->weighted_metrics, true));
    if (ok)
        return cn_trainer_compile(model, optimizer, settings);
    cn_json_free(settings);
    return false;
}
