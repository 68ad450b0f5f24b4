#ifndef CN_OPTIMIZERS_KEPT_STEP_H
#define CN_OPTIMIZERS_KEPT_STEP_H

#include "optimizers/optimizer.h"

typedef bool (*cn_step)(cn_optimizer *self, const cn_list *grads, const cn_list *weights);

/* Does what `step` does, in eager code by a piece of graph that is kept for the next one. */
bool cn_keep_step(cn_optimizer *self, const cn_list *grads, const cn_list *weights, cn_step step);
void cn_kept_step_free(struct cn_kept_step *kept);

#endif
