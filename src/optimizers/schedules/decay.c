/* Rates that fall with the step, by powers and fractions.
 * keras.optimizers.schedules.ExponentialDecay, InverseTimeDecay, PolynomialDecay */
#include "ops/ops.h"
#include "optimizers/schedules/schedule.h"

#define STAIRCASE(P)                                                  \
    P(float, initial_learning_rate, CN_REQUIRED, "the rate at first") \
    P(float, decay_steps, CN_REQUIRED, "the steps of one decay")      \
    P(float, decay_rate, CN_REQUIRED, "how much it decays")           \
    P(bool, staircase, false, "change at whole multiples of the steps only")

/* The number of decays done. */
static cn_tensor *decays(cn_tensor *step, double steps, bool staircase)
{
    cn_tensor *p = cn_div(step, steps);
    return staircase ? cn_floor(p) : p;
}

/* initial * rate ^ p */
#define EXPONENTIAL(P) STAIRCASE(P) P(cn_str, name, "ExponentialDecay", "a name")
CN_THING(exponential_decay, cn_instance, EXPONENTIAL, )

static bool init_exponential(exponential_decay *self)
{
    return cn_schedule_positive(self->decay_steps, "decay_steps");
}

static cn_tensor *call_exponential(const exponential_decay *self, cn_tensor *step)
{
    cn_tensor *p = decays(step, self->decay_steps, self->staircase);
    return cn_mul(cn_pow(self->decay_rate, p), self->initial_learning_rate);
}
CN_SCHEDULE(exponential_decay, "ExponentialDecay", .init = init_exponential,
            .call = call_exponential)

/* initial / (1 + rate * p) */
#define INVERSE_TIME(P) STAIRCASE(P) P(cn_str, name, "InverseTimeDecay", "a name")
CN_THING(inverse_time_decay, cn_instance, INVERSE_TIME, )

static bool init_inverse(inverse_time_decay *self)
{
    return cn_schedule_positive(self->decay_steps, "decay_steps");
}

static cn_tensor *call_inverse(const inverse_time_decay *self, cn_tensor *step)
{
    cn_tensor *p = decays(step, self->decay_steps, self->staircase);
    return cn_div(self->initial_learning_rate, cn_add(cn_mul(p, self->decay_rate), 1));
}
CN_SCHEDULE(inverse_time_decay, "InverseTimeDecay", .init = init_inverse, .call = call_inverse)

/* (initial - end) * (1 - step / steps) ^ power + end */
#define POLYNOMIAL(P)                                                   \
    P(float, initial_learning_rate, CN_REQUIRED, "the rate at first")   \
    P(float, decay_steps, CN_REQUIRED, "the steps until the last rate") \
    P(float, end_learning_rate, 0.0001, "the last rate")                \
    P(float, power, 1.0, "of the polynomial")                           \
    P(bool, cycle, false, "begin again beyond the steps")               \
    P(cn_str, name, "PolynomialDecay", "a name")
CN_THING(polynomial_decay, cn_instance, POLYNOMIAL, )

static bool init_polynomial(polynomial_decay *self)
{
    return cn_schedule_positive(self->decay_steps, "decay_steps");
}

/* step / steps, at most 1: beyond, either it stays there or the steps become a multiple. */
static cn_tensor *progress(const polynomial_decay *self, cn_tensor *step)
{
    if (!self->cycle)
        return cn_div(cn_minimum(step, self->decay_steps), self->decay_steps);
    cn_tensor *times = cn_maximum(cn_ceil(cn_div(step, self->decay_steps)), 1);
    return cn_div(step, cn_mul(times, self->decay_steps));
}

static cn_tensor *call_polynomial(const polynomial_decay *self, cn_tensor *step)
{
    cn_tensor *left = cn_pow(cn_sub(1, progress(self, step)), self->power);
    double range = self->initial_learning_rate - self->end_learning_rate;
    return cn_add(cn_mul(left, range), self->end_learning_rate);
}
CN_SCHEDULE(polynomial_decay, "PolynomialDecay", .init = init_polynomial, .call = call_polynomial)
