/* A plan from a graph: the passes one after the other, then the steps with all that running them
 * needs. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/piece.h"
#include "plan/internal.h"
#include "plan/profile.h"

static void destroy_plan(void *self)
{
    cn_plan *plan = self;
    cn_plan_run_free(atomic_load(&plan->spare));
    for (size_t i = 0; plan->steps && i < plan->n_steps; i++) {
        cn_cluster_free(plan->steps[i].cluster);
        cn_mem_free(plan->steps[i].attrs);
    }
    cn_mem_free(plan->steps);
    cn_mem_free(plan->views);
    cn_mem_free(plan->patches);
    cn_mem_free(plan->copies);
    cn_mem_free(plan->outputs);
    cn_release(plan->held);
    cn_release(plan->stage);
}

const cn_kind cn_plan_kind = {"plan", destroy_plan};

typedef struct builder {
    const cn_ir *ir;
    cn_plan *plan;
    size_t n_patches;
    cn_map held;
} builder;

/* Keeps an object alive with the plan. */
static bool hold(builder *b, void *object)
{
    if (cn_map_has(&b->held, object))
        return true;
    return cn_list_add(b->plan->held, object) && cn_map_put(&b->held, object, object);
}

/* Fills in a view's data where that is the same in every run, and notes a patch where it is not. */
static bool add_view(builder *b, size_t at, int node, int buffer)
{
    const cn_tensor *tensor = b->ir->nodes[node].tensor;
    cn_ir_buffer *where = &b->ir->buffers[buffer];
    cn_view *view = &b->plan->views[at];
    cn_patch patch = {
        .place = where->place, .view = at, .index = where->index, .offset = where->offset};
    *view = cn_view_of(NULL, tensor->dtype, tensor->shape);
    if (where->place == CN_IN_ROOM) { /* of the step that makes it, then of its readers */
        where->index = (int)at;
        return true;
    }
    if (where->place == CN_IN_CONSTANT) {
        const cn_tensor *leaf = b->ir->nodes[where->index].tensor;
        view->data = leaf->value->data;
        return hold(b, leaf->value);
    }
    if (where->place == CN_IN_VARIABLE) {
        cn_tensor *variable = (cn_tensor *)b->ir->nodes[where->index].tensor;
        patch.variable = variable->variable;
        if (!hold(b, variable))
            return false;
    }
    b->plan->patches[b->n_patches++] = patch;
    return true;
}

static bool fill_cluster(builder *b, cn_step *step, const cn_ir_step *from, size_t at)
{
    int inputs[CN_CLUSTER_INPUTS], outputs[CN_CLUSTER_NODES];
    step->cluster = cn_cluster_make(b->ir, from, inputs, outputs);
    if (!step->cluster)
        return false;
    step->name = "cluster";
    step->run = cn_cluster_run;
    step->args =
        (cn_kernel_args){.n_in = step->cluster->n_inputs, .n_out = step->cluster->n_outputs};
    step->args.attrs = step->cluster;
    /* the attributes of the members outlive the graph in one block */
    size_t bytes = 0;
    for (int i = 0; i < from->count; i++)
        bytes += (b->ir->nodes[from->nodes[i]].op->attrs + 15) & ~(size_t)15;
    char *attrs = step->attrs = cn_mem_alloc(bytes);
    if (!attrs)
        return false;
    for (int i = 0; i < from->count; i++) {
        const cn_ir_node *node = &b->ir->nodes[from->nodes[i]];
        if (!node->op->attrs || node->row)
            continue;
        memcpy(attrs, node->tensor->attrs, node->op->attrs);
        step->cluster->ops[i].attrs = attrs;
        attrs += (node->op->attrs + 15) & ~(size_t)15;
    }
    bool ok = true;
    for (int i = 0; ok && i < step->cluster->n_inputs; i++)
        ok = add_view(b, at++, inputs[i], b->ir->nodes[inputs[i]].buffer);
    for (int i = 0; ok && i < step->cluster->n_outputs; i++)
        ok = add_view(b, at++, outputs[i], b->ir->nodes[outputs[i]].buffer);
    return ok;
}

/* The view of result k of a node: its own, or that of the `nth` node that shows it; none: no data.
 */
