/* Rates that fall along half a cosine.
 * keras.optimizers.schedules.CosineDecay, CosineDecayRestarts */
#include <math.h>

#include "ops/ops.h"
#include "optimizers/schedules/schedule.h"

static const double pi = 3.14159265358979323846;

/* (1 - alpha) (1 + cos(pi fraction)) / 2 factor + alpha; factor may be NULL: 1 */
static cn_tensor *half_cosine(cn_tensor *fraction, cn_tensor *factor, double alpha)
{
    cn_tensor *half = cn_mul(cn_add(cn_cos(cn_mul(fraction, pi)), 1), 0.5);
    if (factor)
        half = cn_mul(half, factor);
    return cn_add(cn_mul(half, 1 - alpha), alpha);
}

#define COSINE(P)                                                                 \
    P(float, initial_learning_rate, CN_REQUIRED, "the rate at first")             \
    P(float, decay_steps, CN_REQUIRED, "the steps of the fall")                   \
    P(float, alpha, 0.0, "the last rate, as a share of that from which it falls") \
    P(cn_str, name, "CosineDecay", "a name")                                      \
    P(float, warmup_target, CN_NONE, "first rise to this rate")                   \
    P(float, warmup_steps, 0.0, "in so many steps")
CN_THING(cosine_decay, cn_instance, COSINE, )

static bool init(cosine_decay *self)
{
    return cn_schedule_positive(self->decay_steps, "decay_steps");
}

static cn_tensor *call(const cosine_decay *self, cn_tensor *step)
{
    double start = self->initial_learning_rate, steps = self->decay_steps;
    double target = self->warmup_target, warmup = self->warmup_steps;
    if (CN_IS_NONE(target)) {
        cn_tensor *share = half_cosine(cn_div(cn_minimum(step, steps), steps), NULL, self->alpha);
        return cn_mul(share, start);
    }
    step = cn_minimum(step, steps + warmup);
    cn_tensor *share = half_cosine(cn_div(cn_sub(step, warmup), steps), NULL, self->alpha);
    cn_tensor *fall = cn_mul(share, target);
    if (warmup <= 0)
        return fall;
    cn_tensor *rise = cn_add(cn_mul(cn_div(step, warmup), target - start), start);
    return cn_select(cn_less(step, warmup), rise, fall);
}
CN_SCHEDULE(cosine_decay, "CosineDecay", .init = init, .call = call)

#define RESTARTS(P)                                                                \
    P(float, initial_learning_rate, CN_REQUIRED, "the rate at first")              \
    P(float, first_decay_steps, CN_REQUIRED, "the steps of the first fall")        \
    P(float, t_mul, 2.0, "each fall takes so many times the steps of that before") \
    P(float, m_mul, 1.0, "and begins at so many times its rate")                   \
    P(float, alpha, 0.0, "the last rate of a fall, as a share of the first rate")  \
    P(cn_str, name, "SGDRDecay", "a name")
CN_THING(cosine_decay_restarts, cn_instance, RESTARTS, )

static bool init_restarts(cosine_decay_restarts *self)
{
    return cn_schedule_positive(self->first_decay_steps, "first_decay_steps");
}

/* In units of the first fall, x lies in fall i, which begins at (1 - t^i) / (1 - t) and has length
 * t^i. */
static cn_tensor *call_restarts(const cosine_decay_restarts *self, cn_tensor *step)
{
    cn_tensor *x = cn_div(step, self->first_decay_steps), *i, *fraction;
    double t = self->t_mul;
    if (t == 1) {
        i = cn_floor(x);
        fraction = cn_sub(x, i);
    } else {
        i = cn_floor(cn_div(cn_log(cn_sub(1, cn_mul(x, 1 - t))), log(t)));
        cn_tensor *length = cn_pow(t, i);
        cn_tensor *start = cn_div(cn_sub(1, length), 1 - t);
        fraction = cn_div(cn_sub(x, start), length);
    }
    cn_tensor *share = half_cosine(fraction, cn_pow(self->m_mul, i), self->alpha);
    return cn_mul(share, self->initial_learning_rate);
}
CN_SCHEDULE(cosine_decay_restarts, "CosineDecayRestarts", .init = init_restarts,
            .call = call_restarts)
