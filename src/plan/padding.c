/* Zeros around pixels go into the window that reads them: a convolution pads by itself, and so does
 * a max pooling of what is not below zero. */
#include "plan/ir.h"

/* Does anybody ask where the maxima were? The zeros count there. */
static bool gives_places(const cn_ir *ir, const cn_ir_node *node)
{
    for (int u = 0; u < node->n_users; u++)
        if (ir->nodes[node->users[u]].op == &cn_op_nth)
            return true;
    return false;
}

static bool unpad(cn_ir *ir, cn_ir_node *node, bool *changed)
{
    const cn_pixels *op = cn_extras_of(node->op)->pixels;
    if (!op || node->dead || node->tensor->value || gives_places(ir, node))
        return true;
    cn_ir_node *pad = &ir->nodes[node->in[0]];
    cn_tensor *made = NULL;
    if (pad->n_users != 1 || pad->wanted || pad->tensor->value)
        return true;
    if (!op->unpadded(node->tensor, &made))
        return false;
    if (!made)
        return true;
    made->layer = node->tensor->layer;
    made->marks = node->tensor->marks;
    node->tensor = made;
    node->in[0] = pad->in[0];
    pad->dead = *changed = true;
    return true;
}

bool cn_pass_padding(cn_ir *ir)
{
    bool changed = false;
    if (ir->request->quick || cn_pass_off("padding"))
        return true;
    for (int i = 0; i < ir->count; i++)
        if (!unpad(ir, &ir->nodes[i], &changed))
            return false;
    return !changed || cn_ir_links(ir);
}
