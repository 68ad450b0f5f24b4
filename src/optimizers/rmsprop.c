/* Steps divided by the root of a moving mean square.
 *     v = rho v + (1 - rho) g^2;  w -= rate g / sqrt(v + epsilon)
 * keras.optimizers.RMSprop */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define RMSPROP(P)                                             \
    CN_RATE_PARAM_(P, "0.001")                                 \
    P(float, rho, 0.9, "how much of the mean square stays")    \
    P(float, momentum, 0.0, "how much of the last step stays") \
    CN_EPSILON_PARAM_(P)                                       \
    P(bool, centered, false, "divide by the deviation instead")
CN_OPTIMIZER(rmsprop, RMSPROP, )

static bool build(rmsprop *self, const cn_list *weights)
{
    const char *const velocity[] = {"velocity", NULL};
    const char *const momentum[] = {self->momentum > 0 ? "momentum" : NULL, NULL};
    const char *const mean[] = {self->centered ? "average_gradient" : NULL, NULL};
    return cn_add_slots(self, weights, velocity) && cn_add_slots(self, weights, momentum) &&
           cn_add_slots(self, weights, mean);
}

/* slot = rho slot + (1 - rho) x */
static cn_tensor *blend(rmsprop *self, cn_tensor *w, const char *name, cn_tensor *x)
{
    cn_tensor *slot = cn_slot(self, w, name);
    return cn_assign(slot, cn_add(cn_mul(slot, self->rho), cn_mul(x, 1 - self->rho)));
}

static bool update(rmsprop *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *v = blend(self, w, "velocity", cn_square(g));
    if (self->centered)
        v = cn_sub(v, cn_square(blend(self, w, "average_gradient", g)));
    cn_tensor *move = cn_div(cn_mul(g, rate), cn_sqrt(cn_add(v, self->epsilon)));
    if (self->momentum > 0) {
        cn_tensor *m = cn_slot(self, w, "momentum");
        move = cn_assign(m, cn_add(cn_mul(m, self->momentum), move));
    }
    return cn_assign(w, cn_sub(w, move)) != NULL;
}

CN_BUILTIN_OPTIMIZER(rmsprop, "RMSprop", "rmsprop", .build = build, .update = update)
