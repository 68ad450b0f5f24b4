/* One of two bodies. Inputs of the node: the condition, what the first captured, what the second.
 * keras.ops.cond */
#include "ops/flow/flow.h"

#include <string.h>

#include "base/alloc.h"

typedef struct cond_attrs {
    cn_body *branch[2]; /* true, false */
} cond_attrs;

/* Where a branch's inputs begin. */
static int first_input(const cn_tensor *node, int branch)
{
    return branch ? 1 + (int)CN_ATTRS(cond_attrs, node)->branch[0]->params->count : 1;
}

static cn_body *branch_of(const cn_tensor *node, int branch)
{
    return cn_body_for_inputs(CN_ATTRS(cond_attrs, node)->branch[branch], node,
                              first_input(node, branch));
}

static bool unite(const cn_tensor *a, const cn_tensor *b, int i, cn_results *results)
{
    if (a->dtype != b->dtype || a->shape.rank != b->shape.rank)
        return cn_fail(CN_EINVAL, "cn_cond: result %d is %s %s where true, but %s %s where false",
                       i, cn_dtype_name(a->dtype), cn_shape_text(a->shape), cn_dtype_name(b->dtype),
                       cn_shape_text(b->shape));
    results->shape[i] = a->shape;
    results->dtype[i] = a->dtype;
    for (int k = 0; k < a->shape.rank; k++)
        if (a->shape.dim[k] != b->shape.dim[k])
            results->shape[i].dim[k] = CN_ANY;
    return true;
}

static bool cond_infer(const cn_tensor *node, cn_results *results)
{
    const cn_body *yes = branch_of(node, 0), *no = branch_of(node, 1);
    if (!yes || !no)
        return false;
    if (yes->results->count != no->results->count)
        return cn_fail(CN_EINVAL, "cn_cond: %zu results where true, but %zu where false",
                       yes->results->count, no->results->count);
    results->count = (int)yes->results->count;
    for (int i = 0; i < results->count; i++)
        if (!unite(yes->results->items[i], no->results->items[i], i, results))
            return false;
    return true;
}

/* ---- the kernel ---- */

static void *cond_prepare(const cn_tensor *node)
{
    cn_list *plans = cn_list_new();
    for (int branch = 0; plans && branch < 2; branch++) {
        cn_body *body = CN_ATTRS(cond_attrs, node)->branch[branch];
        size_t n = body->params->count;
        cn_shape *shapes = cn_mem_calloc(n, sizeof *shapes);
        for (size_t i = 0; shapes && i < n; i++)
            shapes[i] = node->inputs[first_input(node, branch) + (int)i]->shape;
        bool ok = shapes && cn_list_add(plans, cn_flow_plan(body, shapes, 0));
        cn_mem_free(shapes);
        if (!ok)
            return NULL;
    }
    return plans;
}

static size_t cond_scratch(const cn_tensor *node)
{
    return cn_flow_scratch(node);
}

static bool cond_run(const cn_kernel_args *args)
{
    const cond_attrs *a = args->attrs;
    int branch = *(const bool *)args->in[0].data ? 0 : 1;
    int first = branch ? 1 + (int)a->branch[0]->params->count : 1;
    const void **inputs = args->scratch;
    void **outputs = (void **)(inputs + args->n_in);
    for (int i = first; i < args->n_in; i++)
        inputs[i - first] = args->in[i].data;
    cn_flow_run flow;
    bool ok = cn_flow_begin(&flow, ((cn_list *)args->prepared)->items[branch]) &&
              cn_flow_step_into(&flow, inputs, args, outputs, outputs + args->n_out);
    if (flow.run)
        cn_flow_end(&flow);
    return ok;
}

/* ---- the gradient: the two branches backwards ---- */

typedef struct side {
    cn_body_maker maker;
    cn_list *results;
} side;

static bool cond_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx);

static const cn_op cn_op_cond = {
    .name = "cond",
    .traits = CN_LATE,
    .attrs = sizeof(cond_attrs),
    .infer = cond_infer,
    .vjp = cond_vjp,
    .run = cond_run,
    .extras = &(const cn_op_extras){.scratch = cond_scratch, .bodies = 2, .prepare = cond_prepare}};

/* The node of two sides whose tracing has ended. */
static cn_tensor *cond_node(cn_tensor *pred, side *sides)
{
    cond_attrs attrs;
    for (int i = 0; i < 2; i++) {
        if (!sides[i].results ||
            !cn_body_capture(&sides[i].maker, cn_list_new(), false, &sides[i].results, 1))
            return NULL;
        attrs.branch[i] = cn_flow_body(sides[i].maker.parameters, sides[i].results);
        if (!attrs.branch[i])
            return NULL;
    }
    cn_list *inputs =
        cn_flow_join(3, cn_list_of(pred), sides[0].maker.captured, sides[1].maker.captured);
    return inputs ? cn_apply(&cn_op_cond, (cn_tensor *const *)inputs->items, (int)inputs->count,
                             &attrs)
                  : NULL;
}

/* What flows back to each result, or cn_none(). */
static cn_list *flowing(const cn_body *body, cn_tensor *const *dy)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < body->results->count; i++)
        if (!cn_list_add(list, dy[i] ? dy[i] : cn_none()))
            return NULL;
    return list;
}

static cn_list *seeds_for(const cn_body *body, cn_tensor *const *dy)
{
    bool flows[CN_MAX_OUTPUTS];
    for (size_t i = 0; i < body->results->count; i++)
        flows[i] = dy[i] != NULL;
    return cn_flow_seeds(body, flows);
}

