/* Steps of one size, along the sign of a blend of gradient and momentum.
 *     w -= rate sign(beta_1 m + (1 - beta_1) g);  m = beta_2 m + (1 - beta_2) g
 * keras.optimizers.Lion */
#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define LION(P)                                       \
    CN_RATE_PARAM_(P, "0.001")                        \
    P(float, beta_1, 0.9, "momentum's part in steps") \
    P(float, beta_2, 0.99, "how much of the momentum stays")
CN_OPTIMIZER(lion, LION, )

static bool init(lion *self)
{
    return (self->beta_1 > 0 && self->beta_1 <= 1) ||
           cn_fail(CN_EINVAL,
                   "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer "
                   "degenerates to SignSGD. Received: beta_1=%g.",
                   self->beta_1);
}

static bool build(lion *self, const cn_list *weights)
{
    return cn_add_slots(self, weights, (const char *const[]){"momentum", NULL});
}

static cn_tensor *blend(cn_tensor *m, cn_tensor *g, double beta)
{
    return cn_add(cn_mul(m, beta), cn_mul(g, 1 - beta));
}

static bool update(lion *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *m = cn_slot(self, w, "momentum");
    cn_tensor *sign = cn_sign(blend(m, g, self->beta_1));
    return cn_assign(w, cn_sub(w, cn_mul(sign, rate))) && cn_assign(m, blend(m, g, self->beta_2));
}

CN_BUILTIN_OPTIMIZER(lion, "Lion", NULL, .init = init, .build = build, .update = update)
