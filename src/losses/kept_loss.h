#ifndef CN_LOSSES_KEPT_LOSS_H
#define CN_LOSSES_KEPT_LOSS_H

#include "losses/loss.h"

/* Takes {y_true, y_pred, sample_weight or none}. */
typedef cn_tensor *(*cn_loss_formula)(const cn_loss *loss, cn_tensor *const *in);

/* What the formula gives, in eager code by a piece of graph that is kept for the next call. */
cn_tensor *cn_keep_loss(cn_loss *loss, cn_tensor *const *in, cn_loss_formula formula);

#endif