static bool add_result(builder *b, const cn_ir_step *from, size_t at, int k)
{
    int index = from->nodes[0];
    const cn_ir_node *node = &b->ir->nodes[index];
    if (k == 0)
        return add_view(b, at, index, node->buffer);
    for (int u = 0; u < node->n_users; u++) {
        const cn_ir_node *user = &b->ir->nodes[node->users[u]];
        if (user->op == &cn_op_nth && *(const int64_t *)user->tensor->attrs == k)
            return add_view(b, at, node->users[u], user->buffer);
    }
    b->plan->views[at] =
        cn_view_of(NULL, node->tensor->results->dtype[k], node->tensor->results->shape[k]);
    return true;
}

/* What the op makes once for the plan, and the bodies that its attributes point to. */
static bool prepare(builder *b, cn_step *step, const cn_ir_node *node)
{
    const cn_tensor *tensor = node->tensor;
    const cn_ir *ir = b->ir;
    const cn_op_extras *op = cn_extras_of(tensor->op);
    void **made = &step->args.prepared;
    if (op->claim && !ir->request->quick && !ir->request->n_assigned)
        return op->claim(tensor, ir->nodes[cn_ir_base(ir, node->in[1])].tensor, made) &&
               (!*made || hold(b, *made));
    for (int i = 0; i < op->bodies; i++)
        if (!hold(b, ((void **)tensor->attrs)[i]))
            return false;
    if (!op->prepare)
        return true;
    *made = op->prepare(tensor);
    return *made && hold(b, *made);
}

static bool fill_single(builder *b, cn_step *step, const cn_ir_step *from, size_t at)
{
    const cn_ir_node *node = &b->ir->nodes[from->nodes[0]];
    step->name = node->op->name;
    step->layer = node->tensor->layer;
    step->run = node->op->run;
    step->flops = cn_extras_of(node->op)->flops;
    if (!step->run)
        return cn_fail(CN_EUNSUPPORTED, "not supported: the op '%s' has no kernel", node->op->name);
    step->args = (cn_kernel_args){
        .n_in = node->n_in, .n_out = node->tensor->results ? node->tensor->results->count : 1};
    if (node->op->attrs) {
        step->attrs = cn_mem_alloc(node->op->attrs);
        if (!step->attrs)
            return false;
        memcpy(step->attrs, node->tensor->attrs, node->op->attrs);
        step->args.attrs = step->attrs;
    }
    bool ok = prepare(b, step, node);
    for (int i = 0; ok && i < node->n_in; i++)
        ok = add_view(b, at++, node->in[i], b->ir->nodes[node->in[i]].buffer);
    for (int k = 0; ok && k < step->args.n_out; k++)
        ok = add_result(b, from, at++, k);
    step->has_scratch = from->scratch >= 0;
    if (step->has_scratch)
        step->scratch = b->ir->buffers[from->scratch].offset;
    return ok;
}

static bool fill_steps(builder *b)
{
    size_t at = 0;
    for (int s = 0; s < b->ir->n_steps; s++) {
        const cn_ir_step *from = &b->ir->steps[s];
        cn_step *step = &b->plan->steps[s];
        step->view = at;
        bool ok = from->cluster ? fill_cluster(b, step, from, at) : fill_single(b, step, from, at);
        if (!ok)
            return false;
        at += (size_t)(step->args.n_in + step->args.n_out);
    }
    b->plan->n_views = at;
    return true;
}

/* The output whose view is the last one is copied to memory of its own. */
static bool keep_output(builder *b, size_t i)
{
    cn_plan *plan = b->plan;
    if (b->ir->kept[i] < 0)
        return true;
    plan->outputs[i].view = plan->n_views;
    plan->copies[plan->n_copies++] =
        (cn_copy_back){.view = plan->n_views - 1, .kept = plan->n_views};
    return add_view(b, plan->n_views++, b->ir->outputs[i], b->ir->kept[i]);
}

