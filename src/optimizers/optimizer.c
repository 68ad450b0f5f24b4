/* Optimizers come and go; their variables. keras.optimizers.Optimizer */
#include "optimizers/kept_step.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/registry.h"
#include "graph/shape.h"
#include "layers/layer.h"
#include "ops/ops.h"

const cn_optimizer_methods *cn_optimizer_methods_of(const cn_optimizer *self)
{
    return ((const cn_instance *)self)->cls->methods;
}

cn_list *cn_inner_optimizers(const cn_optimizer *self)
{
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    return methods->inner ? methods->inner(self) : cn_list_new();
}

/* ---- making ---- */

static bool check_number(double value, const char *name)
{
    return CN_IS_NONE(value) || value >= 0 ||
           cn_fail(CN_EINVAL, "Expected %s >= 0, received: %g", name, value);
}

static bool check_clipping(const cn_optimizer *self)
{
    if (!CN_IS_NONE(self->clipnorm) && !CN_IS_NONE(self->global_clipnorm))
        return cn_fail(CN_EINVAL,
                       "Only one of `clipnorm` and `global_clipnorm` can be set. Received: "
                       "clipnorm=%g, global_clipnorm=%g",
                       self->clipnorm, self->global_clipnorm);
    return check_number(self->clipnorm, "clipnorm") && check_number(self->clipvalue, "clipvalue") &&
           check_number(self->global_clipnorm, "global_clipnorm") &&
           check_number(self->decay, "decay");
}

static bool check_options(const cn_optimizer *self)
{
    int steps = self->gradient_accumulation_steps, every = self->ema_overwrite_frequency;
    if (!CN_IS_NONE(steps) && steps && steps < 2)
        return cn_fail(CN_EINVAL,
                       "`gradient_accumulation_steps` must be an integer >= 2. Received: "
                       "gradient_accumulation_steps=%d",
                       steps);
    if (self->use_ema && (self->ema_momentum > 1 || self->ema_momentum < 0))
        return cn_fail(CN_EINVAL,
                       "`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=%g",
                       self->ema_momentum);
    if (self->use_ema && !CN_IS_NONE(every) && every < 0)
        return cn_fail(CN_EINVAL,
                       "`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
                       "ema_overwrite_frequency=%d",
                       every);
    return check_clipping(self);
}

static bool init(void *object)
{
    cn_optimizer *self = object;
    if (!check_options(self))
        return false;
    if (!self->name) {
        char snake[128];
        cn_snake_case(((cn_instance *)object)->cls->name, snake, sizeof snake);
        self->name = cn_mem_strdup(cn_unique_name(snake));
    }
    self->state_ = cn_mem_calloc(1, sizeof *self->state_);
    if (!self->state_ || !self->name)
        return false;
    self->state_->variables = cn_retain(cn_list_new());
    return self->state_->variables && cn_rate_init(self) && cn_rate_factors_init(self);
}

static void destroy(void *object)
{
    struct cn_optimizer_state *state = ((cn_optimizer *)object)->state_;
    if (!state)
        return;
    for (size_t i = 0; i < state->n_slots; i++)
        cn_mem_free(state->slots[i].name);
    cn_mem_free(state->slots);
    cn_mem_free(state->excluded_names);
    cn_json_free(state->rate_factors);
    cn_kept_step_free(state->kept);
    cn_map_free(&state->index);
    cn_map_free(&state->excluded);
    cn_release(state->variables);
    cn_release(state->weights);
    cn_release(state->schedule);
    cn_mem_free(state);
}

static bool write_config(const void *object, cn_json *config)
{
    const cn_optimizer *self = object;
    cn_json_free(cn_json_remove(config, "decay")); /* it is in the rate */
    return cn_rate_write(self, config);
}

CN_COMMON_ROWS(cn_optimizer, CN_OPTIMIZER_PARAMS)

__attribute__((constructor)) static void before_main(void)
{
    cn_family_set_hooks(CN_OPTIMIZERS, (cn_family_hooks){init, destroy, write_config, common_rows,
                                                         &common_defaults, NULL});
}

