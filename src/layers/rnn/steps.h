/* What layers share that work on all steps at once, or add losses in steps. */
#ifndef CN_LAYERS_RNN_STEPS_H
#define CN_LAYERS_RNN_STEPS_H

#include "layers/layer.h"

/* (a, b, ...) as (a b, ...). */
cn_tensor *cn_fold_steps(cn_tensor *x);
/* (a b, ...) as (a, b, ...), which are x's first axes. */
cn_tensor *cn_unfold_steps(cn_tensor *y, cn_tensor *x);
/* The sum of a list of scalars, which is not empty. */
cn_tensor *cn_sum_all(const cn_list *scalars);

#endif
