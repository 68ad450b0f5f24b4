/* What follows a product goes into it: a bias, BatchNormalization's scale and shift, a residual and
 * relu or silu become parts of one node, which writes its result once. Only where nobody else wants
 * what lies between. */
#include <string.h>

#include "backend/cpu/gemm/epilogue.h"
#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/ir.h"

enum { INPUTS = 2 + CN_END_PARTS };

/* A product, and the nodes behind it that it takes in. */
typedef struct chain {
    int product, root; /* root: the last of them */
    int gate;          /* silu's sigmoid; -1: none */
    unsigned parts;
    int in[CN_END_PARTS];
    cn_tile_activation activation;
} chain;

static bool is_product(const cn_ir_node *node)
{
    cn_dtype dtype = node->tensor->dtype;
    return !node->dead && cn_extras_of(node->op)->epilogue && node->n_in == 2 &&
           !node->tensor->value && (dtype == CN_FLOAT32 || dtype == CN_FLOAT64);
}

/* A number for each place along y's last axis. */
static bool is_row(const cn_tensor *x, const cn_tensor *y)
{
    int64_t columns = y->shape.dim[y->shape.rank - 1];
    return x->shape.rank >= 1 && x->shape.dim[x->shape.rank - 1] == columns &&
           cn_shape_size(x->shape) == columns;
}

/* It lies in memory in any case: no cluster could make it and its sum in one go. */
static bool is_stored(const cn_ir_node *node)
{
    return node->n_users > 1 || node->wanted || cn_is_leaf(node->tensor) ||
           !(node->op->traits & CN_ELEMENTWISE);
}

/* Which part `x` becomes, added to or multiplied by what the chain has so far; -1: none. A row that
 * is added may change places with a residual, and is a bias where nothing is scaled. */
static int part_for(const chain *c, bool add, const cn_ir_node *x, const cn_tensor *y)
{
    enum { BIAS = 1 << CN_END_BIAS, SCALE = 1 << CN_END_SCALE, SHIFT = 1 << CN_END_SHIFT };
    bool row = is_row(x->tensor, y);
    if (add && row && !(c->parts & (BIAS | SCALE)))
        return CN_END_BIAS;
    if (add && row)
        return c->parts & SHIFT ? -1 : CN_END_SHIFT;
    if (!add)
        return row && c->parts <= BIAS ? CN_END_SCALE : -1;
    bool alike = cn_shape_equal(x->tensor->shape, y->shape);
    return alike && is_stored(x) && !(c->parts >> CN_END_PLUS) ? CN_END_PLUS : -1;
}

/* x times its sigmoid, which nobody else reads. */
static bool take_silu(const cn_ir *ir, chain *c)
{
    const cn_ir_node *root = &ir->nodes[c->root];
    if (root->n_users != 2 || root->wanted || c->activation || root->tensor->dtype != CN_FLOAT32)
        return false;
    bool first = cn_ir_is(&ir->nodes[root->users[0]], "sigmoid");
    int gate = root->users[!first], product = root->users[first];
    const cn_ir_node *sigmoid = &ir->nodes[gate], *mul = &ir->nodes[product];
    if (!cn_ir_is(sigmoid, "sigmoid") || !cn_ir_is(mul, "mul") || sigmoid->n_users != 1 ||
        sigmoid->wanted || sigmoid->users[0] != product)
        return false;
    c->activation = CN_ACT_SILU;
    c->gate = gate;
    c->root = product;
    return true;
}

/* Takes in the node that reads the chain's result alone, if it is one that it can. */
static bool extend(const cn_ir *ir, chain *c)
{
    const cn_ir_node *root = &ir->nodes[c->root];
    const cn_tensor *y = ir->nodes[c->product].tensor;
    if (take_silu(ir, c))
        return true;
    if (root->n_users != 1 || root->wanted || c->activation)
        return false;
    const cn_ir_node *user = &ir->nodes[root->users[0]];
    bool add = cn_ir_is(user, "add");
    if (cn_ir_is(user, "relu")) {
        c->activation = CN_ACT_RELU;
    } else if (!add && !cn_ir_is(user, "mul")) {
        return false;
    } else {
        int other = user->in[user->in[0] == c->root];
        const cn_ir_node *x = &ir->nodes[other];
        bool fits = x->tensor->dtype == y->dtype && cn_shape_equal(user->tensor->shape, y->shape);
        int part = fits ? part_for(c, add, x, y) : -1;
        if (part < 0)
            return false;
        c->parts |= 1u << part;
        c->in[part] = other;
    }
    c->root = root->users[0];
    return true;
}

/* The chain's root becomes the product with its epilogue. */
static bool fuse(cn_ir *ir, const chain *c, int **link)
{
    const cn_tensor *from = ir->nodes[c->product].tensor;
    cn_tensor *inputs[INPUTS];
    int n = 0;
    for (; n < 2; n++)
        (*link)[n] = ir->nodes[c->product].in[n];
    for (int p = 0; p < CN_END_PARTS; p++)
        if (c->parts >> p & 1)
            (*link)[n++] = c->in[p];
    for (int i = 0; i < n; i++)
        inputs[i] = (cn_tensor *)ir->nodes[(*link)[i]].tensor;
    int32_t epilogue = (int32_t)(c->parts | (unsigned)c->activation << CN_END_PARTS);
    cn_tensor *made = cn_apply_epilogue(from, inputs, n, epilogue);
    if (!made)
        return false;
    made->layer = from->layer;
    for (int i = c->product; i != c->root; i = ir->nodes[i].users[0])
        ir->nodes[i].dead = true;
    if (c->gate >= 0)
        ir->nodes[c->gate].dead = true;
    cn_ir_node *node = &ir->nodes[c->root];
    node->in = *link;
    node->n_in = n;
    node->op = from->op;
    node->tensor = made;
    *link += n;
    return true;
}

bool cn_pass_epilogue(cn_ir *ir)
{
    if (ir->request->quick || cn_pass_off("epilogue"))
        return true;
    int products = 0, total = 0;
    for (int i = 0; i < ir->count; i++) {
        products += is_product(&ir->nodes[i]);
        total += ir->nodes[i].n_in;
    }
    if (!products)
        return true;
    /* inputs of fused nodes stand behind all others, then the users */
    int room = total + INPUTS * products;
    int *links = cn_mem_calloc(2 * (size_t)room, sizeof *links);
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
        chain c = {.product = i, .root = i, .gate = -1};
        while (is_product(&ir->nodes[i]) && extend(ir, &c))
            continue;
        ok = c.root == i || fuse(ir, &c, &link);
    }
    ir->links = links;
    ir->links_room = room;
    cn_mem_free(old);
    return ok && cn_ir_links(ir);
}