bool cn_optimizer_read(cn_json *config)
{
    static const char *const ignored[] = {"jit_compile", "is_legacy_optimizer"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        cn_json_free(cn_json_remove(config, ignored[i]));
    cn_json *decay = cn_json_get(config, "decay");
    if (cn_json_is(decay, CN_JSON_NULL))
        cn_json_free(cn_json_remove(config, "decay"));
    cn_json *rate = cn_json_remove(config, "lr");
    return !rate || cn_json_set(config, "learning_rate", rate);
}

cn_optimizer *cn_optimizer_new(cn_str spec)
{
    return cn_instance_of_spec(CN_OPTIMIZERS, spec);
}

cn_optimizer *cn_optimizer_of_class(const cn_class *cls, const void *options)
{
    return cn_instance_new(cls, options);
}

/* ---- variables ---- */

static cn_tensor *add_variable(cn_optimizer *self, const char *name, cn_shape shape, cn_dtype dtype,
                               double value, bool bare)
{
    cn_tensor *variable = cn_variable_make(name, shape, dtype, false);
    if (!variable)
        return NULL;
    if (!bare) {
        cn_mem_free(variable->variable->path);
        variable->variable->path = cn_mem_printf("%s/%s", self->name, name);
    }
    bool ok = variable->variable->path != NULL;
    if (value != 0)
        CN_SCOPE {
            ok = ok && cn_set_data(variable, cn_data(cn_full(shape, value, dtype)));
        }
    return ok && cn_list_add(self->state_->variables, variable) ? variable : NULL;
}

cn_tensor *cn_add_state(void *optimizer, cn_str name, cn_shape shape, cn_dtype dtype, double value,
                        bool bare)
{
    return add_variable(optimizer, name, shape, dtype, value, bare);
}

/* "dense/kernel" and "momentum": "dense_kernel_momentum" */
static char *slot_name(const cn_tensor *weight, const char *name)
{
    char *text = cn_mem_printf("%s_%s", weight->variable->path, name);
    for (char *c = text; c && *c; c++)
        if (*c == '/')
            *c = '_';
    return text;
}

static bool enter(struct cn_optimizer_state *state, cn_tensor *weight, const char *name,
                  cn_tensor *variable)
{
    if (!cn_mem_reserve(&state->slots, &state->slots_capacity, state->n_slots + 1,
                        sizeof *state->slots))
        return false;
    char *copy = cn_mem_strdup(name);
    if (copy)
        state->slots[state->n_slots++] = (cn_slot_entry){weight, copy, variable};
    return copy != NULL;
}

cn_tensor *cn_add_slot_shaped(void *optimizer, cn_tensor *weight, cn_str name, cn_str variable_name,
                              cn_shape shape, cn_dtype dtype, bool bare)
{
    cn_optimizer *self = optimizer;
    cn_tensor *variable = add_variable(self, variable_name, shape, dtype, 0, bare);
    return variable && enter(self->state_, weight, name, variable) ? variable : NULL;
}

cn_tensor *cn_add_slot_of(void *optimizer, cn_tensor *weight, cn_str name, double value)
{
    cn_optimizer *self = optimizer;
    if (!self || !name || !cn_expect_variable(weight, "cn_add_slot"))
        return NULL;
    char *text = slot_name(weight, name);
    cn_tensor *variable =
        text ? add_variable(self, text, weight->shape, weight->dtype, value, false) : NULL;
    cn_mem_free(text);
    return variable && enter(self->state_, weight, name, variable) ? variable : NULL;
}

cn_tensor *cn_add_slot(void *optimizer, cn_tensor *weight, cn_str name)
{
    return cn_add_slot_of(optimizer, weight, name, 0);
}

bool cn_add_slots(void *optimizer, const cn_list *weights, const char *const *names)
{
    for (size_t i = 0; i < weights->count; i++)
        for (const char *const *name = names; *name; name++)
            if (!cn_add_slot(optimizer, weights->items[i], *name))
                return false;
    return true;
}

/* Updates ask in the order of making: the search begins where the last one ended. */
cn_tensor *cn_slot(void *optimizer, cn_tensor *weight, cn_str name)
{
    struct cn_optimizer_state *state = optimizer ? ((cn_optimizer *)optimizer)->state_ : NULL;
    if (!state || !weight)
        return NULL;
    for (size_t i = 0; i < state->n_slots; i++) {
        size_t at = (state->last_slot + i) % state->n_slots;
        if (state->slots[at].weight == weight && !strcmp(state->slots[at].name, name)) {
            state->last_slot = at;
            return state->slots[at].variable;
        }
    }
    return cn_fail_null(CN_ENOTFOUND, "cn_slot: the weight '%s' has no slot '%s'",
                        cn_is_variable(weight) ? weight->variable->path : "?", name);
}

static bool add_variables(cn_list *list, const cn_optimizer *self)
{
    const cn_list *variables = self->state_->variables;
    return cn_list_add_all(list, variables->items, variables->count);
}

cn_list *cn_optimizer_variables(cn_optimizer *self)
{
    cn_list *list = self ? cn_list_new() : NULL;
    if (!list || !add_variables(list, self))
        return NULL;
    cn_list *inner = cn_inner_optimizers(self);
    for (size_t i = 0; inner && i < inner->count; i++)
        if (!add_variables(list, inner->items[i]))
            return NULL;
    return inner ? list : NULL;
}

/* ---- building ---- */

static bool index_weights(cn_optimizer *self, const cn_list *weights)
{
    struct cn_optimizer_state *state = self->state_;
    cn_map_free(&state->index); /* of a try that failed */
    cn_replace(&state->weights, cn_list_make(weights->items, weights->count));
    for (size_t i = 0; state->weights && i < weights->count; i++)
        if (!cn_expect_variable(weights->items[i], "cn_optimizer_build") ||
            !cn_map_put(&state->index, weights->items[i], (void *)(uintptr_t)(i + 1)))
            return false;
    return state->weights != NULL;
}

/* Takes what a build that failed has made away again. */
static void unbuild(cn_optimizer *self, size_t variables)
{
    struct cn_optimizer_state *state = self->state_;
    while (state->n_slots)
        cn_mem_free(state->slots[--state->n_slots].name);
    state->last_slot = 0;
    cn_list_cut(state->variables, variables);
}

bool cn_optimizer_build(cn_optimizer *self, const cn_list *weights)
{
    if (!self || self->built)
        return self != NULL;
    size_t variables = self->state_->variables->count;
    if (!weights || !index_weights(self, weights))
        return false;
    const char *const averages[] = {self->use_ema ? "average" : NULL, NULL};
    int steps = self->gradient_accumulation_steps;
    const char *const sums[] = {CN_IS_NONE(steps) || !steps ? NULL : "gradient_accumulator", NULL};
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    cn_caller before = cn_caller_now();
    self->built = cn_add_slots(self, weights, averages) && cn_add_slots(self, weights, sums) &&
                  (!methods->build || methods->build(self, weights));
    cn_caller_again(&before);
    if (!self->built)
        unbuild(self, variables);
    return self->built;
}

long cn_optimizer_place(const cn_optimizer *self, const cn_tensor *weight)
{
    return (long)(uintptr_t)cn_map_get(&self->state_->index, weight) - 1;
}

/* ---- weight decay ---- */

bool cn_exclude_from_weight_decay(cn_optimizer *self, const cn_list *weights, cn_str names)
{
    if (!self)
        return false;
    if (self->built)
        return cn_fail(CN_ESTATE, "`exclude_from_weight_decay()` can only be configured before the "
                                  "optimizer is built.");
    struct cn_optimizer_state *state = self->state_;
    cn_map_free(&state->excluded);
    for (size_t i = 0; weights && i < weights->count; i++)
        if (!cn_map_put(&state->excluded, weights->items[i], state))
            return false;
    cn_mem_free(state->excluded_names);
    state->excluded_names = cn_mem_strdup(names);
    return state->excluded_names || !names;
}

static bool contains(const char *text, const char *word, size_t length)
{
    for (; strlen(text) >= length; text++)
        if (!memcmp(text, word, length))
            return true;
    return false;
}

bool cn_decays(const cn_optimizer *self, const cn_tensor *weight)
{
    if (cn_map_has(&self->state_->excluded, weight))
        return false;
    for (const char *at = self->state_->excluded_names; at && *at;) {
        size_t length = strcspn(at, "|");
        if (length && contains(weight->variable->name, at, length))
            return false;
        at += length + (at[length] == '|');
    }
    return true;
}
