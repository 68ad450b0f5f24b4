/* What a cluster may take in: nodes of its elements, and, where it has rows, reductions of these
 * and nodes of a number for each. */
#include "graph/shape.h"
#include "plan/cluster.h"

/* Independent nodes of up to so many elements share a cluster too: the call costs more than the
 * work. */
enum { TINY = 8192 };

/* Is it made by the step? */
static bool is_inside(const cn_ir *ir, const cn_ir_step *step, int node)
{
    return ir->nodes[cn_ir_base(ir, node)].step == (int)(step - ir->steps);
}

static bool is_read_by(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node)
{
    for (int u = 0; u < node->n_users; u++)
        if (ir->nodes[node->users[u]].step == (int)(step - ir->steps))
            return true;
    return false;
}

/* Does `node` read something that the cluster makes or reads, be it as another shape? */
static bool touches(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node)
{
    for (int k = 0; k < node->n_in; k++) {
        const cn_ir_node *in = &ir->nodes[node->in[k]];
        if (is_inside(ir, step, node->in[k]) || is_read_by(ir, step, in) ||
            is_read_by(ir, step, &ir->nodes[cn_ir_base(ir, node->in[k])]))
            return true;
    }
    return false;
}

/* Does the cluster go on from `node` and what it makes: is all else there that its readers wait
 * for?
 */
static bool leads_in(const cn_ir *ir, int node, int depth)
{
    for (int u = 0; u < ir->nodes[node].n_users; u++) {
        const cn_ir_node *user = &ir->nodes[ir->nodes[node].users[u]];
        if (user->waiting != 1 || !(user->op->traits & CN_ELEMENTWISE))
            continue;
        for (int k = 0; k < user->n_in; k++)
            if (ir->nodes[user->in[k]].step == ir->n_steps - 1)
                return true;
        if (depth && leads_in(ir, ir->nodes[node].users[u], depth - 1))
            return true;
    }
    return false;
}

/* Does it read as a whole what the cluster makes? */
static bool must_wait(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node)
{
    bool wait = false;
    for (int k = 0; k < node->n_in && node->op->traits & CN_PLACED; k++)
        wait |= is_inside(ir, step, node->in[k]);
    return wait;
}

/* Is the whole row of `out` under one number of `in`? */
static bool spreads(cn_shape in, cn_shape out, int64_t row)
{
    int64_t run = 1;
    for (int i = out.rank, k = in.rank; run < row; run *= out.dim[i]) {
        i--;
        if (--k >= 0 && in.dim[k] != 1)
            return false;
    }
    return run == row;
}

/* Do its elements match those of its inputs one to one in row-major order, whatever the shapes?
 * Single numbers may be broadcast, and, where shapes are the cluster's, all that is not made in it;
 * what it makes for each row then stands for the row. */
static bool reads_well(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node, bool shaped)
{
    const cn_shape out = node->tensor->shape;
    for (int k = 0; k < node->n_in; k++) {
        const cn_shape in = ir->nodes[node->in[k]].tensor->shape;
        int64_t size = cn_shape_size(in);
        bool alike = size == cn_shape_size(out) || size == 1 || node->op->traits & CN_PLACED;
        if (!alike &&
            (!shaped || (is_inside(ir, step, node->in[k]) && !spreads(in, out, step->row))))
            return false;
    }
    return true;
}

/* Would a tile have room for a row, or for the smallest tile beside a strip? It has a slot for each
 * node and each of their inputs, or two for nodes of a number a row. */
static bool has_room(const cn_ir_step *step, const cn_ir_node *head, const cn_ir_node *node,
                     int64_t row)
{
    enum { WIDEST = 8 };
    int64_t slots = 2 * (step->count + 1) + step->inputs + node->n_in, taken = 0;
    if (head->strip) {
        taken = (int64_t)(cn_extras_of(head->op)->strips->scratch + head->strip * WIDEST);
        row = CN_CLUSTER_TILE;
    }
    return taken + (row + WIDEST) * WIDEST * slots <= CN_CLUSTER_BYTES;
}

bool cn_cluster_fits(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node)
{
    const cn_ir_node *head = &ir->nodes[step->nodes[0]];
    const cn_shape shape = ir->nodes[head->row ? head->in[0] : step->nodes[0]].tensor->shape;
    int64_t all = cn_shape_size(shape), size = cn_shape_size(node->tensor->shape);
    if (step->count >= CN_CLUSTER_NODES || step->inputs + node->n_in > CN_CLUSTER_INPUTS ||
        !has_room(step, head, node, node->row ? node->row : step->row) ||
        must_wait(ir, step, node) || node->strip || (head->strip && node->row))
        return false;
    if (node->row     ? node->row * size != all || (step->row && step->row != node->row)
        : size == all ? !reads_well(ir, step, node, cn_shape_equal(shape, node->tensor->shape))
                      : !step->row || size * step->row != all || node->whole ||
                            !reads_well(ir, step, node, false))
        return false;
    return (size == all && (all <= TINY || leads_in(ir, (int)(node - ir->nodes), 2))) ||
           touches(ir, step, node);
}
