/* Metrics: made from specs, updated, read and reset; and a user's own. keras.metrics */
#include "metrics/metric.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/registry.h"
#include "config/text_class.h"
#include "cornu/layer.h"
#include "graph/trace.h"
#include "layers/layer.h"
#include "losses/loss.h"

static const cn_metric_methods *methods_of(const void *metric)
{
    return ((const cn_metric *)metric)->head.head.cls->methods;
}

cn_dtype cn_metric_dtype(const void *metric)
{
    return cn_policy_dtype(((const cn_metric *)metric)->dtype);
}

cn_tensor *cn_metric_variable(const void *metric, size_t i)
{
    return cn_list_item(((const cn_metric *)metric)->variables, i);
}

/* "/" in the metric's name would look like a folder. */
static char *path_of(const cn_metric *metric, cn_str name)
{
    char *path = cn_mem_printf("%s/%s", metric->name, name);
    for (size_t i = 0; path && i < strlen(metric->name); i++)
        path[i] = path[i] == '/' ? '>' : path[i];
    return path;
}

cn_tensor *cn_metric_add_(void *self, cn_str name, const cn_shape *shape, cn_dtype dtype)
{
    cn_metric *metric = self;
    cn_tensor *variable = cn_variable_make(name, *shape, dtype, false);
    if (!variable)
        return NULL;
    char *path = path_of(metric, name);
    if (!path)
        return NULL;
    cn_mem_free(variable->variable->path);
    variable->variable->path = path;
    return cn_list_add(metric->variables, variable) ? variable : NULL;
}

bool cn_metric_accumulate(cn_tensor *variable, cn_tensor *amount)
{
    return cn_assign(variable, cn_add(variable, cn_cast(amount, cn_dtype_of(variable)))) != NULL;
}

/* ---- the family ---- */

static char *first_name(const cn_metric *self)
{
    const cn_metric_methods *methods = methods_of(self);
    char *name = cn_default_name(&self->head.head, methods->default_name);
    if (!name || !methods->numbered)
        return name;
    char *numbered = cn_mem_strdup(cn_unique_name(name));
    cn_mem_free(name);
    return numbered;
}

/* The name of a metric registered by text may be among its arguments. */
static char *own_name(const cn_metric *self)
{
    const char *given = cn_json_as_string(cn_json_get(self->head.args.values, "name"), NULL);
    return cn_mem_strdup(given ? given : self->head.head.cls->name);
}

/* dtype becomes the plain name of the dtype that is computed in. */
static bool settle_dtype(cn_metric *self)
{
    cn_str given = self->dtype ? self->dtype : methods_of(self)->default_dtype;
    cn_dtype dtype = cn_policy_dtype(given);
    if (!dtype || !self->head.head.cls->params)
        return dtype != CN_NO_DTYPE;
    char *name = cn_mem_strdup(cn_dtype_name(dtype));
    cn_mem_free((char *)self->dtype);
    self->dtype = name;
    return name != NULL;
}

static bool init(void *instance)
{
    cn_metric *self = instance;
    bool own = !self->head.head.cls->params;
    if (!self->name)
        self->name = own ? own_name(self) : first_name(self);
    self->variables = cn_retain(cn_list_new());
    if (!self->name || !self->variables || !settle_dtype(self))
        return false;
    if (!methods_of(self)->values)
        return true;
    cn_dtype dtype = cn_metric_dtype(self);
    return cn_metric_add(self, "total", CN_SCALAR, dtype) &&
           cn_metric_add(self, "count", CN_SCALAR, dtype);
}

static void destroy(void *instance)
{
    cn_metric *self = instance;
    cn_release(self->variables);
    if (!self->head.head.cls->params)
        cn_mem_free((char *)self->name);
}

CN_COMMON_ROWS(cn_metric, CN_METRIC_PARAMS)

__attribute__((constructor)) static void before_main(void)
{
    cn_family_set_hooks(
        CN_METRICS, (cn_family_hooks){init, destroy, NULL, common_rows, &common_defaults, NULL});
}

/* ---- the public doors ---- */

bool cn_is_plain_name(cn_str spec)
{
    return !spec[strcspn(spec, "({[")];
}

/* The name in a function as Keras writes it, {"class_name": "function", "config": "huber"}, without
 * its package; NULL for other specs. */
static char *function_name(cn_str spec)
{
    cn_json *json = *spec == '{' ? cn_json_parse(spec, strlen(spec)) : NULL;
    cn_str kind = cn_json_as_string(cn_json_get(json, "class_name"), "");
    cn_str name = cn_json_as_string(cn_json_get(json, "config"), NULL);
    cn_str sign = name ? strrchr(name, '>') : NULL;
    char *copy = strcmp(kind, "function") ? NULL : cn_mem_strdup(sign ? sign + 1 : name);
    cn_json_free(json);
    return copy;
}

