/* relu before a max pool: its mask moves to the small side. What flows back goes to each window's
 * first maximum, and relu lets it pass where that maximum is positive; so the pool's own result
 * masks as well as relu's, and is a fraction of its size:
 *
 *     select(y > 0, max_pool_grad(dy, where), 0)  ->  max_pool_grad(select(max_pool(y) > 0, dy, 0),
 * where)
 *
 * The three nodes change places in their slots, so that inputs still come before users. */
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "graph/shape.h"
#include "plan/ir.h"

/* The nodes of one match. */
typedef struct match {
    int outer, test, grad; /* the select, y > 0, max_pool_grad */
    int zero;              /* what is selected elsewhere */
    int pool, dy, where;
} match;

static bool is_private(const cn_ir_node *node, const char *name)
{
    return cn_ir_is(node, name) && node->n_users == 1 && !node->wanted && node->n_in == 2;
}

static bool is_zero(const cn_ir_node *node)
{
    const cn_tensor *tensor = node->tensor;
    double value;
    int32_t attrs[2] = {tensor->dtype, CN_FLOAT64};
    if (tensor->op != &cn_op_constant || !tensor->value || cn_shape_size(tensor->shape) != 1)
        return false;
    cn_loop_cast(tensor->dtype, CN_FLOAT64)(&value, &(const void *){tensor->value->data}, 1, attrs);
    return value == 0;
}

static bool find(const cn_ir *ir, int i, match *m)
{
    const cn_ir_node *nodes = ir->nodes, *outer = &nodes[i];
    if (!cn_ir_is(outer, "select"))
        return false;
    *m = (match){.outer = i, .test = outer->in[0], .grad = outer->in[1], .zero = outer->in[2]};
    const cn_ir_node *test = &nodes[m->test], *grad = &nodes[m->grad];
    if (!is_private(test, "greater") || !is_private(grad, "max_pool_grad") ||
        !is_zero(&nodes[m->zero]) || !is_zero(&nodes[test->in[1]]) ||
        !cn_shape_equal(outer->tensor->shape, grad->tensor->shape))
        return false;
    m->dy = grad->in[0];
    m->where = grad->in[1];
    const cn_ir_node *where = &nodes[m->where];
    if (where->op != &cn_op_nth || !cn_ir_is(&nodes[where->in[0]], "max_pool"))
        return false;
    m->pool = where->in[0];
    return nodes[m->pool].in[0] == test->in[0];
}

static void put(cn_ir_node *node, cn_tensor *made, int *in, int n_in)
{
    made->marks = node->tensor->marks;
    node->op = made->op;
    node->tensor = made;
    node->in = in;
    node->n_in = n_in;
}

static bool rewrite(cn_ir *ir, const match *m)
{
    cn_ir_node *nodes = ir->nodes, *test = &nodes[m->test], *grad = &nodes[m->grad];
    cn_ir_node *outer = &nodes[m->outer];
    int threshold = test->in[1], low = m->test < m->grad ? m->test : m->grad;
    int high = m->test < m->grad ? m->grad : m->test;
    cn_tensor *zero = (cn_tensor *)nodes[m->zero].tensor, *dy = (cn_tensor *)nodes[m->dy].tensor;
    cn_tensor *pool = (cn_tensor *)nodes[m->pool].tensor,
              *where = (cn_tensor *)nodes[m->where].tensor;
    cn_tensor *positive = cn_apply2(test->op, pool, (cn_tensor *)nodes[threshold].tensor, NULL);
    cn_tensor *masked = cn_apply(outer->op, (cn_tensor *[]){positive, dy, zero}, 3, NULL);
    cn_tensor *spread = cn_apply2(grad->op, masked, where, grad->tensor->attrs);
    if (!spread)
        return false;
    spread->layer = grad->tensor->layer;
    int *two = test->in, *other = grad->in, *three = outer->in;
    memcpy(two, (int[]){m->pool, threshold}, 2 * sizeof *two);
    memcpy(three, (int[]){low, m->dy, m->zero}, 3 * sizeof *three);
    memcpy(other, (int[]){high, m->where}, 2 * sizeof *other);
    put(&nodes[low], positive, two, 2);
    put(&nodes[high], masked, three, 3);
    put(outer, spread, other, 2);
    return true;
}

bool cn_pass_pool_mask(cn_ir *ir)
{
    if (ir->request->quick || cn_pass_off("pool"))
        return true;
    bool changed = false;
    match m;
    for (int i = 0; i < ir->count; i++)
        if (find(ir, i, &m)) {
            if (!rewrite(ir, &m))
                return false;
            changed = true;
        }
    return !changed || cn_ir_links(ir);
}
