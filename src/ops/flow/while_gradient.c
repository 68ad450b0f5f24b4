/* The gradient of a loop: an op that goes through the turns again, keeps the variables of each, and
 * then takes the body backwards from the last to the first. It has no gradient itself: where the
 * number of turns is known, cn_scan has gradients of any order.
 *
 * Inputs: those of the loop; what flows into its float results; what the backward body captured.
 * Results: what flows back to the float variables, then the sums for what the loop captured. */
#include <string.h>

#include "base/alloc.h"
#include "ops/flow/while_loop.h"

typedef struct back_attrs {
    /* The loop's, and a turn backwards: its parameters are the variables, what flows in, the sums
     * so far and what it captured; its results what flows out and the new sums. */
    cn_body *cond, *body, *back;
    int64_t vars, params, flows, sums, maximum;
    uint64_t open;
} back_attrs;

/* ---- the kernel ---- */

/* The variables before each turn, in memory of their own. */
typedef struct history {
    cn_view *views; /* `vars` of each turn */
    size_t count, capacity;
} history;

static size_t bytes_of(const cn_view *view)
{
    return (size_t)view->size * cn_dtype_size(view->dtype);
}

static bool remember(history *h, const cn_view *views, int vars)
{
    if (!cn_mem_reserve(&h->views, &h->capacity, h->count + (size_t)vars, sizeof *h->views))
        return false;
    for (int i = 0; i < vars; i++) {
        cn_view view = views[i];
        view.data = cn_mem_alloc_aligned(bytes_of(&views[i]));
        if (!view.data)
            return false;
        if (bytes_of(&view))
            memcpy(view.data, views[i].data, bytes_of(&view));
        h->views[h->count++] = view;
    }
    return true;
}

static void forget(history *h)
{
    for (size_t i = 0; i < h->count; i++)
        cn_mem_free_aligned(h->views[i].data);
    cn_mem_free(h->views);
}

static bool go_forward(const cn_kernel_args *args, history *h)
{
    const back_attrs *a = args->attrs;
    cn_turns t;
    bool ok =
        cn_turns_begin(&t, args->prepared, args->in, (int)a->vars, (int)a->params, a->maximum);
    int more = 0;
    while (ok && (more = cn_turns_more(&t)) > 0)
        ok = remember(h, t.views, (int)a->vars) && cn_turns_step(&t);
    cn_turns_end(&t);
    return ok && !more;
}

/* One turn backwards: `state` holds what flows and the sums, which are replaced. */
static bool turn_back(const cn_kernel_args *args, const cn_view *before, cn_view *state)
{
    const back_attrs *a = args->attrs;
    size_t kept = (size_t)(a->flows + a->sums), vars = (size_t)a->vars;
    size_t more = (size_t)args->n_in - (size_t)(a->params + a->flows), n = vars + kept + more;
    cn_view *views = cn_mem_calloc(n, sizeof *views);
    const void **inputs = cn_mem_calloc(n, sizeof *inputs);
    void **outputs = cn_mem_calloc(kept, sizeof *outputs);
    bool ok = views && inputs && outputs;
    for (size_t i = 0; ok && i < n; i++) {
        views[i] = i < vars          ? before[i]
                   : i < vars + kept ? state[i - vars]
                                     : args->in[(size_t)(a->params + a->flows) + i - vars - kept];
        inputs[i] = views[i].data;
    }
    cn_plan *plan = ok ? cn_body_plan_for(((cn_list *)args->prepared)->items[2], views, n) : NULL;
    cn_flow_run flow = {0};
    ok = plan && cn_flow_begin(&flow, plan);
    for (size_t i = 0; ok && i < kept; i++)
        ok = (outputs[i] = cn_mem_alloc_aligned(bytes_of(cn_plan_output(flow.run, i)))) != NULL;
    ok = ok && cn_flow_step(&flow, inputs, outputs);
    for (size_t i = 0; outputs && i < kept; i++) {
        if (ok) {
            cn_mem_free_aligned(state[i].data);
            state[i] = *cn_plan_output(flow.run, i);
            state[i].data = outputs[i];
        } else {
            cn_mem_free_aligned(outputs[i]);
        }
    }
    if (flow.run)
        cn_flow_end(&flow);
    cn_release(plan);
    cn_mem_free(views);
    cn_mem_free(inputs);
    cn_mem_free(outputs);
    return ok;
}

