/* AdamW that averages its weights instead of lowering its rate: z moves as Adam's weight does, x is
 * the mean of all z, and the weight is y = (1 - beta_1) z + beta_1 x. The slot "momentum" is z; x
 * is recovered from y and the z that has moved, as Keras does with TensorFlow and PyTorch (with JAX
 * from the z before). keras.optimizers.ScheduleFreeAdamW */
#include "optimizers/moments.h"

#define SCHEDULE_FREE(P)                            \
    CN_RATE_PARAM_(P, "0.0025")                     \
    CN_BETA_PARAMS_(P)                              \
    P(float, epsilon, 1e-8, "keeps divisors off 0") \
    P(float, warmup_steps, 0.0, "steps until the full rate")
CN_OPTIMIZER(schedule_free_adam_w, SCHEDULE_FREE, cn_tensor *reached, *warmth, *share;)

static bool build(schedule_free_adam_w *self, const cn_list *weights)
{
    if (!cn_add_slots(self, weights, (const char *const[]){"momentum", "velocity", NULL}))
        return false;
    for (size_t i = 0; i < weights->count; i++) {
        cn_tensor *w = weights->items[i];
        if (!cn_set_data(cn_slot(self, w, "momentum"), cn_data(w)))
            return false;
    }
    return true;
}

static bool begin(schedule_free_adam_w *self)
{
    cn_tensor *step = cn_step_number(self);
    self->reached = cn_mean_reached(self, self->beta_2);
    self->share = cn_reciprocal(step);
    self->warmth =
        self->warmup_steps > 0 ? cn_minimum(cn_div(step, self->warmup_steps), 1.0) : NULL;
    return self->reached && self->share;
}

static bool update(schedule_free_adam_w *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    double beta = self->beta_1;
    cn_tensor *slot = cn_slot(self, w, "momentum");
    if (self->warmth)
        rate = cn_mul(rate, cn_cast(self->warmth, w->dtype));
    cn_tensor *v = cn_move_mean(self, w, "velocity", cn_square(g), self->beta_2);
    cn_tensor *root = cn_sqrt(cn_div(v, cn_cast(self->reached, w->dtype)));
    cn_tensor *step = cn_div(cn_mul(g, rate), cn_add(root, self->epsilon));
    cn_tensor *z = cn_assign(slot, cn_sub(slot, step));
    cn_tensor *x = cn_div(cn_sub(w, cn_mul(z, 1 - beta)), beta);
    cn_tensor *share = cn_cast(self->share, w->dtype);
    x = cn_add(cn_mul(x, cn_sub(1, share)), cn_mul(z, share));
    return cn_assign(w, cn_add(cn_mul(z, 1 - beta), cn_mul(x, beta))) != NULL;
}

CN_BUILTIN_OPTIMIZER(schedule_free_adam_w, "ScheduleFreeAdamW", "schedulefreeadamw", .build = build,
                     .begin = begin, .update = update)
