/* Moving means of the gradient and its square.
 *     m += (g - m) (1 - beta_1);  v += (g^2 - v) (1 - beta_2);  w -= alpha m / (sqrt(v) + epsilon)
 *     alpha = rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
 * keras.optimizers.Adam, AdamW */
#include "base/error.h"
#include "optimizers/moments.h"

#define ADAM(P)                \
    CN_RATE_PARAM_(P, "0.001") \
    CN_BETA_PARAMS_(P)         \
    CN_EPSILON_PARAM_(P)       \
    P(bool, amsgrad, false, "divide by the largest mean square so far")
CN_OPTIMIZER(adam, ADAM, cn_tensor *correction;)

#define DECAYING_PARAMS(P) CN_OPTIMIZER_PARAMS_(P, 0.004)
CN_OPTIMIZER_OF(adam_w, ADAM, DECAYING_PARAMS, cn_tensor *correction;)

/* Both are the same but for the default of weight_decay. */
_Static_assert(sizeof(adam) == sizeof(adam_w), "one layout");

static bool build_adam(void *self, const cn_list *weights, bool amsgrad)
{
    return cn_add_slots(self, weights, (const char *const[]){"momentum", "velocity", NULL}) &&
           (!amsgrad || cn_add_slots(self, weights, (const char *const[]){"velocity_hat", NULL}));
}

static bool build(adam *self, const cn_list *weights)
{
    return build_adam(self, weights, self->amsgrad);
}

static bool begin(adam *self)
{
    self->correction = cn_adam_correction(self, self->beta_1, self->beta_2);
    return self->correction != NULL;
}

static bool update(adam *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *m = cn_move_mean(self, w, "momentum", g, self->beta_1);
    cn_tensor *v = cn_move_mean(self, w, "velocity", cn_square(g), self->beta_2);
    if (self->amsgrad) {
        cn_tensor *most = cn_slot(self, w, "velocity_hat");
        v = cn_assign(most, cn_maximum(most, v));
    }
    cn_tensor *alpha = cn_mul(rate, cn_cast(self->correction, w->dtype));
    cn_tensor *move = cn_div(cn_mul(m, alpha), cn_add(cn_sqrt(v), self->epsilon));
    return cn_assign(w, cn_sub(w, move)) != NULL;
}

CN_BUILTIN_OPTIMIZER(adam, "Adam", NULL, .build = build, .begin = begin, .update = update)

static bool init_w(adam_w *self)
{
    return !CN_IS_NONE(self->optimizer.weight_decay) ||
           cn_fail(CN_EINVAL,
                   "Argument `weight_decay` must be a float. Received: weight_decay=None");
}

static bool build_w(adam_w *self, const cn_list *weights)
{
    return build((adam *)self, weights);
}

static bool begin_w(adam_w *self)
{
    return begin((adam *)self);
}

static bool update_w(adam_w *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    return update((adam *)self, w, g, rate);
}

CN_BUILTIN_OPTIMIZER(adam_w, "AdamW", "adamw", .init = init_w, .build = build_w, .begin = begin_w,
                     .update = update_w)
