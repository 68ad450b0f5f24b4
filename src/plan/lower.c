/* From tensors to numbered nodes: the first pass. */
#include <string.h>

#include "base/alloc.h"
#include "graph/piece.h"
#include "graph/shape.h"
#include "plan/ir.h"

/* The tensors to look below: all roots but the inputs, which count as leaves. */
static bool collect(cn_ir *ir, const cn_plan_request *r)
{
    size_t n = r->n_outputs + 2 * r->n_assigned + r->n_inputs;
    cn_tensor **roots = cn_mem_calloc(n, sizeof *roots);
    if (!roots)
        return false;
    size_t k = 0;
    for (size_t i = 0; i < r->n_outputs; i++)
        roots[k++] = r->outputs[i];
    for (size_t i = 0; i < r->n_assigned; i++) {
        roots[k++] = r->values[i];
        roots[k++] = r->variables[i];
    }
    for (size_t i = 0; i < r->n_inputs; i++)
        roots[k++] = r->inputs[i];
    bool ok = cn_walk_make(&ir->walk, roots, k, cn_is_leaf);
    cn_mem_free(roots);
    return ok;
}

static bool is_late_output(const cn_plan_request *r, const cn_tensor *tensor)
{
    for (size_t i = 0; r->late && i < r->n_outputs; i++) {
        const cn_tensor *output = r->outputs[i];
        if (output == tensor || (output->op == &cn_op_nth && output->inputs[0] == tensor))
            return true;
    }
    return false;
}

static bool check_leaf(cn_ir *ir, const cn_tensor *tensor)
{
    const cn_plan_request *r = ir->request;
    bool unknown = !cn_shape_known(tensor->shape) && !is_late_output(r, tensor);
    const cn_tensor *maker = tensor->op == &cn_op_nth ? tensor->inputs[0] : tensor;
    if (unknown && maker->op->traits & CN_LATE) {
        ir->late = true; /* the first one met: all that it reads is known */
        return false;
    }
    if (unknown)
        return cn_fail(CN_ESTATE, "the result of '%s' has the unknown shape %s", tensor->op->name,
                       cn_shape_text(tensor->shape));
    if (tensor->op != &cn_op_placeholder && tensor->op != &cn_op_none)
        return true;
    for (size_t i = 0; i < r->n_inputs; i++)
        if (r->inputs[i] == tensor)
            return true;
    if (tensor->op == &cn_op_none)
        return cn_fail(CN_EINVAL,
                       "expected a tensor, found 'none': the gradient of something that the "
                       "result does not depend on");
    return cn_fail(CN_ESTATE,
                   "a tensor that depends on an input cannot be computed without its data");
}

static void number_inputs(cn_ir *ir, int i, int **link)
{
    const cn_tensor *tensor = ir->walk.nodes[i];
    cn_ir_node *node = &ir->nodes[i];
    *node = (cn_ir_node){.op = tensor->op, .tensor = tensor, .step = -1, .buffer = -1, .in = *link};
    node->n_in = cn_is_leaf(tensor) ? 0 : tensor->n_inputs;
    for (int k = 0; k < node->n_in; k++)
        *(*link)++ = (int)cn_walk_find(&ir->walk, tensor->inputs[k]);
}

bool cn_ir_links(cn_ir *ir)
{
    for (int i = 0; i < ir->count; i++)
        ir->nodes[i].n_users = 0;
    int *users = ir->links + ir->links_room;
    for (int i = 0; i < ir->count; i++)
        for (int k = 0; k < ir->nodes[i].n_in; k++)
            ir->nodes[ir->nodes[i].in[k]].n_users += !ir->nodes[i].dead;
    for (int i = 0; i < ir->count; i++) {
        ir->nodes[i].users = users;
        users += ir->nodes[i].n_users;
        ir->nodes[i].n_users = 0;
    }
    for (int i = 0; i < ir->count; i++)
        for (int k = 0; k < ir->nodes[i].n_in && !ir->nodes[i].dead; k++) {
            cn_ir_node *input = &ir->nodes[ir->nodes[i].in[k]];
            input->users[input->n_users++] = i;
        }
    return true;
}

static bool number_roots(cn_ir *ir)
{
    const cn_plan_request *r = ir->request;
    ir->outputs = cn_mem_calloc(r->n_outputs, sizeof(int));
    ir->values = cn_mem_calloc(r->n_assigned, sizeof(int));
    ir->targets = cn_mem_calloc(r->n_assigned, sizeof(int));
    ir->kept = cn_mem_calloc(r->n_outputs, sizeof(int));
    if (!ir->outputs || !ir->kept || !ir->values || !ir->targets)
        return false;
    for (size_t i = 0; i < r->n_outputs; i++) {
        ir->outputs[i] = (int)cn_walk_find(&ir->walk, r->outputs[i]);
        ir->nodes[ir->outputs[i]].wanted = true;
    }
    for (size_t i = 0; i < r->n_assigned; i++) {
        ir->values[i] = (int)cn_walk_find(&ir->walk, r->values[i]);
        ir->targets[i] = (int)cn_walk_find(&ir->walk, r->variables[i]);
        ir->nodes[ir->values[i]].wanted = true;
    }
    return true;
}

bool cn_pass_lower(cn_ir *ir, const cn_plan_request *request)
{
    ir->request = request;
    if (!collect(ir, request))
        return false;
    for (size_t i = 0; i < ir->walk.count && !ir->pieces; i++)
        ir->pieces = ir->walk.nodes[i]->op == &cn_op_piece && !cn_is_leaf(ir->walk.nodes[i]);
    if (ir->pieces)
        return false; /* they are opened first */
    ir->count = (int)ir->walk.count;
    size_t links = 0;
    for (int i = 0; i < ir->count; i++) {
        links += (size_t)ir->walk.nodes[i]->n_inputs;
        if (!check_leaf(ir, ir->walk.nodes[i]))
            return false;
    }
    ir->nodes = cn_mem_calloc((size_t)ir->count, sizeof *ir->nodes);
    ir->links = cn_mem_calloc(2 * links, sizeof *ir->links);
    if (!ir->nodes || !ir->links)
        return false;
    ir->links_room = (int)links;
    int *link = ir->links;
    for (int i = 0; i < ir->count; i++)
        number_inputs(ir, i, &link);
    return number_roots(ir) && cn_ir_links(ir);
}

bool cn_ir_is(const cn_ir_node *node, const char *op)
{
    return !node->dead && !strcmp(node->op->name, op) && !node->tensor->value;
}

int cn_ir_base(const cn_ir *ir, int node)
{
    while (ir->nodes[node].op->traits & CN_VIEW && ir->nodes[node].n_in)
        node = ir->nodes[node].in[0];
    return node;
}

int64_t cn_ir_size(const cn_ir *ir, int node)
{
    return cn_shape_size(ir->nodes[node].tensor->shape);
}

void cn_ir_free(cn_ir *ir)
{
    cn_walk_free(&ir->walk);
    cn_mem_free(ir->nodes);
    cn_mem_free(ir->links);
    cn_mem_free(ir->outputs);
    cn_mem_free(ir->values);
    cn_mem_free(ir->targets);
    cn_mem_free(ir->kept);
    for (int i = 0; i < ir->n_steps; i++)
        cn_mem_free(ir->steps[i].nodes);
    cn_mem_free(ir->steps);
    cn_mem_free(ir->buffers);
    cn_mem_free(ir->readers);
    cn_mem_free(ir->readers_of);
    *ir = (cn_ir){0};
}
