#include "optimizers/moments.h"

cn_tensor *cn_move_mean(void *self, cn_tensor *weight, cn_str slot, cn_tensor *x, double beta)
{
    cn_tensor *mean = cn_slot(self, weight, slot);
    return cn_assign(mean, cn_add(mean, cn_mul(cn_sub(x, mean), 1 - beta)));
}

cn_tensor *cn_mean_reached(void *self, double beta)
{
    return cn_sub(1, cn_pow(beta, cn_step_number(self)));
}

cn_tensor *cn_adam_correction(void *self, double beta_1, double beta_2)
{
    return cn_div(cn_sqrt(cn_mean_reached(self, beta_2)), cn_mean_reached(self, beta_1));
}
