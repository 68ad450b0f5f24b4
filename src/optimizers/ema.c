/* Moving averages of all weights of a model: variables that a training step assigns to after it has
 * moved the weights, in the same plan. */
#include "optimizers/ema.h"

#include "base/alloc.h"
#include "graph/trace.h"
#include "models/model.h"
#include "ops/ops.h"
#include "plan/traced.h"

/* What the user has: keeps the model too. */
struct cn_ema {
    cn_object object;
    cn_model *model;     /* held */
    cn_average *average; /* held */
};

/* ---- made and gone ---- */

static void forget(void *object)
{
    cn_average *self = object;
    for (size_t i = 0; self->weights && i < self->weights->count; i++) {
        cn_variable_state *weight = ((cn_tensor *)self->weights->items[i])->variable;
        if (weight->average == self)
            weight->average = NULL;
    }
    cn_release(self->weights);
    cn_release(self->shadows);
    cn_release(self->updates);
}

static const cn_kind average_kind = {"average", forget};

static bool add_shadow(cn_average *self, cn_tensor *weight)
{
    cn_variable_state *state = weight->variable;
    if (state->average)
        return cn_fail(CN_EINVAL, "cn_ema_new: the weight '%s' belongs to another average already",
                       state->path);
    cn_tensor *shadow = cn_variable_make(state->name, weight->shape, weight->dtype, false);
    const void *data = shadow ? cn_data(weight) : NULL;
    if (!data || !cn_set_data(shadow, data) || !cn_list_add(self->shadows, shadow))
        return false;
    state->average = self;
    return true;
}

cn_average *cn_average_new(cn_model *model, double momentum)
{
    cn_average *self = cn_object_new(&average_kind, sizeof *self);
    cn_list *weights = self ? cn_weights(model) : NULL;
    if (!weights)
        return NULL;
    self->momentum = momentum;
    self->weights = cn_retain(weights);
    self->shadows = cn_retain(cn_list_new());
    self->updates = cn_retain(cn_variable_make("updates", CN_SCALAR, CN_INT64, false));
    bool ok = self->shadows && self->updates;
    for (size_t i = 0; ok && i < weights->count; i++)
        ok = add_shadow(self, weights->items[i]);
    if (!ok)
        return NULL;
    cn_replace(&model->state_->average, self);
    cn_plans_outdated(); /* steps must follow it from now on */
    return self;
}

static void let_go(void *object)
{
    cn_ema *self = object;
    cn_release(self->average);
    cn_release(self->model);
}

static const cn_kind ema_kind = {"ema", let_go};

/* ---- in a step ---- */

static bool follow(cn_average *self)
{
    if (self->applied)
        return cn_fail(CN_ESTATE, "the model has its averages in the place of its weights: "
                                  "cn_ema_reset before training");
    for (size_t i = 0; i < self->weights->count; i++) {
        cn_tensor *weight = self->weights->items[i], *shadow = self->shadows->items[i];
        cn_tensor *next = cn_trace_read(weight);
        if (cn_dtype_is_float(weight->dtype))
            next = cn_add(cn_mul(shadow, self->momentum), cn_mul(next, 1 - self->momentum));
        if (!cn_assign(shadow, next))
            return false;
    }
    return cn_assign(self->updates, cn_add(self->updates, 1)) != NULL;
}

bool cn_averages_follow(const cn_list *weights)
{
    cn_list *done = cn_list_new();
    for (size_t i = 0; done && i < weights->count; i++) {
        cn_variable_state *weight = ((cn_tensor *)weights->items[i])->variable;
        cn_average *average = weight->average;
        weight->moved = true;
        bool seen = !average;
        for (size_t k = 0; k < done->count; k++)
            seen = seen || done->items[k] == average;
        if (!seen && (!cn_list_add(done, average) || !follow(average)))
            return false;
    }
    return done != NULL;
}

bool cn_average_may_train(const cn_model *model)
{
    const cn_average *average = model->state_->average;
    return !average || !average->applied ||
           cn_fail(CN_ESTATE, "the model has its averages in the place of its weights: "
                              "cn_ema_reset before training");
}

void cn_weights_fresh(cn_model *model)
{
    CN_SCOPE {
        cn_list *weights = cn_weights(model);
        for (size_t i = 0; weights && i < weights->count; i++)
            ((cn_tensor *)weights->items[i])->variable->moved = false;
    }
}

/* ---- the public door ---- */

static bool may_begin(cn_model *model)
{
    cn_list *weights = cn_weights(model);
    if (!weights)
        return false;
    if (!weights->count)
        return cn_fail(CN_ESTATE, "cn_ema_new: the model has no weights yet: begin it with a "
                                  "cn_input, or call it first");
    for (size_t i = 0; i < weights->count; i++)
        if (((cn_tensor *)weights->items[i])->variable->moved)
            return cn_fail(CN_ESTATE, "cn_ema_new: the model has been trained already: an average "
                                      "begins after cn_compile, before the first step");
    return true;
}

cn_ema *cn_ema_new(cn_model *model, double momentum)
{
    if (!model)
        return NULL;
    if (!cn_is_model(model))
        return cn_fail_null(CN_EINVAL, "cn_ema_new: expected a model");
    if (!(momentum >= 0 && momentum <= 1))
        return cn_fail_null(CN_EINVAL, "cn_ema_new: expected a momentum in [0, 1], found %g",
                            momentum);
    cn_average *average = model->state_->average;
    if (average && average->momentum != momentum)
        return cn_fail_null(CN_ESTATE,
                            "cn_ema_new: the model has an average of momentum %g already, found %g",
                            average->momentum, momentum);
    if (!average)
        average = may_begin(model) ? cn_average_new(model, momentum) : NULL;
    cn_ema *self = average ? cn_object_new(&ema_kind, sizeof *self) : NULL;
    if (!self)
        return NULL;
    self->model = cn_retain(model);
    self->average = cn_retain(average);
    return self;
}

static void swap(cn_average *self)
{
    for (size_t i = 0; i < self->weights->count; i++) {
        cn_variable_state *weight = ((cn_tensor *)self->weights->items[i])->variable;
        cn_variable_state *shadow = ((cn_tensor *)self->shadows->items[i])->variable;
        cn_buffer *buffer = weight->buffer;
        weight->buffer = shadow->buffer;
        shadow->buffer = buffer;
    }
    self->applied = !self->applied;
}

bool cn_ema_apply(cn_ema *self)
{
    if (!self || !cn_compute(cn_list_new())) /* what was assigned is there first */
        return false;
    if (self->average->applied)
        return cn_fail(CN_ESTATE, "cn_ema_apply: the averages are applied already");
    swap(self->average);
    return true;
}

bool cn_ema_reset(cn_ema *self)
{
    if (!self || !cn_compute(cn_list_new()))
        return false;
    if (!self->average->applied)
        return cn_fail(CN_ESTATE, "cn_ema_reset: the averages are not applied");
    swap(self->average);
    return true;
}

cn_list *cn_ema_averages(cn_ema *self)
{
    if (!self)
        return NULL;
    const cn_list *list = self->average->applied ? self->average->weights : self->average->shadows;
    return cn_list_make(list->items, list->count);
}

int64_t cn_ema_updates(cn_ema *self)
{
    double n = 0;
    if (self)
        CN_SCOPE {
            n = cn_item(self->average->updates);
        }
    return (int64_t)n;
}
