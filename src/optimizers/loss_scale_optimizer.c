/* Multiplies the loss by a scale that follows the gradients: doubled after so many finite steps,
 * halved when one is not, in which case no weight moves. keras.optimizers.LossScaleOptimizer */
#include <string.h>

#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define LOSS_SCALE(P)                                                     \
    P(cn_spec, inner_optimizer, NULL, "the optimizer that moves weights") \
    P(float, initial_scale, 32768.0, "the scale at first")                \
    P(int, dynamic_growth_steps, 2000, "finite steps until it doubles")
CN_OPTIMIZER(loss_scale_optimizer, LOSS_SCALE, cn_optimizer *inner; cn_tensor * count, *scale;)

static bool refuses(const loss_scale_optimizer *self)
{
    const cn_optimizer *base = &self->optimizer;
    const struct {
        bool given;
        const char *name;
    } options[] = {{!CN_IS_NONE(base->weight_decay), "weight_decay"},
                   {!CN_IS_NONE(base->clipnorm), "clipnorm"},
                   {!CN_IS_NONE(base->clipvalue), "clipvalue"},
                   {!CN_IS_NONE(base->global_clipnorm), "global_clipnorm"},
                   {base->use_ema, "use_ema"},
                   {base->learning_rate_multipliers, "learning_rate_multipliers"},
                   {!CN_IS_NONE(base->loss_scale_factor), "loss_scale_factor"},
                   {!CN_IS_NONE(base->gradient_accumulation_steps), "gradient_accumulation_steps"}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].given)
            return !cn_fail(CN_EINVAL,
                            "LossScaleOptimizer does not support `%s`. Instead, set `%s` on the "
                            "`inner_optimizer`.",
                            options[i].name, options[i].name);
    return false;
}

static bool init(loss_scale_optimizer *self)
{
    if (refuses(self))
        return false;
    if (!self->inner_optimizer)
        return cn_fail(CN_EINVAL, "LossScaleOptimizer: the argument 'inner_optimizer' is required");
    self->inner = cn_retain(cn_optimizer_new(self->inner_optimizer));
    if (self->inner)
        self->inner->loss_scale_factor = CN_NONE; /* or gradients would be divided twice */
    return self->inner != NULL;
}

static void destroy(loss_scale_optimizer *self)
{
    cn_release(self->inner);
}

/* Keras writes its own parameters alone. */
static bool write(const loss_scale_optimizer *self, cn_json *config)
{
    static const char *const kept[] = {"name", "inner_optimizer", "initial_scale",
                                       "dynamic_growth_steps"};
    for (size_t i = config->count; i--;) {
        bool keep = false;
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            keep = keep || !strcmp(config->items[i]->key, kept[k]);
        if (!keep)
            cn_json_free(cn_json_remove(config, config->items[i]->key));
    }
    return cn_json_set(config, "inner_optimizer", cn_instance_serialize(self->inner));
}

static bool build(loss_scale_optimizer *self, const cn_list *weights)
{
    double scale = self->initial_scale;
    self->count = cn_add_state(self, "step_counter", CN_SCALAR, CN_INT64, 0, false);
    self->scale = cn_add_state(self, "dynamic_scale", CN_SCALAR, CN_FLOAT32, scale, false);
    return self->count && self->scale && cn_optimizer_build(self->inner, weights);
}

static cn_list *inner(const loss_scale_optimizer *self)
{
    return cn_list_of(self->inner);
}

static cn_tensor *loss_scale(loss_scale_optimizer *self)
{
    return self->optimizer.built ? cn_trace_read(self->scale)
                                 : cn_full(CN_SCALAR, self->initial_scale, CN_FLOAT32);
}

/* bool: are all of them finite? And each divided by the scale. */
static cn_tensor *unscale(const loss_scale_optimizer *self, const cn_list *grads, cn_list *unscaled)
{
    cn_tensor *finite = cn_cast(cn_number_int(1), CN_BOOL);
    for (size_t i = 0; i < grads->count; i++) {
        cn_tensor *g = grads->items[i], *divided = g;
        if (!cn_is_none(g)) {
            finite = cn_logical_and(finite, cn_all(cn_isfinite(g)));
            divided = cn_cast(cn_div(g, self->scale), g->dtype);
        }
        if (!cn_list_add(unscaled, divided))
            return NULL;
    }
    return finite;
}

static bool rescale(loss_scale_optimizer *self, cn_tensor *finite)
{
    cn_tensor *grows = cn_equal(self->count, self->dynamic_growth_steps - 1);
    cn_tensor *rests = cn_logical_or(grows, cn_logical_not(finite));
    cn_tensor *factor = cn_select(finite, cn_select(grows, 2.0, 1.0), 0.5);
    return cn_assign(self->scale, cn_mul(self->scale, factor)) &&
           cn_assign(self->count, cn_select(rests, 0, cn_add(self->count, 1)));
}

static bool apply(loss_scale_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    cn_list *unscaled = cn_list_new();
    cn_tensor *finite = unscaled ? unscale(self, grads, unscaled) : NULL;
    cn_list *own = cn_optimizer_variables(self->inner);
    cn_list *variables = own ? cn_list_concat(weights, own) : NULL;
    cn_list *before = variables ? cn_values_now(variables) : NULL;
    return finite && before && cn_apply_inner(self->inner, unscaled, weights) &&
           cn_values_restore(variables, before, finite) && rescale(self, finite);
}

CN_BUILTIN_OPTIMIZER(loss_scale_optimizer, "LossScaleOptimizer", "lossscaleoptimizer", .init = init,
                     .destroy = destroy, .write_config = write, .build = build, .inner = inner,
                     .loss_scale = loss_scale, .apply = apply)
