/* Moving means, and what the optimizers that keep them share. */
#ifndef CN_OPTIMIZERS_MOMENTS_H
#define CN_OPTIMIZERS_MOMENTS_H

#include "ops/ops.h"
#include "optimizers/optimizer.h"

/* slot += (x - slot) (1 - beta); returns the new value. */
cn_tensor *cn_move_mean(void *self, cn_tensor *weight, cn_str slot, cn_tensor *x, double beta);
/* 1 - beta^t: what a mean that began at 0 has reached after step t; a scalar. */
cn_tensor *cn_mean_reached(void *self, double beta);
/* sqrt(1 - beta_2^t) / (1 - beta_1^t) */
cn_tensor *cn_adam_correction(void *self, double beta_1, double beta_2);

#endif