/* The mean of a function of a batch: a loss's, where there is one, for Keras finds those first. */
static cn_metric *mean_of_function(cn_str name)
{
    if (cn_class_lookup(CN_LOSSES, name))
        return cn_instance_of_spec(CN_METRICS,
                                   cn_fmt("mean_metric_wrapper(fn=%s, name=%s)", name, name));
    cn_metric *metric = cn_instance_of_spec(CN_METRICS, name);
    return metric && cn_metric_rename(metric, name) ? metric : NULL;
}

cn_metric *cn_metric_new(cn_str spec)
{
    if (!spec)
        return cn_fail_null(CN_EINVAL, "cn_metric_new: expected a spec, found NULL");
    if (cn_is_plain_name(spec) && !cn_class_lookup(CN_METRICS, spec) &&
        cn_class_lookup(CN_LOSSES, spec)) /* what is a loss alone: "huber" */
        return mean_of_function(spec);
    char *function = function_name(spec);
    cn_metric *metric =
        function ? mean_of_function(function) : cn_instance_of_spec(CN_METRICS, spec);
    cn_mem_free(function);
    return metric;
}

static bool update(cn_metric *metric, cn_tensor *y_true, cn_tensor *y_pred,
                   cn_tensor *sample_weight)
{
    const cn_metric_methods *methods = methods_of(metric);
    if (methods->update)
        return methods->update(metric, y_true, y_pred, sample_weight);
    cn_tensor *mask = cn_mask_of(y_pred);
    cn_tensor *values = methods->values(metric, y_true, y_pred);
    bool weighted = sample_weight || mask;
    cn_dtype dtype = cn_metric_dtype(metric);
    sample_weight = cn_weights_with_mask(sample_weight, mask, dtype, false);
    return values && (!weighted || sample_weight) &&
           cn_metric_add_mean(metric, values, sample_weight);
}

bool cn_metric_update(cn_metric *metric, cn_tensor *y_true, cn_tensor *y_pred,
                      cn_tensor *sample_weight)
{
    cn_code before = cn_error_code();
    if (!metric || !y_true || (!y_pred && !methods_of(metric)->one_argument))
        return false;
    cn_trace_point point;
    size_t variables = metric->variables->count;
    if (cn_trace_mark(&point) &&
        cn_trace_settle(&point, update(metric, y_true, y_pred, sample_weight)))
        return true;
    cn_list_cut(metric->variables, variables); /* some are made by the first update */
    return cn_error_whose(before, "metric", metric->name);
}

cn_tensor *cn_metric_result(cn_metric *metric)
{
    if (!metric)
        return NULL;
    const cn_metric_methods *methods = methods_of(metric);
    return methods->result ? methods->result(metric) : cn_metric_mean(metric);
}

bool cn_metric_reset(cn_metric *metric)
{
    bool ok = metric != NULL;
    for (size_t i = 0; ok && i < cn_list_length(metric->variables); i++) {
        cn_tensor *variable = cn_metric_variable(metric, i);
        ok = cn_assign(variable, cn_zeros(variable->shape, variable->dtype)) != NULL;
    }
    return ok;
}

cn_list *cn_metric_variables(cn_metric *metric)
{
    return metric ? metric->variables : NULL;
}

cn_str cn_metric_name(const cn_metric *metric)
{
    return metric ? metric->name : NULL;
}

bool cn_metric_rename(cn_metric *metric, cn_str name)
{
    char *copy = metric ? cn_mem_strdup(name) : NULL;
    if (!copy)
        return false;
    cn_mem_free((char *)metric->name);
    metric->name = copy;
    return true;
}

/* ---- a user's own ---- */

static cn_tensor *own_values(void *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_metric *metric = self;
    cn_metric_function function = (cn_metric_function)cn_text_function(self);
    cn_caller before = cn_caller_now();
    return cn_text_result(self, &before, function(y_true, y_pred, &metric->head.args));
}

static const cn_metric_methods own = {.values = own_values};

bool cn_register_metric(cn_str name, cn_metric_function function, cn_str arguments)
{
    bool some = arguments && *arguments;
    char *all = cn_mem_printf("%s%sname=none", some ? arguments : "", some ? ", " : "");
    bool ok = all && cn_register_text_class(CN_METRICS, name, all, &own, sizeof(cn_metric),
                                            (cn_any_function)function);
    cn_mem_free(all);
    return ok;
}