/* What flows into the loop's results, and zeros for the sums. */
static bool begin_state(const cn_kernel_args *args, cn_view *state)
{
    const back_attrs *a = args->attrs;
    for (int64_t i = 0; i < a->flows + a->sums; i++) {
        const cn_view *from = i < a->flows ? &args->in[a->params + i] : &args->out[i];
        state[i] = *from;
        state[i].data = cn_mem_alloc_aligned(bytes_of(from));
        if (!state[i].data)
            return false;
        if (i < a->flows)
            memcpy(state[i].data, from->data, bytes_of(from));
        else
            memset(state[i].data, 0, bytes_of(from));
    }
    return true;
}

static bool back_run(const cn_kernel_args *args)
{
    const back_attrs *a = args->attrs;
    size_t kept = (size_t)(a->flows + a->sums);
    history h = {0};
    cn_view *state = cn_mem_calloc(kept, sizeof *state);
    bool ok = state && begin_state(args, state) && go_forward(args, &h);
    for (size_t turn = h.count / (size_t)a->vars; ok && turn--;)
        ok = turn_back(args, h.views + turn * (size_t)a->vars, state);
    for (size_t i = 0; state && i < kept; i++) {
        if (ok && args->out[i].data)
            memcpy(args->out[i].data, state[i].data, bytes_of(&state[i]));
        cn_mem_free_aligned(state[i].data);
    }
    cn_mem_free(state);
    forget(&h);
    return ok;
}

static bool back_infer(const cn_tensor *node, cn_results *results)
{
    const back_attrs *a = CN_ATTRS(back_attrs, node);
    const cn_list *params = a->back->params;
    int at = 0;
    for (int64_t i = 0; i < a->vars; i++)
        if (cn_dtype_is_float(node->inputs[i]->dtype)) {
            results->shape[at] = node->inputs[i]->shape;
            results->dtype[at++] = node->inputs[i]->dtype;
        }
    for (int64_t i = 0; i < a->sums; i++) {
        const cn_tensor *sum = params->items[a->vars + a->flows + i];
        results->shape[at] = sum->shape;
        results->dtype[at++] = sum->dtype;
    }
    results->count = at;
    return true;
}

static void *back_prepare(const cn_tensor *node)
{
    const back_attrs *a = CN_ATTRS(back_attrs, node);
    return cn_list_of(cn_body_plans_new(a->cond, 0), cn_body_plans_new(a->body, 0),
                      cn_body_plans_new(a->back, 0));
}

static const cn_op cn_op_while_back = {
    .name = "while_loop's gradient",
    .traits = CN_FALLIBLE,
    .attrs = sizeof(back_attrs),
    .infer = back_infer,
    .run = back_run,
    .extras = &(const cn_op_extras){.bodies = 3, .prepare = back_prepare}};

/* ---- the builder ---- */

typedef struct backward {
    const cn_tensor *node;
    const cn_while_attrs *a;
    cn_body *body;
    cn_flow_gradient g;
    cn_body_maker maker;
    cn_list *flows, *sums, *results;
} backward;

static bool is_float(const backward *b, size_t i)
{
    return cn_dtype_is_float(b->node->inputs[i]->dtype);
}

