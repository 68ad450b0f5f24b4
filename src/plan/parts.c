/* Tensors taken apart and joined where they lie: clusters read the pieces of a split as parts of
 * the whole, and write what a concat joins as parts of its result. */
#include <string.h>

#include "graph/shape.h"
#include "plan/ir.h"

enum { SHORTEST = 16 }; /* elements in a row of a part: fewer are copied one by one */

/* Of a split's piece, and of what was joined: both show the memory of what they read. */
static const cn_op part_of_split = {.name = "part", .traits = CN_VIEW};
static const cn_op joined = {.name = "joined", .traits = CN_VIEW};

static bool is_in_cluster(const cn_ir_node *node)
{
    return !node->dead && node->op->traits & CN_ELEMENTWISE && !node->tensor->value;
}

/* How many elements of a part lie in a row; 0: it is no part, or its rows are too short. */
static int64_t row_of(const cn_tensor *part, const cn_tensor *whole)
{
    int axis = 0;
    int64_t row = 1;
    while (axis < part->shape.rank && part->shape.dim[axis] == whole->shape.dim[axis])
        axis++;
    if (axis == part->shape.rank)
        return 0;
    for (int i = axis; i < part->shape.rank; i++)
        row *= part->shape.dim[i];
    return row >= SHORTEST && cn_shape_known(whole->shape) ? row : 0;
}

/* Is the piece read by clusters alone, an element for each of theirs? Other pieces, which read the
 * first, are none of its readers. */
static bool is_read_in_clusters(const cn_ir *ir, const cn_ir_node *piece)
{
    for (int u = 0; u < piece->n_users; u++) {
        const cn_ir_node *user = &ir->nodes[piece->users[u]];
        if (user->op != &cn_op_nth &&
            (!is_in_cluster(user) ||
             cn_shape_size(user->tensor->shape) != cn_shape_size(piece->tensor->shape)))
            return false;
    }
    return !piece->wanted;
}

static void make_part(cn_ir_node *piece, int whole, const cn_tensor *tensor, int64_t place)
{
    piece->op = &part_of_split;
    piece->in[0] = whole;
    piece->whole = tensor;
    piece->place = place;
}

/* A split whose pieces clusters alone read; its node is the first of them. */
static bool read_parts(cn_ir *ir, cn_ir_node *split)
{
    int whole = split->in[0];
    const cn_tensor *tensor = ir->nodes[whole].tensor;
    int64_t row = row_of(split->tensor, tensor);
    bool ok = row && is_read_in_clusters(ir, split) && !ir->nodes[cn_ir_base(ir, whole)].whole;
    for (int u = 0; ok && u < split->n_users; u++)
        ok = is_read_in_clusters(ir, &ir->nodes[split->users[u]]) ||
             ir->nodes[split->users[u]].op != &cn_op_nth;
    for (int u = 0; ok && u < split->n_users; u++) {
        cn_ir_node *piece = &ir->nodes[split->users[u]];
        if (piece->op == &cn_op_nth)
            make_part(piece, whole, tensor, row * *(const int64_t *)piece->tensor->attrs);
    }
    if (ok)
        make_part(split, whole, tensor, 0);
    return ok;
}

/* What clusters make for nobody else than the concat. */
static void write_parts(cn_ir *ir, cn_ir_node *concat)
{
    int64_t place = 0;
    for (int k = 0; k < concat->n_in; k++) {
        const cn_ir_node *part = &ir->nodes[concat->in[k]];
        if (!is_in_cluster(part) || part->wanted || part->n_users != 1 ||
            !row_of(part->tensor, concat->tensor))
            return;
    }
    for (int k = 0; k < concat->n_in; k++) {
        cn_ir_node *part = &ir->nodes[concat->in[k]];
        part->whole = concat->tensor;
        part->place = place;
        place += row_of(part->tensor, concat->tensor);
    }
    concat->op = &joined;
}

bool cn_pass_parts(cn_ir *ir)
{
    bool changed = false;
    if (ir->request->quick || cn_pass_off("parts"))
        return true;
    for (int i = 0; i < ir->count; i++)
        if (cn_ir_is(&ir->nodes[i], "concat"))
            write_parts(ir, &ir->nodes[i]);
    for (int i = 0; i < ir->count; i++)
        if (cn_ir_is(&ir->nodes[i], "split"))
            changed |= read_parts(ir, &ir->nodes[i]);
    return !changed || cn_ir_links(ir);
}
