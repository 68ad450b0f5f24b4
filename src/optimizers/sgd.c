/* Gradient descent, with momentum or without: v = momentum v - rate g; w += v.
 * keras.optimizers.SGD */
#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define SGD(P)                                                 \
    CN_RATE_PARAM_(P, "0.01")                                  \
    P(float, momentum, 0.0, "how much of the last step stays") \
    P(bool, nesterov, false, "look ahead along the momentum")
CN_OPTIMIZER(sgd, SGD, )

static bool init(sgd *self)
{
    return (self->momentum >= 0 && self->momentum <= 1) ||
           cn_fail(CN_EINVAL, "`momentum` must be a float between [0, 1].");
}

static bool build(sgd *self, const cn_list *weights)
{
    return self->momentum == 0 ||
           cn_add_slots(self, weights, (const char *const[]){"momentum", NULL});
}

static bool update(sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *move = cn_mul(g, rate);
    if (self->momentum == 0)
        return cn_assign(w, cn_sub(w, move)) != NULL;
    cn_tensor *m = cn_slot(self, w, "momentum");
    cn_tensor *v = cn_sub(cn_mul(m, self->momentum), move);
    cn_tensor *by = self->nesterov ? cn_sub(cn_mul(v, self->momentum), move) : v;
    return cn_assign(m, v) && cn_assign(w, cn_add(w, by));
}

CN_BUILTIN_OPTIMIZER(sgd, "SGD", "sgd", .init = init, .build = build, .update = update)
