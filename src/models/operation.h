/* An operation between layers, as Keras's files name it: "Add" of keras.src.ops.numpy. It is called
 * and recorded like a layer, but is none: it has no weights and is not among a model's layers. */
#ifndef CN_MODELS_OPERATION_H
#define CN_MODELS_OPERATION_H

#include "layers/layer.h"

extern const cn_class cn_operation_class;
bool cn_is_operation(const void *object);
/* From {"module", "class_name", "config", "name"} of a file. */
cn_layer *cn_operation_new(const cn_json *object);
/* {"module", "class_name", "config", "registered_name"}, owned. */
cn_json *cn_operation_serialize(const cn_layer *operation);
/* "Add". */
const char *cn_operation_class_name(const cn_layer *operation);

#endif
