/* Adam with the largest gradient in place of the mean square.
 *     m += (g - m) (1 - beta_1);  u = max(beta_2 u, |g|)
 *     w -= rate m / ((1 - beta_1^t) (u + epsilon))
 * keras.optimizers.Adamax */
#include "optimizers/moments.h"

#define ADAMAX(P)              \
    CN_RATE_PARAM_(P, "0.001") \
    CN_BETA_PARAMS_(P)         \
    CN_EPSILON_PARAM_(P)
CN_OPTIMIZER(adamax, ADAMAX, cn_tensor *reached;)

static bool build(adamax *self, const cn_list *weights)
{
    return cn_add_slots(self, weights, (const char *const[]){"momentum", "norm", NULL});
}

static bool begin(adamax *self)
{
    self->reached = cn_mean_reached(self, self->beta_1);
    return self->reached != NULL;
}

static bool update(adamax *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *m = cn_move_mean(self, w, "momentum", g, self->beta_1);
    cn_tensor *norm = cn_slot(self, w, "norm");
    cn_tensor *u = cn_assign(norm, cn_maximum(cn_mul(norm, self->beta_2), cn_abs(g)));
    cn_tensor *below = cn_mul(cn_cast(self->reached, w->dtype), cn_add(u, self->epsilon));
    return cn_assign(w, cn_sub(w, cn_div(cn_mul(m, rate), below))) != NULL;
}

CN_BUILTIN_OPTIMIZER(adamax, "Adamax", NULL, .build = build, .begin = begin, .update = update)
