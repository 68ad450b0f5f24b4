/* Losses and metrics are operations like others: here with exp, square and a mean. */
#include "vae_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    VALUES(kl_divergence(cn_values(cn_shape(1, 1), 0.5), cn_values(cn_shape(1, 1), 0)), 1e-6,
           0.125);
    cn_tensor *x = cn_values(cn_shape(1, 2), 1, 0), *p = cn_values(cn_shape(1, 2), 0.9, 0.1);
    cn_tensor *cross = cn_loss_of("binary_crossentropy(reduction=none)", x, p);
    VALUES(cn_mul(2, cross), 1e-6, 0.2107210);
    cn_list *grads = cn_gradients(cross, cn_list_of(p));
    VALUES(cn_nth(grads, 0), 1e-5, -0.5 / 0.9, 0.5 / 0.9);
    VALUES(cn_mean(cn_values(cn_shape(2, 2), 1, 3, 5, 9), {-1}), 0, 2, 7);
}
