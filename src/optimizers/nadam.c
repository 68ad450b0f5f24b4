/* Adam with Nesterov's momentum, whose decay has a schedule: u_t = beta_1 (1 - 0.96^t / 2).
 *     m_hat = u_(t+1) m / (1 - U u_(t+1)) + (1 - u_t) g / (1 - U), U the product of u_1 … u_t
 *     w -= rate m_hat / (sqrt(v / (1 - beta_2^t)) + epsilon)
 * keras.optimizers.Nadam */
#include "optimizers/moments.h"

#define NADAM(P)               \
    CN_RATE_PARAM_(P, "0.001") \
    CN_BETA_PARAMS_(P)         \
    CN_EPSILON_PARAM_(P)
CN_OPTIMIZER(nadam, NADAM, cn_tensor *product, *by_mean, *by_gradient, *reached;)

static bool build(nadam *self, const cn_list *weights)
{
    const cn_tensor *first = weights->count ? weights->items[0] : NULL;
    if (!cn_add_slots(self, weights, (const char *const[]){"momentum", "velocity", NULL}))
        return false;
    self->product = cn_add_state(self, "variable", CN_SCALAR, first ? first->dtype : CN_FLOAT32, 1,
                                 true); /* the list of variables holds it */
    return self->product != NULL;
}

/* u at a step */
static cn_tensor *decay_at(const nadam *self, cn_tensor *step)
{
    return cn_mul(cn_sub(1.0, cn_mul(cn_pow(0.96, step), 0.5)), self->beta_1);
}

static bool begin(nadam *self)
{
    cn_tensor *step = cn_step_number(self), *now = decay_at(self, step);
    cn_tensor *next = decay_at(self, cn_add(step, 1));
    cn_tensor *product = cn_cast(cn_mul(self->product, now), step->dtype);
    self->by_mean = cn_div(next, cn_sub(1, cn_mul(product, next)));
    self->by_gradient = cn_div(cn_sub(1, now), cn_sub(1, product));
    self->reached = cn_mean_reached(self, self->beta_2);
    return cn_assign(self->product, product) && self->by_mean && self->by_gradient && self->reached;
}

static bool update(nadam *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *m = cn_move_mean(self, w, "momentum", g, self->beta_1);
    cn_tensor *v = cn_move_mean(self, w, "velocity", cn_square(g), self->beta_2);
    cn_tensor *ahead = cn_add(cn_mul(m, cn_cast(self->by_mean, w->dtype)),
                              cn_mul(g, cn_cast(self->by_gradient, w->dtype)));
    cn_tensor *root = cn_sqrt(cn_div(v, cn_cast(self->reached, w->dtype)));
    cn_tensor *move = cn_div(cn_mul(ahead, rate), cn_add(root, self->epsilon));
    return cn_assign(w, cn_sub(w, move)) != NULL;
}

CN_BUILTIN_OPTIMIZER(nadam, "Nadam", NULL, .build = build, .begin = begin, .update = update)
