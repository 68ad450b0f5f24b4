/* Bias and activation go into the product before them: add(conv(x, k), b) and relu of that become
 * one node, which writes its result once. Only where nobody else wants what lies between. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/ir.h"

enum { RELU = 1 }; /* cn_tile_activation of backend/cpu/gemm/tile.h, which the kernels take */

/* A product with room for an epilogue, whose result only `user` reads. Integers'
 * kernels have none. */
static bool is_free_product(const cn_ir_node *node)
{
    cn_dtype dtype = node->tensor->dtype;
    return (dtype == CN_FLOAT32 || dtype == CN_FLOAT64) && !node->dead && node->op->epilogue &&
           node->n_in == 2 && node->n_users == 1 && !node->wanted && !node->tensor->value;
}

/* Which input of `add` is such a product, the other being a bias along its last axis; -1: neither.
 */
static int product_side(const cn_ir *ir, const cn_ir_node *add)
{
    for (int k = 0; k < 2; k++) {
        const cn_tensor *y = ir->nodes[add->in[k]].tensor, *b = ir->nodes[add->in[1 - k]].tensor;
        int rank = y->shape.rank;
        if (is_free_product(&ir->nodes[add->in[k]]) && b->shape.rank == 1 && rank >= 1 &&
            b->shape.dim[0] == y->shape.dim[rank - 1] && b->dtype == y->dtype &&
            cn_shape_equal(y->shape, add->tensor->shape))
            return k;
    }
    return -1;
}

/* The node that reads `node` alone and is its relu; -1: none. */
static int relu_of(const cn_ir *ir, const cn_ir_node *node)
{
    if (node->n_users != 1 || node->wanted)
        return -1;
    const cn_ir_node *user = &ir->nodes[node->users[0]];
    return cn_ir_is(user, "relu") ? node->users[0] : -1;
}

static bool fuse(cn_ir *ir, int add, int side, int **link)
{
    int product = ir->nodes[add].in[side], bias = ir->nodes[add].in[1 - side];
    int relu = relu_of(ir, &ir->nodes[add]), root = relu >= 0 ? relu : add;
    const cn_tensor *from = ir->nodes[product].tensor;
    cn_tensor *inputs[] = {from->inputs[0], from->inputs[1], (cn_tensor *)ir->nodes[bias].tensor};
    cn_tensor *made = cn_apply(from->op, inputs, 3, from->attrs);
    if (!made)
        return false;
    made->layer = from->layer;
    int32_t activation = relu >= 0 ? RELU : 0;
    memcpy((char *)made->attrs + from->op->epilogue - 1, &activation, sizeof activation);
    cn_ir_node *node = &ir->nodes[root];
    (*link)[0] = ir->nodes[product].in[0];
    (*link)[1] = ir->nodes[product].in[1];
    (*link)[2] = bias;
    node->in = *link;
    node->n_in = 3;
    node->op = from->op;
    node->tensor = made;
    *link += 3;
    ir->nodes[product].dead = true;
    if (root != add)
        ir->nodes[add].dead = true;
    return true;
}

bool cn_pass_epilogue(cn_ir *ir)
{
    if (ir->request->quick || cn_pass_off("epilogue"))
        return true;
    int adds = 0, total = 0;
    for (int i = 0; i < ir->count; i++) {
        adds += cn_ir_is(&ir->nodes[i], "add");
        total += ir->nodes[i].n_in;
    }
    if (!adds)
        return true;
    /* inputs of fused nodes stand behind all others, then the users */
    int *links = cn_mem_calloc(2 * ((size_t)total + 3 * (size_t)adds), sizeof *links);
    if (!links)
        return false;
    int *link = links;
    for (int i = 0; i < ir->count; i++) {
        memcpy(link, ir->nodes[i].in, (size_t)ir->nodes[i].n_in * sizeof *link);
        ir->nodes[i].in = link;
        link += ir->nodes[i].n_in;
    }
    int *old = ir->links; /* the users still stand there */
    bool ok = true;
    for (int i = 0; ok && i < ir->count; i++) {
        int side = cn_ir_is(&ir->nodes[i], "add") ? product_side(ir, &ir->nodes[i]) : -1;
        if (side >= 0)
            ok = fuse(ir, i, side, &link);
    }
    ir->links = links;
    ir->links_room = total + 3 * adds;
    cn_mem_free(old);
    return ok && cn_ir_links(ir);
}