/* Outputs and assigned values are views behind those of the steps. */
static bool fill_results(builder *b)
{
    cn_plan *plan = b->plan;
    const cn_plan_request *r = b->ir->request;
    for (size_t i = 0; i < r->n_outputs; i++) {
        int node = b->ir->outputs[i];
        const cn_ir_buffer *buffer = &b->ir->buffers[b->ir->nodes[node].buffer];
        if (buffer->place == CN_IN_ROOM) { /* where the step has put it */
            plan->outputs[i] = (cn_plan_result){(size_t)buffer->index, false};
            continue;
        }
        plan->outputs[i] = (cn_plan_result){plan->n_views, buffer->place == CN_IN_OUTPUT &&
                                                               buffer->index == (int)i};
        if (!add_view(b, plan->n_views++, node, b->ir->nodes[node].buffer) || !keep_output(b, i))
            return false;
    }
    for (size_t i = 0; i < r->n_assigned; i++) {
        int from = b->ir->values[i], to = b->ir->targets[i];
        const cn_ir_buffer *source = &b->ir->buffers[b->ir->nodes[from].buffer];
        cn_tensor *variable = (cn_tensor *)b->ir->nodes[to].tensor;
        bool in_place =
            source->place == CN_IN_VARIABLE && b->ir->nodes[source->index].tensor == variable;
        cn_copy_back copy = {
            .view = plan->n_views, .variable = variable->variable, .in_place = in_place};
        plan->copies[plan->n_copies++] = copy;
        if (!hold(b, variable) || !add_view(b, plan->n_views++, from, b->ir->nodes[from].buffer))
            return false;
    }
    plan->n_patches = b->n_patches;
    return true;
}

static size_t count_views(const cn_ir *ir)
{
    size_t views = 2 * ir->request->n_outputs + ir->request->n_assigned;
    for (int i = 0; i < ir->count; i++) {
        const cn_ir_node *node = &ir->nodes[i];
        views += (size_t)node->n_in;
        views += node->tensor->results ? (size_t)node->tensor->results->count : 1;
    }
    return views;
}

static cn_plan *assemble(const cn_ir *ir)
{
    cn_plan *plan = cn_object_new(&cn_plan_kind, sizeof *plan);
    if (!plan)
        return NULL;
    size_t views = count_views(ir);
    plan->n_steps = (size_t)ir->n_steps;
    plan->n_outputs = ir->request->n_outputs;
    plan->n_inputs = ir->request->n_inputs;
    plan->arena = ir->arena;
    plan->held = cn_retain(cn_list_new());
    plan->steps = cn_mem_calloc(plan->n_steps, sizeof *plan->steps);
    plan->views = cn_mem_calloc(views, sizeof *plan->views);
    plan->patches = cn_mem_calloc(views, sizeof *plan->patches);
    plan->copies = cn_mem_calloc(plan->n_outputs + ir->request->n_assigned, sizeof *plan->copies);
    plan->outputs = cn_mem_calloc(plan->n_outputs, sizeof *plan->outputs);
    if (!plan->held || !plan->steps || !plan->views || !plan->patches || !plan->copies ||
        !plan->outputs)
        return NULL;
    builder b = {.ir = ir, .plan = plan};
    bool ok = fill_steps(&b) && fill_results(&b);
    cn_map_free(&b.held);
    return ok ? plan : NULL;
}

static cn_plan *build_opened(const cn_plan_request *request)
{
    cn_list *outputs = cn_list_make((void *const *)request->outputs, request->n_outputs);
    cn_list *values = cn_list_make((void *const *)request->values, request->n_assigned);
    cn_list *all = cn_pieces_opened(cn_list_concat(outputs, values));
    if (!all)
        return NULL;
    cn_plan_request opened = *request;
    opened.outputs = (cn_tensor *const *)all->items;
    opened.values = (cn_tensor *const *)all->items + request->n_outputs;
    return cn_plan_build(&opened);
}

cn_plan *cn_plan_build(const cn_plan_request *request)
{
    static bool (*const passes[])(cn_ir *) = {cn_pass_merge,   cn_pass_padding,   cn_pass_epilogue,
                                              cn_pass_strides, cn_pass_pool_mask, cn_pass_remat,
                                              cn_pass_parts,   cn_pass_schedule,  cn_pass_memory};
    cn_ir ir = {0};
    bool ok = cn_pass_fold(request) && cn_pass_lower(&ir, request);
    for (size_t i = 0; ok && i < sizeof passes / sizeof *passes; i++)
        ok = passes[i](&ir);
    cn_plan *plan = ok ? assemble(&ir) : NULL;
    bool late = ir.late, pieces = ir.pieces;
    cn_ir_free(&ir);
    if (pieces)
        return build_opened(request);
    if (late)
        return cn_plan_build_staged(request);
    if (plan && getenv("CORNU_PLAN") && !request->quick)
        cn_plan_print(plan, stderr);
    if (plan && cn_profiling())
        cn_profile_plan(plan);
    return plan;
}
