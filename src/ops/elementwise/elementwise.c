#include "ops/elementwise/elementwise.h"

#include <stdio.h>

static bool infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    for (int i = 1; i < node->n_inputs; i++) {
        cn_shape so_far = results->shape[0], next = node->inputs[i]->shape;
        if (cn_shapes_broadcast(so_far, next, &results->shape[0]))
            continue;
        char who[48];
        snprintf(who, sizeof who, "cn_%s", node->op->name);
        return cn_broadcast(so_far, next, &results->shape[0], who);
    }
    return true;
}

bool cn_elementwise_infer(const cn_tensor *node, cn_results *results)
{
    results->dtype[0] = node->inputs[node->n_inputs - 1]->dtype;
    return infer(node, results);
}

bool cn_elementwise_infer_bool(const cn_tensor *node, cn_results *results)
{
    results->dtype[0] = CN_BOOL;
    return infer(node, results);
}

cn_loop_kernel cn_elementwise_loop(const cn_tensor *node)
{
    return cn_loop_get((cn_loop_id)node->op->number, node->inputs[node->n_inputs - 1]->dtype);
}

cn_dtype cn_computable(cn_dtype dtype)
{
    switch (dtype) {
    case CN_FLOAT16:
    case CN_BFLOAT16:
        return CN_FLOAT32;
    case CN_UINT32:
    case CN_UINT64:
        return CN_INT64;
    case CN_FLOAT32:
    case CN_FLOAT64:
    case CN_INT64:
        return dtype;
    default:
        return CN_INT32;
    }
}

/* The dtype of the result, and of the computation. */
static cn_dtype plan(cn_dtype dtype, cn_numeric numeric, cn_dtype *compute)
{
    if (numeric == CN_FLOAT_ONLY && !cn_dtype_is_float(dtype))
        dtype = CN_FLOAT32;
    if (numeric == CN_ANY_NUMBER && dtype == CN_BOOL)
        dtype = CN_INT32;
    *compute = numeric == CN_TRUTH ? CN_BOOL : cn_computable(dtype);
    return dtype;
}

/* What left the op: back in its dtype, and still a bare number if all operands were. */
static cn_tensor *finish(cn_tensor *y, cn_dtype dtype, cn_dtype compute, bool weak)
{
    if (y && y->dtype == compute && compute != dtype && compute != CN_BOOL)
        y = cn_cast(y, dtype);
    if (y)
        y->weak = weak;
    return y;
}

cn_tensor *cn_unary(const cn_op *op, cn_tensor *x, cn_numeric numeric)
{
    if (!x)
        return NULL;
    cn_dtype compute, dtype = plan(x->dtype, numeric, &compute);
    if (x->weak && numeric == CN_FLOAT_ONLY)
        dtype = compute = CN_FLOAT64;
    return finish(cn_apply1(op, cn_cast(x, compute), NULL), dtype, compute, x->weak);
}

cn_tensor *cn_binary(const cn_op *op, cn_tensor *a, cn_tensor *b, cn_numeric numeric)
{
    if (!a || !b)
        return NULL;
    cn_dtype compute, dtype = plan(cn_promote(a, b), numeric, &compute);
    if (a->weak && b->weak && dtype == CN_FLOAT32)
        dtype = compute = CN_FLOAT64;
    cn_tensor *y = cn_apply2(op, cn_cast(a, compute), cn_cast(b, compute), NULL);
    return finish(y, dtype, compute, a->weak && b->weak);
}