/* What flows back to the inputs of a branch, traced as one side of the new node. */
static cn_list *back_through(const cn_tensor *node, int branch, cn_tensor *const *dy, side *s)
{
    cn_body *body = branch_of(node, branch);
    if (!body || !cn_body_begin(&s->maker))
        return NULL;
    cn_flow_gradient g = {.seeds = seeds_for(body, dy), .flowing = flowing(body, dy)};
    bool ok = g.seeds && g.flowing &&
              cn_flow_differentiate(&g, body, 0, node->inputs + first_input(node, branch), false);
    return cn_body_end(&s->maker) && ok ? g.grads : NULL;
}

/* Each side gives gradients for what either of them reads: zeros for what only the other does. */
static bool fill_sides(const cn_tensor *node, side *sides, cn_list *const *grads)
{
    sides[0].results = cn_list_new();
    sides[1].results = cn_list_new();
    bool ok = sides[0].results && sides[1].results;
    for (int branch = 0; branch < 2; branch++)
        for (size_t i = 0; ok && i < grads[branch]->count; i++) {
            cn_tensor *grad = grads[branch]->items[i];
            if (!cn_is_none(grad))
                ok = cn_list_add(sides[branch].results, grad) &&
                     cn_list_add(sides[!branch].results,
                                 cn_zeros_like(node->inputs[first_input(node, branch) + (int)i]));
        }
    return ok;
}

static bool hand_out(const cn_tensor *node, cn_list *const *grads, cn_tensor *all, cn_tensor **dx)
{
    size_t at = 0;
    for (int branch = 0; branch < 2; branch++)
        for (size_t i = 0; i < grads[branch]->count; i++)
            if (!cn_is_none(grads[branch]->items[i]) &&
                !(dx[first_input(node, branch) + (int)i] = cn_nth_result(all, at++)))
                return false;
    return true;
}

/* The gradient's node on both sides; nothing to do where nothing gets a gradient. */
static bool take_back(const cn_tensor *node, side *sides, cn_list *const *grads, cn_tensor **dx)
{
    if (!fill_sides(node, sides, grads))
        return false;
    if (!sides[0].results->count)
        return true;
    cn_tensor *all = cond_node(node->inputs[0], sides);
    return all && hand_out(node, grads, all, dx);
}

static bool cond_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    side sides[2] = {0};
    cn_list *grads[2];
    bool ok = (grads[0] = back_through(node, 0, dy, &sides[0])) &&
              (grads[1] = back_through(node, 1, dy, &sides[1])) &&
              take_back(node, sides, grads, dx);
    cn_body_maker_free(&sides[0].maker);
    cn_body_maker_free(&sides[1].maker);
    return ok;
}

/* ---- the builder ---- */

static bool trace_side(side *s, cn_branch function, void *user)
{
    if (!cn_body_begin(&s->maker))
        return false;
    cn_caller before = cn_caller_now();
    cn_tensor *result = function(user);
    bool gave = cn_flow_gave(&before, result, "cn_cond: a branch");
    s->results = gave ? cn_results_of(result) : NULL;
    bool ok = s->results;
    for (size_t i = 0; ok && i < s->results->count; i++)
        ok = cn_list_put(s->results, i, cn_trace_read(s->results->items[i]));
    return cn_body_end(&s->maker) && ok;
}

static long find(const cn_list *list, const void *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return (long)i;
    return -1;
}

/* Variables that either side assigns: both give their values. */
static cn_list *add_assigned(side *sides)
{
    cn_list *variables = cn_list_concat(sides[0].maker.variables, sides[1].maker.variables);
    cn_list *each = cn_list_new();
    bool ok = variables && each;
    for (size_t i = 0; ok && i < variables->count; i++) {
        cn_tensor *variable = variables->items[i];
        if (find(each, variable) >= 0)
            continue;
        ok = cn_list_add(each, variable);
        for (int s = 0; ok && s < 2; s++) {
            long at = find(sides[s].maker.variables, variable);
            ok = cn_list_add(sides[s].results,
                             at >= 0 ? sides[s].maker.after->items[at] : cn_trace_read(variable));
        }
    }
    return ok ? each : NULL;
}

static cn_tensor *cond_of(cn_tensor *pred, const cn_cond_options *o)
{
    side sides[2] = {0};
    cn_tensor *result = NULL;
    if (trace_side(&sides[0], o->true_fn, o->user) && trace_side(&sides[1], o->false_fn, o->user)) {
        size_t count = sides[0].results->count;
        bool same = count == sides[1].results->count;
        cn_list *variables = same ? add_assigned(sides) : cn_list_new();
        cn_list *all = variables ? cn_results_of_node(cond_node(pred, sides)) : NULL;
        if (all && cn_flow_assign(variables, all, count))
            result = cn_tuple(cn_list_make(all->items, count));
    }
    cn_body_maker_free(&sides[0].maker);
    cn_body_maker_free(&sides[1].maker);
    return result;
}

cn_tensor *cn_cond_with(const cn_cond_options *o)
{
    cn_mark_at(o->at, "cn_cond");
    cn_tensor *pred = cn_cast(cn_trace_read(o->pred), CN_BOOL);
    if (!pred || !o->true_fn || !o->false_fn)
        return NULL;
    if (cn_shape_known(pred->shape) && cn_shape_size(pred->shape) != 1)
        return cn_fail_null(CN_EINVAL,
                            "cn_cond: expected a condition of one element, found shape %s",
                            cn_shape_text(pred->shape));
    return cond_of(pred, o);
}
