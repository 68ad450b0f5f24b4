/* An optimizer's state as arrays. Keras 2's optimizer.weights, get_weights, set_weights */
#include <string.h>

#include "base/error.h"
#include "graph/shape.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

static bool is_rate(const cn_optimizer *self, const cn_tensor *variable)
{
    return self->state_->rate == variable;
}

/* A learning rate is a setting: its own, and those of optimizers inside. */
static bool is_any_rate(const cn_optimizer *self, const cn_list *inner, const cn_tensor *variable)
{
    bool is = is_rate(self, variable);
    for (size_t i = 0; i < inner->count; i++)
        is = is || is_rate(inner->items[i], variable);
    return is;
}

cn_list *cn_optimizer_weights(cn_optimizer *self)
{
    cn_list *all = cn_optimizer_variables(self), *list = all ? cn_list_new() : NULL;
    if (!list)
        return NULL;
    cn_list *inner = cn_inner_optimizers(self);
    if (!inner)
        return NULL;
    for (size_t i = 0; i < all->count; i++)
        if (!is_any_rate(self, inner, all->items[i]) && !cn_list_add(list, all->items[i]))
            return NULL;
    return list;
}

cn_list *cn_optimizer_get_weights(cn_optimizer *self)
{
    cn_list *variables = cn_optimizer_weights(self), *list = variables ? cn_list_new() : NULL;
    for (size_t i = 0; list && i < variables->count; i++) {
        cn_tensor *one = variables->items[i];
        const void *data = cn_data(one);
        if (!data || !cn_list_add(list, cn_array(data, one->dtype, one->shape)))
            return NULL;
    }
    return list;
}

/* All fit, or none is set. */
static bool check(const cn_list *variables, const cn_list *weights)
{
    if (variables->count != weights->count)
        return cn_fail(CN_EINVAL,
                       "Length of the specified weight list (%zu) does not match the number of "
                       "weights of the optimizer (%zu)",
                       weights->count, variables->count);
    for (size_t i = 0; i < weights->count; i++) {
        const cn_tensor *variable = variables->items[i], *value = weights->items[i];
        if (!cn_shape_equal(variable->shape, value->shape))
            return cn_fail(CN_EINVAL,
                           "Optimizer weight shape %s not compatible with provided weight shape %s "
                           "('%s')",
                           cn_shape_text(variable->shape), cn_shape_text(value->shape),
                           variable->variable->path);
    }
    return true;
}

bool cn_optimizer_set_weights(cn_optimizer *self, const cn_list *weights)
{
    if (!self || !weights)
        return false;
    if (!self->built)
        return cn_fail(CN_ESTATE,
                       "cn_optimizer_set_weights: the optimizer '%s' has no slots yet: "
                       "cn_optimizer_build",
                       self->name);
    bool ok = false;
    CN_SCOPE {
        cn_list *variables = cn_optimizer_weights(self);
        ok = variables && check(variables, weights);
        for (size_t i = 0; ok && i < weights->count; i++) {
            cn_tensor *variable = variables->items[i];
            ok = cn_set_data(variable, cn_data(cn_cast(weights->items[i], variable->dtype)));
        }
    }
    return ok;
}

cn_tensor *cn_add_variable(void *optimizer, cn_str name, cn_shape shape, cn_dtype dtype)
{
    return optimizer && name ? cn_add_state(optimizer, name, shape, dtype, 0, false) : NULL;
}
