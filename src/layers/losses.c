/* What layers add to the loss beside the model's own: inside call, by regularizers, and by
 * functions that finished layers are given.  keras.Layer.add_loss, losses */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "config/registry.h"
#include "graph/trace.h"
#include "layers/layer.h"
#include "ops/ops.h"
#include "regularizers/regularizer.h"

/* ---- inside call ---- */

static bool not_called(const cn_layer *layer, const char *who, const char *instead)
{
    return cn_fail(CN_ESTATE, "%s: %s '%s' is not being called%s", who, cn_class_name(layer),
                   layer->name, instead);
}

bool cn_add_loss(void *layer, cn_tensor *loss)
{
    const cn_call_scope *scope = cn_call_scope_now();
    if (!layer || !loss)
        return false;
    if (!scope)
        return not_called(layer, "cn_add_loss",
                          "; a loss of a finished layer is a function: cn_add_loss_function");
    return !scope->losses || cn_list_add(scope->losses, cn_sum(loss));
}

bool cn_add_update(void *layer, cn_tensor *variable, cn_tensor *value)
{
    cn_call_scope *scope = cn_call_scope_now();
    if (!layer || !variable || !value)
        return false;
    if (!scope)
        return not_called(layer, "cn_add_update", "; use cn_assign");
    if (!cn_is_variable(variable))
        return cn_fail(CN_EINVAL, "cn_add_update: expected a variable");
    if (!scope->updates)
        scope->updates = cn_list_new();
    return scope->updates && cn_list_add(scope->updates, variable) &&
           cn_list_add(scope->updates, value);
}

/* ---- of finished layers ---- */

bool cn_add_loss_function(void *self, cn_layer_loss_function function, void *user)
{
    cn_layer *layer = self;
    if (!layer || !function)
        return cn_fail(CN_EINVAL, "cn_add_loss_function: expected a layer and a function");
    struct cn_layer_state *state = layer->state_;
    if (!cn_mem_reserve(&state->added, &state->added_capacity, state->n_added + 1,
                        sizeof *state->added))
        return false;
    state->added[state->n_added++] = (cn_added_loss){function, user};
    return true;
}

static bool add_function_losses(cn_layer *layer, cn_list *losses)
{
    const struct cn_layer_state *state = layer->state_;
    for (size_t i = 0; i < state->n_added; i++) {
        cn_caller before = cn_caller_now();
        cn_tensor *loss = state->added[i].function(layer, state->added[i].user);
        cn_caller_again(&before);
        if (!loss && !cn_error_code())
            cn_fail(CN_EINVAL, "its loss function returned NULL");
        if (!loss)
            return cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name);
        if (!cn_list_add(losses, cn_sum(loss)))
            return false;
    }
    return true;
}

static bool add_penalties(void *layer, cn_list *losses)
{
    cn_list *weights = cn_weights(layer);
    for (size_t i = 0; weights && i < weights->count; i++) {
        cn_tensor *weight = weights->items[i];
        const char *spec = weight->variable->regularizer;
        if (spec && weight->variable->trainable &&
            !cn_list_add(losses, cn_regularize(spec, weight)))
            return false;
    }
    return weights != NULL;
}

cn_list *cn_penalties(void *layer)
{
    cn_list *losses = cn_list_new(), *layers = losses ? cn_all_layers(layer) : NULL;
    if (!layers || !add_penalties(layer, losses))
        return NULL;
    for (size_t i = 0; i < layers->count; i++)
        if (!add_function_losses(layers->items[i], losses))
            return NULL;
    return losses;
}

cn_list *cn_losses(void *self)
{
    cn_layer *layer = self;
    cn_list *penalties = layer ? cn_penalties(layer) : NULL, *last;
    if (!penalties)
        return NULL;
    last = layer->state_->last_losses;
    return last ? cn_list_concat(last, penalties) : penalties;
}

/* ---- one call for many layers ---- */

/* All words are layers' classes. */
static bool check_classes(const char *list)
{
    for (const char *at = list; at && *at; at += strspn(at, " ")) {
        char name[64];
        size_t word = strcspn(at, " "), n = word < sizeof name ? word : sizeof name - 1;
        memcpy(name, at, n);
        name[n] = 0;
        if (!cn_class_find(CN_LAYERS, name))
            return cn_error_prefix("cn_regularize_layers");
        at += word;
    }
    return true;
}

/* The text is the option's, so that it is saved, and the variable's, which is looked at. */
static int set_regularizer(cn_layer *layer, const char *name, const char *spec)
{
    cn_tensor *weight = spec ? cn_find_weight(layer, name) : NULL;
    char option[64];
    if (!weight)
        return 0;
    strcat(strcpy(option, name), "_regularizer");
    char **slots[] = {&weight->variable->regularizer, cn_instance_text(layer, option)};
    for (size_t i = 0; i < 2 && slots[i]; i++) {
        char *copy = cn_mem_strdup(spec);
        if (!copy)
            return -1;
        cn_mem_free(*slots[i]);
        *slots[i] = copy;
    }
    return 1;
}

static bool check_spec(const char *spec)
{
    return !spec || cn_instance_of_spec(CN_REGULARIZERS, spec);
}

int cn_regularize_layers_with(void *model, const cn_regularize_options *o)
{
    cn_mark_at(o->at, "cn_regularize_layers");
    cn_list *layers =
        model && check_classes(o->classes) && check_spec(o->kernel) && check_spec(o->bias)
            ? cn_all_layers(model)
            : NULL;
    int count = layers ? 0 : -1;
    for (size_t i = 0; count >= 0 && layers && i < layers->count; i++) {
        cn_layer *layer = layers->items[i];
        if (o->classes && !cn_text_among(cn_class_name(layer), o->classes, " "))
            continue;
        int kernel = set_regularizer(layer, "kernel", o->kernel);
        int bias = set_regularizer(layer, "bias", o->bias);
        count = kernel < 0 || bias < 0 ? -1 : count + kernel + bias;
    }
    return count;
}
