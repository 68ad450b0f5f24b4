/* A layer that reads tensors of the model which it was not given: Cornu asks for them by name. */
#include "check.h"

static cn_tensor *z_mean, *z_log_var; /* what a method of Python would find around it */

#define KL(P)
CN_LAYER(kl, KL, )

static cn_tensor *call(kl *self, const cn_inputs *in)
{
    cn_tensor *mean = in->count > 1 ? in->x[1] : z_mean;
    cn_tensor *log_var = in->count > 1 ? in->x[2] : z_log_var;
    cn_add_loss(self, cn_sum(cn_sub(cn_square(mean), log_var)));
    return in->x[0];
}

CN_REGISTER_LAYER(kl, .call = call)
#define kl(...) CN_MAKE(kl, KL, __VA_ARGS__)

int main(void)
{
    cn_tensor *x = cn_input(4, .name = "x");
    z_mean = cn_call(cn_dense(2, .name = "z_mean"), x);
    z_log_var = cn_mul(cn_call(cn_dense(2, .name = "z_log_var"), x), 2);
    CHECK(!cn_call(kl(.name = "loss"), x));
    const char *want = "kl 'loss': call uses tensors of the model that are not among its inputs: "
                       "the result of Dense 'z_mean', the result of Dense 'z_log_var'; give them "
                       "to the layer, cn_call(layer, x, …), and read them as in->x[1], …";
    if (strncmp(cn_error(), want, strlen(want)))
        TEXT(cn_error(), want);
    cn_clear_error();
    CHECK(cn_functional(x, cn_call(kl(), x, z_mean, z_log_var)));
}
