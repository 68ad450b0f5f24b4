/* Class numbers, checked when they are used. */
#ifndef CN_LOSSES_LABELS_H
#define CN_LOSSES_LABELS_H

#include "ops/ops.h"

/* `labels` as int32. When it runs: error CN_EINVAL where one is not in [0, classes). `who` must
 * live as long as the program; `classes` may be CN_ANY: then nothing is checked. */
cn_tensor *cn_class_labels(cn_tensor *labels, int64_t classes, cn_str who);

#endif
