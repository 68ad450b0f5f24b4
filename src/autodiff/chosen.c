#include "autodiff/chosen.h"

extern const cn_op cn_op_select;

enum { MOST_INPUTS = 8 };

/* A mask as wide as the node, as its input saw it: true where one of those it was spread to is. */
static cn_tensor *narrow(cn_tensor *mask, cn_tensor *input)
{
    if (!mask || cn_shape_equal(mask->shape, input->shape))
        return mask;
    return cn_not_equal(cn_sum_like(cn_cast(mask, CN_INT32), input), 0);
}

/* Where the node reads its k-th input; NULL: everywhere. */
static bool reads(const cn_tensor *node, int k, cn_tensor *where, cn_tensor **mask)
{
    *mask = NULL;
    if (node->op == &cn_op_select && k) {
        cn_tensor *cond = cn_broadcast_like(node->inputs[0], (cn_tensor *)node);
        cond = k == 1 ? cond : cn_logical_not(cond);
        *mask = where ? cn_logical_and(cond, where) : cond;
    } else if (!where || !(node->op->traits & (CN_ELEMENTWISE | CN_VIEW))) {
        return true;
    } else {
        *mask = where;
    }
    *mask = node->op->traits & CN_VIEW ? cn_reshape_like(*mask, node->inputs[k])
                                       : narrow(*mask, node->inputs[k]);
    return *mask != NULL;
}

bool cn_chosen_flow(cn_chosen *input, const cn_tensor *node, int k, const cn_chosen *of)
{
    cn_tensor *mask;
    if (input->everywhere)
        return true;
    if (!reads(node, k, of->everywhere ? NULL : of->where, &mask))
        return false;
    input->everywhere = !mask;
    if (mask)
        input->where = input->where ? cn_logical_or(input->where, mask) : mask;
    return input->everywhere || input->where;
}

bool cn_chosen_vjp(const cn_tensor *node, cn_tensor *where, cn_tensor *const *dy, cn_tensor **dx)
{
    if (!where || !(node->op->traits & CN_ELEMENTWISE) || node->op->traits & CN_TAME ||
        node->n_inputs > MOST_INPUTS)
        return node->op->vjp(node, dy, dx);
    /* Operands that were spread: before their gradients are summed up, each element is looked at.
     */
    cn_tensor *wide[MOST_INPUTS], *twin = (cn_tensor *)node;
    for (int k = 0; k < node->n_inputs; k++) {
        bool same = cn_shape_equal(node->inputs[k]->shape, node->shape);
        wide[k] = same ? node->inputs[k] : cn_broadcast_like(node->inputs[k], (cn_tensor *)node);
        twin = same ? twin : NULL;
    }
    if (!twin && !(twin = cn_apply(node->op, wide, node->n_inputs, node->attrs)))
        return false;
    if (!node->op->vjp(twin, dy, dx))
        return false;
    for (int k = 0; k < node->n_inputs; k++)
        if (dx[k] && !(dx[k] = cn_sum_like(cn_select(where, dx[k], 0), node->inputs[k])))
            return false;
    return true;
}
