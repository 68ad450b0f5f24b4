/* One step of an optimizer, all of it assignments: gradients are filtered, unscaled, gathered,
 * clipped; weights decay, move, are averaged and constrained; the step is counted. */
#include "base/alloc.h"
#include "base/error.h"
#include "graph/shape.h"
#include "cornu/initializers.h"
#include "ops/ops.h"
#include "optimizers/ema.h"
#include "optimizers/kept_step.h"
#include "optimizers/optimizer.h"

/* ---- the pairs ---- */

static bool known_weight(const cn_optimizer *self, const cn_tensor *weight)
{
    return cn_optimizer_place(self, weight) >= 0 ||
           cn_fail(CN_EINVAL,
                   "Unknown variable: %s. This optimizer can only be called for the variables it "
                   "was originally built with. When working with a new set of variables, you "
                   "should recreate a new optimizer instance.",
                   cn_is_variable(weight) ? weight->variable->path : "no variable");
}

/* Pairs that have a gradient, unscaled and of the weight's dtype. */
static bool gather(const cn_optimizer *self, const cn_list *grads, const cn_list *weights,
                   cn_gradient *pairs, size_t *n)
{
    double scale = self->loss_scale_factor;
    for (size_t i = 0; i < weights->count; i++) {
        cn_tensor *weight = weights->items[i], *value = grads->items[i];
        if (!known_weight(self, weight))
            return false;
        if (cn_is_none(value))
            continue;
        if (!cn_shape_matches(value->shape, weight->shape))
            return cn_fail(CN_EINVAL,
                           "cn_apply_gradients: the weight '%s' has shape %s, found a gradient of "
                           "shape %s",
                           weight->variable->path, cn_shape_text(weight->shape),
                           cn_shape_text(value->shape));
        value = CN_IS_NONE(scale) ? value : cn_div(value, scale);
        pairs[(*n)++] = (cn_gradient){weight, cn_cast(value, weight->dtype)};
    }
    return *n || cn_fail(CN_EINVAL, "No gradients provided for any variable.");
}

/* ---- gradients that gather over steps ---- */

static bool accumulates(const cn_optimizer *self)
{
    return !CN_IS_NONE(self->gradient_accumulation_steps) && self->gradient_accumulation_steps;
}

/* bool: does this step end a row of `steps`? */
static cn_tensor *ends_row(cn_tensor *count, int steps)
{
    cn_tensor *next = cn_add(count, 1);
    return cn_equal(cn_sub(next, cn_mul(cn_floor_divide(next, steps), steps)), 0);
}

/* The sum so far takes each gradient in, or is emptied where `ends`; gradients become means. */
static bool accumulate(cn_optimizer *self, cn_gradient *pairs, size_t n, cn_tensor *ends,
                       cn_tensor **sums)
{
    for (size_t i = 0; i < n; i++) {
        cn_tensor *slot = cn_slot(self, pairs[i].weight, "gradient_accumulator");
        cn_tensor *sum = slot ? cn_add(pairs[i].value, slot) : NULL;
        sums[i] = cn_select(ends, 0, sum);
        pairs[i].value = cn_div(sum, self->gradient_accumulation_steps);
        if (!sums[i] || !pairs[i].value)
            return false;
    }
    return true;
}

/* ---- moving ---- */

static bool decay(cn_optimizer *self, cn_tensor *weight, cn_tensor *rate)
{
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    double amount = methods->decay_of ? methods->decay_of(self, weight) : self->weight_decay;
    if (CN_IS_NONE(amount) || amount == 0 || !cn_decays(self, weight))
        return true;
    return cn_assign(weight, cn_sub(weight, cn_mul(weight, cn_mul(rate, amount)))) != NULL;
}

/* A weight whose rate is 0 stays as it is, whatever its gradient. */
static bool move(cn_optimizer *self, const cn_gradient *pair, cn_tensor *rate)
{
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    double factor = cn_rate_factor(self, pair->weight);
    if (factor == 0)
        return true;
    rate = cn_cast(rate, pair->weight->dtype);
    if (factor != 1)
        rate = cn_mul(rate, factor);
    return rate && decay(self, pair->weight, rate) &&
           methods->update(self, pair->weight, pair->value, rate);
}

static bool update(cn_optimizer *self, const cn_gradient *pairs, size_t n)
{
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    cn_tensor *rate = cn_rate_now(self);
    cn_caller before = cn_caller_now();
    bool ok = rate && (!methods->begin || methods->begin(self));
    for (size_t i = 0; i < n && ok; i++)
        ok = move(self, &pairs[i], rate);
    cn_caller_again(&before);
    return ok;
}

static bool clip_and_update(cn_optimizer *self, cn_gradient *pairs, size_t n)
{
    return cn_clip_gradients(self, pairs, n) && update(self, pairs, n);
}

/* The whole step is made, and taken where it ends a row; else only the sums grow. */
static bool update_at_row_ends(cn_optimizer *self, cn_gradient *pairs, size_t n)
{
    cn_tensor *count = cn_trace_read(self->state_->iterations);
    cn_tensor *ends = ends_row(count, self->gradient_accumulation_steps);
    cn_tensor **sums = cn_mem_calloc(n, sizeof *sums);
    cn_list *variables = cn_list_concat(self->state_->weights, self->state_->variables);
    cn_list *before = variables ? cn_values_now(variables) : NULL;
    bool ok = sums && ends && before && accumulate(self, pairs, n, ends, sums) &&
              clip_and_update(self, pairs, n) && cn_values_restore(variables, before, ends);
    for (size_t i = 0; ok && i < n; i++)
        ok = cn_assign(cn_slot(self, pairs[i].weight, "gradient_accumulator"), sums[i]) != NULL;
    cn_mem_free(sums);
    return ok;
}

