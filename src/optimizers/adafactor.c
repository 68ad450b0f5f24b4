/* Adam's mean square kept as a row and a column for each matrix.
 *     r = b r + (1 - b) mean(g^2 + epsilon_1 over the last axis), c the same over the last but one
 *     v = (r / mean(r)) c;  u = g / sqrt(v);  w -= a u / max(1, rms(u) / clip_threshold)
 *     with b = 1 - t^beta_2_decay, a = max(epsilon_2, rms(w)) min(rate, 1 / sqrt(t))
 * keras.optimizers.Adafactor */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define ADAFACTOR(P)                                                     \
    CN_RATE_PARAM_(P, "0.001")                                           \
    P(float, beta_2_decay, -0.8, "how the memory grows with the step")   \
    P(float, epsilon_1, 1e-30, "added to squares of gradients")          \
    P(float, epsilon_2, 1e-3, "the least size that a weight counts for") \
    P(float, clip_threshold, 1.0, "the largest size of a step")          \
    P(bool, relative_step, true, "the rate is at most 1 / sqrt(step)")
CN_OPTIMIZER(adafactor, ADAFACTOR, cn_tensor *beta, *most;)

static cn_shape without(cn_shape shape, int axis)
{
    return cn_shape_remove(shape, shape.rank + axis);
}

/* Vectors have no factors; Keras keeps a number in place of each, and so do files. */
static bool add_factors(adafactor *self, cn_tensor *w)
{
    const char *name = w->variable->name;
    if (w->shape.rank < 2)
        return cn_add_slot_shaped(self, w, "r", name, CN_SCALAR, CN_INT32, true) &&
               cn_add_slot_shaped(self, w, "c", name, CN_SCALAR, CN_INT32, true);
    return cn_add_slot_shaped(self, w, "r", name, without(w->shape, -1), w->dtype, false) &&
           cn_add_slot_shaped(self, w, "c", name, without(w->shape, -2), w->dtype, false);
}

static bool build(adafactor *self, const cn_list *weights)
{
    for (size_t i = 0; i < weights->count; i++)
        if (!add_factors(self, weights->items[i]) ||
            !cn_add_slot(self, weights->items[i], "velocity"))
            return false;
    return true;
}

static bool begin(adafactor *self)
{
    cn_tensor *step = cn_step_number(self);
    self->beta = cn_sub(1, cn_pow(step, self->beta_2_decay));
    self->most = cn_rsqrt(step);
    return self->beta && self->most;
}

static cn_tensor *blend(cn_tensor *beta, cn_tensor *slot, cn_tensor *x)
{
    return cn_assign(slot, cn_add(cn_mul(slot, beta), cn_mul(x, cn_sub(1, beta))));
}

/* The mean square of the gradient, (like w). */
static cn_tensor *mean_square(adafactor *self, cn_tensor *w, cn_tensor *g)
{
    cn_tensor *beta = cn_cast(self->beta, w->dtype), *v = cn_slot(self, w, "velocity");
    cn_tensor *squares = cn_add(cn_square(g), self->epsilon_1);
    if (w->shape.rank < 2)
        return blend(beta, v, squares);
    cn_tensor *r = blend(beta, cn_slot(self, w, "r"), cn_mean(squares, .axis = {{-1}}));
    cn_tensor *c = blend(beta, cn_slot(self, w, "c"), cn_mean(squares, .axis = {{-2}}));
    cn_tensor *share = cn_div(r, cn_mean(r, .axis = {{-1}}, .keepdims = true));
    return cn_assign(v, cn_mul(cn_expand_dims(share, -1), cn_expand_dims(c, -2)));
}

static cn_tensor *rms(cn_tensor *x)
{
    return cn_sqrt(cn_mean(cn_square(x)));
}

static bool update(adafactor *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *size = cn_mul(cn_maximum(rms(cn_trace_read(w)), self->epsilon_2),
                             cn_minimum(rate, cn_cast(self->most, w->dtype)));
    cn_tensor *u = cn_div(g, cn_sqrt(mean_square(self, w, g)));
    cn_tensor *clip = cn_maximum(cn_div(rms(u), self->clip_threshold), 1);
    return cn_assign(w, cn_sub(w, cn_mul(cn_div(u, clip), size))) != NULL;
}

CN_BUILTIN_OPTIMIZER(adafactor, "Adafactor", NULL, .build = build, .begin = begin, .update = update)