/* Parameters for what flows in and for the sums; what a turn backwards gives for them. */
static bool make_lists(backward *b)
{
    b->flows = cn_list_new();
    b->sums = cn_list_new();
    b->results = cn_list_new();
    cn_list *totals = cn_list_new();
    bool ok = b->flows && b->sums && b->results && totals;
    for (size_t i = 0; ok && i < b->g.grads->count; i++) {
        cn_tensor *grad = b->g.grads->items[i];
        if (!is_float(b, i))
            continue;
        if (i < (size_t)b->a->vars) {
            cn_tensor *seed = b->g.seeds->items[i];
            ok = cn_list_add(b->flows, seed) &&
                 cn_list_add(b->results,
                             cn_is_none(grad) ? cn_zeros_like(b->g.own->items[i]) : grad);
        } else if (!cn_is_none(grad)) {
            const cn_tensor *input = b->node->inputs[i];
            cn_tensor *sum = cn_placeholder(input->shape, input->dtype, false);
            ok = cn_list_add(b->sums, sum) && cn_list_add(totals, cn_add(sum, grad));
        }
    }
    b->results = ok ? cn_list_concat(b->results, totals) : NULL;
    return b->results;
}

static bool trace(backward *b)
{
    bool flows[CN_MAX_OUTPUTS];
    for (size_t i = 0; i < b->body->results->count; i++)
        flows[i] = true;
    b->g.turned = cn_flow_turned(b->node, (size_t)b->a->vars);
    if (!b->g.turned || !cn_body_begin(&b->maker))
        return false;
    b->g.seeds = cn_flow_seeds(b->body, flows);
    bool ok = b->g.seeds &&
              cn_flow_differentiate(&b->g, b->body, (size_t)b->a->vars,
                                    b->node->inputs + b->a->vars, false) &&
              make_lists(b);
    return cn_body_end(&b->maker) && ok;
}

/* What flows into the results: zeros where nothing does. */
static cn_list *flowing(const backward *b, cn_tensor *const *dy)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < (size_t)b->a->vars; i++)
        if (is_float(b, i) &&
            !cn_list_add(list,
                         dy[i] ? dy[i] : cn_zeros_like(cn_nth_result((cn_tensor *)b->node, i))))
            return NULL;
    return list;
}

static cn_tensor *back_node(backward *b, cn_tensor *const *dy)
{
    cn_list *own =
        cn_flow_join(3, cn_list_make(b->g.own->items, (size_t)b->a->vars), b->flows, b->sums);
    cn_list *flows = flowing(b, dy);
    if (!own || !flows || !cn_body_capture(&b->maker, own, true, &b->results, 1))
        return NULL;
    back_attrs attrs = {.cond = b->a->cond,
                        .body = b->a->body,
                        .back = cn_flow_body(cn_list_concat(own, b->maker.parameters), b->results),
                        .vars = b->a->vars,
                        .params = b->node->n_inputs,
                        .flows = (int64_t)b->flows->count,
                        .sums = (int64_t)b->sums->count,
                        .maximum = b->a->maximum,
                        .open = b->a->open};
    cn_list *loop = cn_list_make((void *const *)b->node->inputs, (size_t)b->node->n_inputs);
    cn_list *inputs = cn_flow_join(3, loop, flows, b->maker.captured);
    if (!attrs.back || !inputs)
        return NULL;
    return cn_apply(&cn_op_while_back, (cn_tensor *const *)inputs->items, (int)inputs->count,
                    &attrs);
}

static bool hand_out(const backward *b, cn_tensor *all, cn_tensor **dx)
{
    size_t at = 0;
    for (size_t i = 0; i < b->g.grads->count; i++) {
        bool gets = i < (size_t)b->a->vars ? is_float(b, i) : !cn_is_none(b->g.grads->items[i]);
        if (gets && !(dx[i] = cn_nth_result(all, at++)))
            return false;
    }
    return true;
}

bool cn_while_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    backward b = {.node = node, .a = CN_ATTRS(cn_while_attrs, node)};
    cn_shape *shapes = cn_while_shapes(node);
    b.body = shapes ? cn_body_for(b.a->body, shapes) : NULL;
    cn_mem_free(shapes);
    cn_tensor *all = b.body && trace(&b) ? back_node(&b, dy) : NULL;
    cn_body_maker_free(&b.maker);
    return all && hand_out(&b, all, dx);
}
