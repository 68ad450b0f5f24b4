/* Shapes in configurations: [null, 3], a list of sizes, null where open. */
#ifndef CN_CONFIG_SHAPE_JSON_H
#define CN_CONFIG_SHAPE_JSON_H

#include "base/json.h"
#include "cornu/tensor.h"

bool cn_shape_of_json(const cn_json *list, cn_shape *shape);
cn_json *cn_shape_to_json_(const cn_shape *shape); /* owned */
#define cn_shape_to_json(shape) cn_shape_to_json_(&(shape))

#endif
