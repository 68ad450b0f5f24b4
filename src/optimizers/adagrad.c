/* Steps divided by roots of squares that were gathered.
 *     Adagrad:   a += g^2;  w -= rate g / sqrt(a + epsilon)
 *     Adadelta:  a = rho a + (1 - rho) g^2;  d = -g sqrt(b + epsilon) / sqrt(a + epsilon)
 *                b = rho b + (1 - rho) d^2;  w += rate d
 * keras.optimizers.Adagrad, Adadelta */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

#define ADAGRAD(P)                                                          \
    CN_RATE_PARAM_(P, "0.001")                                              \
    P(float, initial_accumulator_value, 0.1, "the sum of squares at first") \
    CN_EPSILON_PARAM_(P)
CN_OPTIMIZER(adagrad, ADAGRAD, )

static bool build(adagrad *self, const cn_list *weights)
{
    for (size_t i = 0; i < weights->count; i++)
        if (!cn_add_slot_of(self, weights->items[i], "accumulator",
                            self->initial_accumulator_value))
            return false;
    return true;
}

static bool update(adagrad *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *slot = cn_slot(self, w, "accumulator");
    cn_tensor *a = cn_assign(slot, cn_add(slot, cn_square(g)));
    cn_tensor *move = cn_div(cn_mul(g, rate), cn_sqrt(cn_add(a, self->epsilon)));
    return cn_assign(w, cn_sub(w, move)) != NULL;
}

CN_BUILTIN_OPTIMIZER(adagrad, "Adagrad", NULL, .build = build, .update = update)

#define ADADELTA(P)                                           \
    CN_RATE_PARAM_(P, "0.001")                                \
    P(float, rho, 0.95, "how much of the mean squares stays") \
    CN_EPSILON_PARAM_(P)
CN_OPTIMIZER(adadelta, ADADELTA, )

static bool build_delta(adadelta *self, const cn_list *weights)
{
    const char *const names[] = {"accumulated_grad", "accumulated_delta_var", NULL};
    return cn_add_slots(self, weights, names);
}

static cn_tensor *blend(const adadelta *self, cn_tensor *slot, cn_tensor *x)
{
    return cn_assign(slot, cn_add(cn_mul(slot, self->rho), cn_mul(cn_square(x), 1 - self->rho)));
}

static bool update_delta(adadelta *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *moves = cn_slot(self, w, "accumulated_delta_var");
    cn_tensor *a = blend(self, cn_slot(self, w, "accumulated_grad"), g);
    cn_tensor *wide = cn_mul(cn_sqrt(cn_add(moves, self->epsilon)), g);
    cn_tensor *d = cn_neg(cn_div(wide, cn_sqrt(cn_add(a, self->epsilon))));
    return blend(self, moves, d) && cn_assign(w, cn_add(w, cn_mul(d, rate)));
}

CN_BUILTIN_OPTIMIZER(adadelta, "Adadelta", NULL, .build = build_delta, .update = update_delta)
