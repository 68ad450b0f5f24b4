/* The centre loss: how far each feature is from the centre of its class; centres follow their
 * features from step to step. */
#include "check.h"

#define CENTER_LOSS(P)                                   \
    P(float, alpha, 0.5, "learning rate of the centres") \
    P(int, classes, 10, "how many centres there are")
CN_LAYER(center_loss, CENTER_LOSS, cn_tensor *centers;)

static bool build(center_loss *self, const cn_shapes *in)
{
    self->centers = cn_add_weight(self, "centers", cn_shape(self->classes, in->shape[0].dim[1]),
                                  .initializer = "uniform", .trainable = false);
    return self->centers;
}

static cn_tensor *call(center_loss *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *label = in->x[1]; /* (N, 2), (N, 10) one-hot */
    cn_tensor *t = cn_transpose(label);
    cn_tensor *delta = cn_matmul(t, cn_sub(cn_matmul(label, self->centers), x));
    delta = cn_div(delta, cn_add(cn_sum(t, {1}, .keepdims = true), 1));
    cn_add_update(self, self->centers, cn_sub(self->centers, cn_mul(self->alpha, delta)));
    return cn_sum(cn_square(cn_sub(x, cn_matmul(label, self->centers))), {1}, .keepdims = true);
}

CN_REGISTER_LAYER(center_loss, .build = build, .call = call)
#define center_loss(...) CN_MAKE(center_loss, CENTER_LOSS, __VA_ARGS__)

/* The output itself is the loss. */
static inline cn_tensor *pass(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return cn_squeeze(y_pred, -1);
}
