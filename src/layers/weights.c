/* The weights of a layer and of all below it, in the order of Keras's files. */
#include <math.h>

#include "layers/layer.h"

#include <stdio.h>
#include <string.h>
#include "plan/traced.h"

cn_list *cn_own_weights(const cn_layer *layer)
{
    cn_list *list = cn_list_new();
    for (int born = 1; born >= 0; born--)
        for (size_t i = 0; list && i < layer->weights->count; i++) {
            cn_tensor *variable = layer->weights->items[i];
            if (variable->variable->born_trainable == (bool)born && !cn_list_add(list, variable))
                return NULL;
        }
    return list;
}

static bool has(const cn_list *list, const void *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return true;
    return false;
}

static bool add_below(cn_list *list, cn_layer *layer, int depth)
{
    if (has(list, layer))
        return true;
    if (depth > 200)
        return cn_fail(CN_EINVAL, "layer '%s': layers are nested more than 200 deep", layer->name);
    if (!cn_list_add(list, layer))
        return false;
    for (size_t i = 0; i < layer->layers->count; i++)
        if (!add_below(list, layer->layers->items[i], depth + 1))
            return false;
    return true;
}

cn_list *cn_all_layers(void *layer)
{
    cn_list *list = layer ? cn_list_new() : NULL;
    return list && add_below(list, layer, 0) ? list : NULL;
}

cn_tensor *cn_find_weight(const cn_layer *layer, const char *name)
{
    for (size_t i = 0; i < layer->weights->count; i++)
        if (!strcmp(cn_variable_name(layer->weights->items[i]), name))
            return layer->weights->items[i];
    return NULL;
}

bool cn_has_weight(void *layer, cn_str name)
{
    return layer && name && cn_find_weight(layer, name);
}

cn_tensor *cn_layer_weight(void *self, cn_str name)
{
    cn_layer *layer = self;
    cn_tensor *weight = layer && name ? cn_find_weight(layer, name) : NULL;
    char names[256] = "";
    size_t n = 0;
    if (!layer || !name || weight)
        return weight;
    for (size_t i = 0; i < layer->weights->count && n < sizeof names; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "",
                              cn_variable_name(layer->weights->items[i]));
    return cn_fail_null(CN_ENOTFOUND, "%s '%s' has no weight '%s'; %s%s", cn_class_name(layer),
                        layer->name, name, n ? "it has: " : "it has none", names);
}

cn_tensor *cn_share_weight(void *self, cn_tensor *variable)
{
    cn_layer *layer = self;
    if (!layer || !variable)
        return NULL;
    if (!cn_is_variable(variable))
        return cn_fail_null(CN_EINVAL, "cn_share_weight: expected a variable");
    return has(layer->weights, variable) || cn_list_add(layer->weights, variable) ? variable : NULL;
}

typedef bool (*variable_filter)(const cn_tensor *variable);

static cn_list *collect(void *layer, variable_filter filter, bool seeds)
{
    cn_list *layers = cn_all_layers(layer), *list = layers ? cn_list_new() : NULL;
    for (size_t i = 0; list && i < layers->count; i++) {
        cn_layer *one = layers->items[i];
        cn_list *own = cn_own_weights(one);
        if (!own)
            return NULL;
        for (size_t k = 0; k < own->count; k++)
            if ((!filter || filter(own->items[k])) && !has(list, own->items[k]) &&
                !cn_list_add(list, own->items[k]))
                return NULL;
        if (seeds && one->state_->seed && !cn_list_add(list, one->state_->seed))
            return NULL;
    }
    return list;
}

static bool is_trainable(const cn_tensor *variable)
{
    return variable->variable->trainable;
}

static bool is_fixed(const cn_tensor *variable)
{
    return !variable->variable->trainable;
}

cn_list *cn_weights(void *layer)
{
    return collect(layer, NULL, false);
}

cn_list *cn_trainable_weights(void *layer)
{
    return collect(layer, is_trainable, false);
}

cn_list *cn_non_trainable_weights(void *layer)
{
    return collect(layer, is_fixed, false);
}

cn_list *cn_all_variables(void *layer)
{
    return collect(layer, NULL, true);
}

int64_t cn_count_params(void *layer)
{
    cn_list *weights = cn_weights(layer);
    int64_t count = 0;
    for (size_t i = 0; weights && i < weights->count; i++)
        count += cn_size(weights->items[i]);
    return count;
}

bool cn_set_lr_multiplier(void *object, double multiplier)
{
    if (!object)
        return false;
    if (!(multiplier >= 0 && multiplier < INFINITY))
        return cn_fail(CN_EINVAL, "cn_set_lr_multiplier: expected a multiplier >= 0, found %g",
                       multiplier);
    cn_plans_outdated(); /* it is a constant of them */
    if (cn_is(object, &cn_tensor_kind)) {
        if (!cn_expect_variable(object, "cn_set_lr_multiplier"))
            return false;
        ((cn_tensor *)object)->variable->learning_rate_multiplier = multiplier;
        return true;
    }
    cn_list *layers = cn_all_layers(object);
    for (size_t i = 0; layers && i < layers->count; i++) {
        cn_layer *one = layers->items[i];
        one->learning_rate_multiplier = multiplier;
        for (size_t k = 0; k < one->weights->count; k++) {
            cn_tensor *weight = one->weights->items[k];
            weight->variable->learning_rate_multiplier = multiplier;
        }
    }
    return layers != NULL;
}

bool cn_reset_state(void *layer)
{
    cn_list *layers = cn_all_layers(layer);
    for (size_t i = 0; layers && i < layers->count; i++) {
        cn_layer *one = layers->items[i];
        const cn_layer_methods *methods = cn_methods_of(one);
        if (methods->reset_state && !methods->reset_state(one))
            return false;
    }
    return layers;
}

void cn_set_trainable(void *layer, bool trainable)
{
    cn_list *layers = cn_all_layers(layer);
    for (size_t i = 0; layers && i < layers->count; i++) {
        cn_layer *one = layers->items[i];
        one->trainable = trainable;
        for (size_t k = 0; k < one->weights->count; k++) {
            cn_variable_state *state = ((cn_tensor *)one->weights->items[k])->variable;
            state->trainable = trainable && state->born_trainable;
        }
    }
}
