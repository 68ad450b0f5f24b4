/* Losses: made from specs, called, and a user's own. keras.losses */
#include "graph/trace.h"
#include "losses/kept_loss.h"
#include "losses/loss.h"

#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "config/text_class.h"
#include "cornu/layer.h"

static const cn_loss_methods *methods_of(const cn_loss *loss)
{
    return loss->head.head.cls->methods;
}

char *cn_default_name(const cn_instance *instance, cn_str default_name)
{
    char snake[128];
    if (!default_name)
        cn_snake_case(instance->cls->name, snake, sizeof snake);
    return cn_mem_strdup(default_name ? default_name : snake);
}

cn_dtype cn_policy_dtype(cn_str policy)
{
    if (!policy)
        return CN_FLOAT32;
    if (*policy != '{') {
        bool mixed = !strncmp(policy, "mixed_", 6);
        return !strcmp(policy, "int") ? CN_INT32 : cn_dtype_of_name(policy + (mixed ? 6 : 0));
    }
    cn_json *json = cn_json_parse(policy, strlen(policy));
    cn_str name = cn_json_as_string(cn_json_get(cn_json_get(json, "config"), "name"), NULL);
    cn_dtype dtype = name && *name != '{' ? cn_policy_dtype(name) : CN_FLOAT32;
    cn_json_free(json);
    return dtype;
}

static bool check_reduction(const cn_loss *self)
{
    static const char *const all[] = {"sum_over_batch_size",     "sum",  "mean",
                                      "mean_with_sample_weight", "none", NULL};
    for (size_t i = 0; all[i]; i++)
        if (!self->reduction || !strcmp(self->reduction, all[i]))
            return true;
    return cn_fail(CN_EINVAL,
                   "%s: expected a reduction that is sum_over_batch_size, sum, mean, "
                   "mean_with_sample_weight or none. Received: reduction='%s'%s",
                   self->head.head.cls->name, self->reduction,
                   cn_did_you_mean(self->reduction, all));
}

/* A loss registered by text has the common arguments among its own. */
static void read_own(cn_loss *self)
{
    const cn_json *args = self->head.args.values;
    const cn_json *reduction = cn_json_get(args, "reduction");
    self->reduction = reduction ? cn_json_as_string(reduction, NULL) : "sum_over_batch_size";
    self->name = cn_json_as_string(cn_json_get(args, "name"), self->head.head.cls->name);
}

static bool init(void *instance)
{
    cn_loss *self = instance;
    if (!self->head.head.cls->params)
        read_own(self);
    else if (!self->name)
        self->name = cn_default_name(instance, methods_of(self)->default_name);
    return self->name && cn_policy_dtype(self->dtype) && check_reduction(self);
}

/* Keras does not write it. */
static bool write_config(const void *self, cn_json *config)
{
    (void)self;
    cn_json_free(cn_json_remove(config, "dtype"));
    return true;
}

CN_COMMON_ROWS(cn_loss, CN_LOSS_PARAMS)

__attribute__((constructor)) static void before_main(void)
{
    cn_family_set_hooks(CN_LOSSES, (cn_family_hooks){init, NULL, write_config, common_rows,
                                                     &common_defaults, NULL});
}

cn_loss *cn_loss_new(cn_str spec)
{
    if (!spec)
        return cn_fail_null(CN_EINVAL, "cn_loss_new: expected a spec, found NULL");
    return cn_instance_of_spec(CN_LOSSES, spec);
}

static cn_tensor *formula(const cn_loss *loss, cn_tensor *const *in)
{
    cn_tensor *y_true = in[0], *y_pred = in[1], *sample_weight = cn_is_none(in[2]) ? NULL : in[2];
    const cn_loss_methods *methods = methods_of(loss);
    cn_dtype dtype = cn_policy_dtype(loss->dtype);
    cn_tensor *mask = cn_mask_of(y_pred);
    y_true = cn_cast(y_true, dtype);
    y_pred = cn_cast(y_pred, dtype);
    if (!methods->keeps_rank && !cn_same_rank(&y_true, &y_pred, true))
        return NULL;
    cn_tensor *values = methods->call((void *)(uintptr_t)loss, y_true, y_pred);
    if (!values)
        return NULL;
    cn_tensor *own = cn_mask_of(values);
    cn_tensor *weight = sample_weight ? cn_cast(sample_weight, dtype) : NULL;
    return cn_reduce_loss(cn_cast(values, dtype), weight, cn_both(mask, own), loss->reduction);
}

cn_tensor *cn_loss_call(cn_loss *loss, cn_tensor *y_true, cn_tensor *y_pred,
                        cn_tensor *sample_weight)
{
    cn_code before = cn_error_code();
    cn_tensor *in[] = {cn_trace_read(y_true), cn_trace_read(y_pred),
                       sample_weight ? cn_trace_read(sample_weight) : cn_none()};
    if (!loss || !in[0] || !in[1] || !in[2])
        return NULL;
    cn_tensor *value = cn_keep_loss(loss, in, formula);
    if (!value)
        cn_error_whose(before, "loss", loss->name);
    return value;
}

cn_tensor *cn_loss_of_with(cn_str spec, const cn_loss_of_options *o)
{
    cn_loss *loss = spec ? cn_instance_shared(CN_LOSSES, spec) : cn_loss_new(NULL);
    return cn_loss_call(loss, o->y_true, o->y_pred, NULL);
}

/* ---- a user's own ---- */

static cn_tensor *call_own(void *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_loss_function function = (cn_loss_function)cn_text_function(self);
    cn_caller before = cn_caller_now();
    return cn_text_result(self, &before, function(y_true, y_pred, &((cn_loss *)self)->head.args));
}

static const cn_loss_methods own = {.call = call_own};

bool cn_register_loss(cn_str name, cn_loss_function function, cn_str arguments)
{
    char *all = NULL;
    if (arguments && *arguments) {
        all = cn_mem_printf("%s, reduction=sum_over_batch_size, name=none", arguments);
        if (!all)
            return false;
    }
    bool ok = cn_register_text_class(CN_LOSSES, name, all, &own, sizeof(cn_loss),
                                     (cn_any_function)function);
    cn_mem_free(all);
    return ok;
}
