/* Follow the regularized leader, for sparse linear models.
 *     z += g' - (n'^p - n^p) w / rate, with n' = n + g^2, g' = g + 2 shrinkage w,
 *         p = -learning_rate_power
 *     w = (clip(z, -l1, l1) - z) / (n'^p / rate + 2 (l2 + beta / (2 rate)))
 * keras.optimizers.Ftrl */
#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define FTRL(P)                                                                      \
    CN_RATE_PARAM_(P, "0.001")                                                       \
    P(float, learning_rate_power, -0.5, "how the rate falls with what was gathered") \
    P(float, initial_accumulator_value, 0.1, "the sum of squares at first")          \
    P(float, l1_regularization_strength, 0.0, "penalty of magnitudes")               \
    P(float, l2_regularization_strength, 0.0, "penalty of squares")                  \
    P(float, l2_shrinkage_regularization_strength, 0.0, "pull towards 0")            \
    P(float, beta, 0.0, "added to the divisor of the rate")
CN_OPTIMIZER(ftrl, FTRL, )

static bool check(double value, const char *name)
{
    return value >= 0 || cn_fail(CN_EINVAL, "`%s` needs to be positive or zero. Received: %s=%g.",
                                 name, name, value);
}

static bool init(ftrl *self)
{
    if (self->learning_rate_power > 0)
        return cn_fail(CN_EINVAL,
                       "`learning_rate_power` needs to be negative or zero. Received: "
                       "learning_rate_power=%g.",
                       self->learning_rate_power);
    return check(self->initial_accumulator_value, "initial_accumulator_value") &&
           check(self->l1_regularization_strength, "l1_regularization_strength") &&
           check(self->l2_regularization_strength, "l2_regularization_strength") &&
           check(self->l2_shrinkage_regularization_strength,
                 "l2_shrinkage_regularization_strength");
}

static bool build(ftrl *self, const cn_list *weights)
{
    for (size_t i = 0; i < weights->count; i++)
        if (!cn_add_slot_of(self, weights->items[i], "accumulator",
                            self->initial_accumulator_value) ||
            !cn_add_slot(self, weights->items[i], "linear"))
            return false;
    return true;
}

static cn_tensor *power(const ftrl *self, cn_tensor *n)
{
    double p = -self->learning_rate_power;
    return p == 0.5 ? cn_sqrt(n) : cn_pow(n, p);
}

static bool update(ftrl *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *n = cn_slot(self, w, "accumulator"), *linear = cn_slot(self, w, "linear");
    double l1 = self->l1_regularization_strength, l2 = self->l2_regularization_strength;
    double shrink = 2 * self->l2_shrinkage_regularization_strength;
    cn_tensor *pulled = shrink ? cn_add(g, cn_mul(w, shrink)) : g;
    cn_tensor *gathered = cn_add(n, cn_square(g)), *raised = power(self, gathered);
    cn_tensor *change = cn_div(cn_sub(raised, power(self, n)), rate);
    cn_tensor *z = cn_add(linear, cn_sub(pulled, cn_mul(change, w)));
    cn_tensor *quadratic = cn_add(cn_div(cn_add(raised, self->beta), rate), 2 * l2);
    cn_tensor *moved = cn_div(cn_sub(cn_clip(z, -l1, l1), z), quadratic);
    return cn_assign(linear, z) && cn_assign(w, moved) && cn_assign(n, gathered);
}

CN_BUILTIN_OPTIMIZER(ftrl, "Ftrl", NULL, .init = init, .build = build, .update = update)
