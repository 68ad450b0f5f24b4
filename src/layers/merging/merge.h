/* What layers of several inputs share. */
#ifndef CN_LAYERS_MERGING_MERGE_H
#define CN_LAYERS_MERGING_MERGE_H

#include "layers/arguments.h"
#include "ops/ops.h"

/* "[(None, 3), (None, 4)]", in a per-thread buffer. */
const char *cn_shapes_text(size_t count, const cn_shape *shapes);

#endif
