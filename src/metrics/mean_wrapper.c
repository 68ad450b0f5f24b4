/* The mean of a function over all samples: of a loss before it is reduced, or of a metric that is a
 * mean itself. keras.metrics.MeanMetricWrapper */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/registry.h"
#include "losses/loss.h"
#include "metrics/metric.h"

#define WRAPPER(P)                                                                            \
    P(cn_spec, fn, NULL,                                                                      \
      "spec of a loss or of a metric that is a mean; where it gives a batch one number: the " \
      "mean over batches, not the metric of the whole set")
CN_METRIC_STRUCT(mean_metric_wrapper, WRAPPER, cn_instance *function;)

/* The class that a spec of a function means, as its name. */
static cn_str name_in(const cn_json *spec)
{
    cn_str name = cn_json_as_string(cn_json_get(spec, "class_name"), "");
    return strcmp(name, "function") ? name : cn_json_as_string(cn_json_get(spec, "config"), "");
}

static bool init(mean_metric_wrapper *self)
{
    if (!self->fn)
        return cn_fail(CN_EINVAL, "MeanMetricWrapper: the argument 'fn' is required");
    cn_json *spec = cn_spec_parse(self->fn);
    bool loss = spec && cn_class_lookup(CN_LOSSES, name_in(spec));
    cn_json_free(spec);
    self->function = cn_retain(cn_instance_of_spec(loss ? CN_LOSSES : CN_METRICS, self->fn));
    return self->function != NULL;
}

static void destroy(mean_metric_wrapper *self)
{
    cn_release(self->function);
}

static cn_tensor *values(mean_metric_wrapper *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    const void *methods = self->function->cls->methods;
    if (cn_is_a(self->function, CN_LOSSES)) {
        if (!cn_dtype_is_int(y_true->dtype)) /* class numbers stay exact */
            y_true = cn_cast(y_true, y_pred->dtype);
        return ((const cn_loss_methods *)methods)->call(self->function, y_true, y_pred);
    }
    const cn_metric_methods *of_metric = methods;
    if (of_metric->values)
        return of_metric->values(self->function, y_true, y_pred);
    return cn_fail_null(CN_EINVAL, "MeanMetricWrapper: '%s' is not a function of one batch",
                        self->function->cls->name);
}

/* ---- as files have it: the function's arguments stand beside it ---- */

static bool belongs_to_metric(cn_str key)
{
    return !strcmp(key, "name") || !strcmp(key, "dtype") || !strcmp(key, "fn");
}

/* {"fn": function, "delta": 0.5} -> {"fn": {"class_name": …, "config": {"delta": 0.5}}} */
static bool read_config(cn_json *config)
{
    const cn_json *fn = cn_json_get(config, "fn");
    if (!cn_json_is(fn, CN_JSON_OBJECT) || !cn_json_is(cn_json_get(fn, "config"), CN_JSON_STRING))
        return true;
    cn_json *arguments = cn_json_object(), *spec = cn_json_object();
    bool ok = cn_json_set(spec, "class_name", cn_json_string(name_in(fn)));
    for (size_t i = config->count; i--;) {
        const char *key = config->items[i]->key;
        if (!belongs_to_metric(key))
            ok = cn_json_set(arguments, key, cn_json_copy(config->items[i])) && ok;
    }
    for (size_t i = 0; arguments && i < arguments->count; i++)
        cn_json_free(cn_json_remove(config, arguments->items[i]->key));
    ok = cn_json_set(spec, "config", arguments) && ok;
    return cn_json_set(config, "fn", spec) && ok;
}

static cn_json *function_json(cn_str name)
{
    cn_json *json = cn_json_object();
    bool ok = cn_json_set(json, "module", cn_json_string("builtins"));
    ok = cn_json_set(json, "class_name", cn_json_string("function")) && ok;
    ok = cn_json_set(json, "config", cn_json_string(name)) && ok;
    ok = cn_json_set(json, "registered_name", cn_json_string("function")) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

/* Arguments that have their defaults, and those of losses as a whole, are left out. */
static bool write_argument(const cn_instance *function, const cn_json *standard, cn_json *config,
                           const cn_json *argument)
{
    cn_str key = argument->key;
    const cn_json *otherwise = cn_json_get(standard, key);
    bool common = !strcmp(key, "name") || !strcmp(key, "dtype") || !strcmp(key, "reduction");
    if (function->cls->params && (common || (otherwise && cn_json_equal(otherwise, argument))))
        return true;
    return cn_json_set(config, key, cn_json_copy(argument));
}

static bool write_config(const mean_metric_wrapper *self, cn_json *config)
{
    const cn_class *cls = self->function->cls;
    char snake[128];
    cn_snake_case(cls->name, snake, sizeof snake);
    cn_json *arguments = cn_instance_config(self->function);
    void *plain = cn_instance_new(cls, NULL);
    cn_json *standard = plain ? cn_instance_config(plain) : NULL;
    bool ok = arguments && standard &&
              cn_json_set(config, "fn", function_json(cls->params ? snake : cls->name));
    for (size_t i = 0; ok && i < arguments->count; i++)
        ok = write_argument(self->function, standard, config, arguments->items[i]);
    cn_json_free(arguments);
    cn_json_free(standard);
    return ok;
}
CN_METRIC(mean_metric_wrapper, "MeanMetricWrapper", NULL, .init = init, .destroy = destroy,
          .values = values, .read_config = read_config, .write_config = write_config,
          .numbered = true)
