/* Ops that stand between layers, written as Keras's operations. */
#ifndef CN_MODELS_GRAPH_OP_H
#define CN_MODELS_GRAPH_OP_H

#include "base/json.h"
#include "graph/tensor.h"

typedef struct cn_graph_op {
    const char *module, *class_name;
    cn_json *config, *args; /* owned; a tensor of args is what `mention` made of it */
} cn_graph_op;

/* How a tensor is mentioned in arguments; owned. NULL: an error. */
typedef cn_json *(*cn_mention)(void *context, cn_tensor *tensor);

/* The operation that an op tensor is. Error CN_EUNSUPPORTED naming the op where Keras has none. */
bool cn_graph_op_describe(cn_graph_op *op, const cn_tensor *node, cn_mention mention,
                          void *context);
/* Keras's class, or the op's name where Keras has none: "TrueDivide". */
const char *cn_graph_op_class(const cn_tensor *node);
void cn_graph_op_free(cn_graph_op *op);

#endif
