/* Adam's step, made as long as the rate times the weight's own norm.
 *     u = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon);  w -= rate |w| / |u| u
 * keras.optimizers.Lamb */
#include "optimizers/moments.h"

#define LAMB(P)                \
    CN_RATE_PARAM_(P, "0.001") \
    CN_BETA_PARAMS_(P)         \
    CN_EPSILON_PARAM_(P)
CN_OPTIMIZER(lamb, LAMB, cn_tensor *reached_1, *reached_2;)

static bool build(lamb *self, const cn_list *weights)
{
    return cn_add_slots(self, weights, (const char *const[]){"momentum", "velocity", NULL});
}

static bool begin(lamb *self)
{
    self->reached_1 = cn_mean_reached(self, self->beta_1);
    self->reached_2 = cn_mean_reached(self, self->beta_2);
    return self->reached_1 && self->reached_2;
}

static cn_tensor *norm(cn_tensor *x)
{
    return cn_sqrt(cn_sum(cn_square(x)));
}

/* |w| / |u|, but 1 where either is 0 */
static cn_tensor *trust(cn_tensor *w, cn_tensor *u)
{
    cn_tensor *a = norm(w), *b = norm(u);
    cn_tensor *both = cn_logical_and(cn_greater(a, 0), cn_greater(b, 0));
    return cn_select(both, cn_div(a, b), 1.0);
}

static bool update(lamb *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *m = cn_move_mean(self, w, "momentum", g, self->beta_1);
    cn_tensor *v = cn_move_mean(self, w, "velocity", cn_square(g), self->beta_2);
    cn_tensor *root = cn_sqrt(cn_div(v, cn_cast(self->reached_2, w->dtype)));
    cn_tensor *mean = cn_div(m, cn_cast(self->reached_1, w->dtype));
    cn_tensor *u = cn_div(mean, cn_add(root, self->epsilon));
    cn_tensor *size = cn_mul(trust(cn_trace_read(w), u), rate);
    return cn_assign(w, cn_sub(w, cn_mul(u, size))) != NULL;
}

CN_BUILTIN_OPTIMIZER(lamb, "Lamb", NULL, .build = build, .begin = begin, .update = update)
