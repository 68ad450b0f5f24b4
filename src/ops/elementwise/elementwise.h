/* Elementwise ops: what their families share. */
#ifndef CN_OPS_ELEMENTWISE_H
#define CN_OPS_ELEMENTWISE_H

#include "backend/cpu/loops/loops.h"
#include "ops/ops.h"

typedef enum cn_numeric {
    CN_ANY_NUMBER, /* ints stay ints; bool becomes int32 */
    CN_FLOAT_ONLY, /* ints become float32 first */
    CN_TRUTH       /* operands become bool first */
} cn_numeric;

/* op(x) and op(a, b) after promotion to a dtype that has loops; narrow dtypes are computed in their
 * wide relative and cast back, unless the op gives bool. */
cn_tensor *cn_unary(const cn_op *op, cn_tensor *x, cn_numeric numeric);
cn_tensor *cn_binary(const cn_op *op, cn_tensor *a, cn_tensor *b, cn_numeric numeric);

/* Shape rules: the inputs broadcast; the dtype is the last input's, or bool. */
bool cn_elementwise_infer(const cn_tensor *node, cn_results *results);
bool cn_elementwise_infer_bool(const cn_tensor *node, cn_results *results);

/* The loop of that number for the last input's dtype. */
cn_loop_kernel cn_elementwise_loop(const cn_tensor *node);

/* The record of an elementwise op whose loop stands in loops.def under the same name. */
#define CN_ELEMENTWISE_OP(id, more_traits, infer_rule, gradient)        \
    const cn_op cn_op_##id = {.name = #id,                              \
                              .traits = CN_ELEMENTWISE | (more_traits), \
                              .number = CN_LOOP_##id,                   \
                              .infer = infer_rule,                      \
                              .vjp = gradient,                          \
                              .loop = cn_elementwise_loop};

#endif
