/* Keras's operations by class name, as they stand between the layers of saved functional models:
 *
 *     {"module": "keras.src.ops.numpy", "class_name": "Sum", "config": {"axis": -1, …},
 *      "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", …}], "kwargs": {}}]} */
#ifndef CN_SAVING_OPERATIONS_H
#define CN_SAVING_OPERATIONS_H

#include "base/json.h"
#include "cornu/tensor.h"

/* The tensor that an object of the arguments stands for ("__keras_tensor__" and whatever else is
 * no constant). NULL with an error recorded when there is none. */
typedef cn_tensor *(*cn_operation_resolver)(void *context, const cn_json *value);

/* All results of the operation on these arguments (of one inbound node; NULL means none). Numbers,
 * None, lists, "__numpy__" constants and slices are read here. Errors: CN_EUNSUPPORTED "not
 * supported: the operation 'SVD'"; CN_EINVAL or CN_EFORMAT for arguments that do not fit. */
cn_list *cn_operation_results(const char *class_name, const cn_json *config, const cn_json *args,
                              const cn_json *kwargs, cn_operation_resolver resolve, void *context);
/* The first of them. */
cn_tensor *cn_operation_call(const char *class_name, const cn_json *config, const cn_json *args,
                             const cn_json *kwargs, cn_operation_resolver resolve, void *context);
/* Whether there is an operation of that name. */
bool cn_operation_known(const char *class_name);
/* The operation that an op's name means by its words, "logical_and" LogicalAnd; or NULL. */
const char *cn_operation_of_op(const char *op_name);
/* Where Keras defines it: "keras.src.ops.nn". */
const char *cn_operation_module(const char *class_name);

#endif