/* In a trace a variable that was not assigned yet reads as itself, and would read as its new value
 * later: a view of it keeps what it is now. */
static cn_tensor *value_now(cn_tensor *variable)
{
    cn_tensor *now = cn_trace_read(variable);
    return now == variable ? cn_stop_gradient(variable) : now;
}

cn_list *cn_values_now(const cn_list *variables)
{
    cn_list *values = cn_list_new();
    for (size_t i = 0; values && i < variables->count; i++)
        if (!cn_list_add(values, value_now(variables->items[i])))
            return NULL;
    return values;
}

bool cn_values_restore(const cn_list *variables, const cn_list *values, cn_tensor *take)
{
    for (size_t i = 0; i < variables->count; i++) {
        cn_tensor *variable = variables->items[i], *now = cn_trace_read(variable);
        cn_tensor *before = values->items[i];
        bool same = now == before || now == variable;
        if (!same && !cn_assign(variable, cn_select(take, now, before)))
            return false;
    }
    return true;
}

/* ---- averages ---- */

bool cn_update_averages(cn_optimizer *self)
{
    if (!self->use_ema)
        return true;
    const cn_list *weights = self->state_->weights;
    cn_tensor *count = cn_optimizer_iteration(self);
    cn_tensor *momentum = cn_select(cn_equal(count, 0), 0.0, self->ema_momentum);
    int every = self->ema_overwrite_frequency;
    cn_tensor *now = CN_IS_NONE(every) || !every ? NULL : ends_row(count, every);
    for (size_t i = 0; i < weights->count; i++) {
        cn_tensor *weight = weights->items[i], *average = cn_slot(self, weight, "average");
        cn_tensor *m = cn_cast(momentum, weight->dtype);
        cn_tensor *mean = cn_add(cn_mul(m, average), cn_mul(cn_sub(1, m), weight));
        if (!average || !cn_assign(average, mean) ||
            (now && !cn_assign(weight, cn_select(now, mean, weight))))
            return false;
    }
    return true;
}

static bool finalize(cn_optimizer *self, const cn_list *weights)
{
    cn_list *inner = cn_inner_optimizers(self);
    if (!inner)
        return false;
    for (size_t i = 0; i < inner->count; i++)
        if (!finalize(inner->items[i], weights))
            return false;
    for (size_t i = 0; self->use_ema && self->built && i < weights->count; i++) {
        cn_tensor *weight = weights->items[i];
        if (cn_optimizer_place(self, weight) >= 0 &&
            !cn_assign(weight, cn_slot(self, weight, "average")))
            return false;
    }
    return true;
}

bool cn_finalize_weights(cn_optimizer *self, const cn_list *weights)
{
    cn_trace_point before;
    return self && weights && cn_trace_mark(&before) &&
           cn_trace_settle(&before, finalize(self, weights));
}

/* ---- the step ---- */

/* float64 where a weight is, else float32 */
static cn_dtype dtype_of(const cn_gradient *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pairs[i].weight->dtype == CN_FLOAT64)
            return CN_FLOAT64;
    return CN_FLOAT32;
}

cn_tensor *cn_step_number(void *optimizer)
{
    return ((cn_optimizer *)optimizer)->state_->step;
}

bool cn_count_step(cn_optimizer *self)
{
    cn_tensor *iterations = self->state_->iterations;
    return cn_assign(iterations, cn_add(iterations, 1)) != NULL;
}

static bool constrain(const cn_gradient *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cn_tensor *weight = pairs[i].weight;
        const char *spec = weight->variable->constraint;
        if (spec && !cn_assign(weight, cn_constrain(spec, cn_trace_read(weight))))
            return false;
    }
    return true;
}

static bool step(cn_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    cn_gradient *pairs = cn_mem_calloc(weights->count, sizeof *pairs);
    size_t n = 0;
    bool ok = pairs && gather(self, grads, weights, pairs, &n);
    if (ok)
        self->state_->step = cn_cast(cn_add(cn_optimizer_iteration(self), 1), dtype_of(pairs, n));
    ok = ok && self->state_->step &&
         (accumulates(self) ? update_at_row_ends(self, pairs, n)
                            : clip_and_update(self, pairs, n)) &&
         cn_update_averages(self) && constrain(pairs, n) && cn_count_step(self);
    self->state_->step = NULL;
    cn_mem_free(pairs);
    return ok;
}

bool cn_apply_inner(cn_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    if (!self || !grads || !weights)
        return false;
    if (grads->count != weights->count)
        return cn_fail(CN_EINVAL,
                       "cn_apply_gradients: expected as many gradients as weights, found %zu and "
                       "%zu",
                       grads->count, weights->count);
    if (!weights->count)
        return true;
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    return cn_optimizer_build(self, weights) &&
           (methods->apply ? methods->apply(self, grads, weights)
                           : cn_keep_step(self, grads, weights, step));
}

bool cn_apply_gradients(cn_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    cn_trace_point before;
    return cn_trace_mark(&before) &&
           cn_trace_settle(&before,
                           cn_apply_inner(self, grads, weights) && cn_averages_follow(weights));
}

cn_tensor *cn_scale_loss(cn_optimizer *self, cn_tensor *loss)
{
    if (!self || !loss)
        return NULL;
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(self);
    if (methods->loss_scale)
        return cn_mul(loss, methods->loss_scale(self));
    return CN_IS_NONE(self->loss_scale_factor) ? loss : cn_mul(loss, self->loss_scale_factor);
}
