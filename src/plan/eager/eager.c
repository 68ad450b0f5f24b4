/* Computing what somebody looks at, and the assignments that wait, together. A graph that is met
 * for the first time is planned quickly and run once; from the second time on its plan is kept by
 * its structure. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/eager/eager.h"
#include "plan/internal.h"
#include "plan/eager/structures.h"

/* What a thread needs to compute, kept from time to time. */
typedef struct worker {
    cn_signature sig;
    cn_structures plans;
    cn_buffer **buffers; /* of the roots, for a while */
    const void **inputs;
    void **outputs;
    size_t buffers_capacity, inputs_capacity, outputs_capacity;
} worker;

static _Thread_local worker *mine;

static void free_worker(worker *w)
{
    if (!w)
        return;
    cn_signature_free(&w->sig);
    cn_structures_clear(&w->plans);
    cn_mem_free(w->buffers);
    cn_mem_free(w->inputs);
    cn_mem_free(w->outputs);
    cn_mem_free(w);
}

/* A kernel may run code that computes: that gets a worker of its own. */
static worker *take_worker(void)
{
    worker *w = mine;
    mine = NULL;
    return w ? w : cn_mem_calloc(1, sizeof *w);
}

static void give_worker(worker *w)
{
    enum { MANY = 1 << 14 }; /* nodes: memory for more is not kept */
    if (w->sig.count > MANY)
        cn_signature_free(&w->sig);
    free_worker(mine);
    mine = w;
}

/* ---- running ---- */

/* Memory for the roots that have none yet, and its addresses in order; none where only running
 * tells the size. */
static bool make_buffers(worker *w, bool all)
{
    size_t n = w->sig.n_roots, k = 0;
    if (!cn_mem_reserve(&w->buffers, &w->buffers_capacity, n, sizeof *w->buffers) ||
        !cn_mem_reserve(&w->outputs, &w->outputs_capacity, n, sizeof *w->outputs))
        return false;
    for (size_t i = 0; i < n; i++) {
        const cn_tensor *root = w->sig.nodes[i].tensor;
        if (!all && w->sig.nodes[i].over)
            continue;
        w->buffers[k] = NULL;
        w->outputs[k] = NULL;
        if (cn_shape_known(root->shape)) {
            w->buffers[k] =
                cn_buffer_new((size_t)cn_shape_size(root->shape) * cn_dtype_size(root->dtype));
            if (!w->buffers[k])
                return false;
            w->outputs[k] = w->buffers[k]->data;
        }
        k++;
    }
    return true;
}

/* The root whose size is known now. */
static bool keep_late(cn_tensor *root, const cn_view *view)
{
    cn_buffer *buffer = cn_buffer_new((size_t)view->size * cn_dtype_size(view->dtype));
    if (!buffer)
        return false;
    if (buffer->size)
        memcpy(buffer->data, view->data, buffer->size);
    root->shape.rank = view->rank;
    memcpy(root->shape.dim, view->dim, sizeof view->dim);
    cn_replace(&root->value, buffer);
    return true;
}

/* The roots get what was computed. */
static bool keep_values(worker *w, const cn_plan *plan, const cn_plan_run *run, bool all)
{
    size_t k = 0;
    for (size_t i = 0; i < w->sig.n_roots; i++) {
        cn_tensor *root = w->sig.nodes[i].tensor;
        if (!all && w->sig.nodes[i].over)
            continue;
        if (!w->buffers[k]) {
            if (!keep_late(root, cn_plan_output(run, k++)))
                return false;
            continue;
        }
        if (!cn_plan_output_is_external(plan, k))
            memcpy(w->outputs[k], cn_plan_output(run, k)->data, w->buffers[k]->size);
        cn_replace(&root->value, w->buffers[k++]);
    }
    return true;
}

static bool run_plan(worker *w, cn_plan *plan, bool all)
{
    if (!make_buffers(w, all))
        return false;
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok = run && cn_plan_run_steps(run, w->inputs, w->outputs);
    ok = ok && keep_values(w, plan, run, all);
    cn_plan_end(plan, run);
    return ok;
}

static bool run_once(worker *w)
{
    cn_list *roots = cn_list_new();
    for (size_t i = 0; roots && i < w->sig.n_roots; i++)
        if (!cn_list_add(roots, w->sig.nodes[i].tensor))
            return false;
    if (!roots)
        return false;
    cn_plan *plan = cn_plan_build(&(cn_plan_request){.outputs = (cn_tensor *const *)roots->items,
                                                     .n_outputs = roots->count,
                                                     .quick = true,
                                                     .late = true,
                                                     .external_outputs = true});
    return plan && run_plan(w, plan, true);
}

/* ---- running what is kept ---- */

static bool find_inputs(worker *w, const cn_structure *s)
{
    size_t k = 0, number = 0;
    if (!cn_mem_reserve(&w->inputs, &w->inputs_capacity, s->n_inputs, sizeof *w->inputs))
        return false;
    for (size_t i = 0; i < w->sig.count; i++) {
        const cn_sig_node *node = &w->sig.nodes[i];
        if (node->role == CN_ROLE_INPUT || (node->role == CN_ROLE_NUMBER && s->varying[number++]))
            w->inputs[k++] = node->tensor->value->data;
    }
    return true;
}

/* The plan's variables get the memory of those they stand for; what read the old values lets go of
 * them. */
static void lend(worker *w, cn_structure *s)
{
    size_t k = 0;
    for (size_t i = 0; i < w->sig.n_assignments; i++) {
        const cn_sig_assignment *a = &w->sig.assignments[i];
        if (a->target < 0)
            continue;
        cn_replace(&w->sig.nodes[a->target].tensor->value, NULL);
        cn_tensor *stand_in = s->variables->items[k++];
        stand_in->variable->buffer = a->variable->variable->buffer;
    }
}

static void take_back(worker *w, cn_structure *s)
{
    size_t k = 0;
    for (size_t i = 0; i < w->sig.n_assignments; i++) {
        const cn_sig_assignment *a = &w->sig.assignments[i];
        if (a->target < 0)
            continue;
        cn_tensor *stand_in = s->variables->items[k++];
        a->variable->variable->buffer = stand_in->variable->buffer;
        a->variable->variable->changes++;
        stand_in->variable->buffer = NULL;
    }
}

static bool run_kept(worker *w, cn_structure *s)
{
    if (!find_inputs(w, s))
        return false;
    s->busy = true;
    lend(w, s);
    bool ok = run_plan(w, s->plan, false);
    take_back(w, s);
    s->busy = false;
    return ok;
}

/* ---- computing ---- */

/* The first input that `tensor` depends on, for the message. */
static bool refuse_symbolic(const cn_tensor *tensor)
{
    if (!tensor->symbolic)
        return true;
    return cn_fail(
        CN_ESTATE,
        "a tensor that depends on a cn_input cannot be looked at (the result of '%s', shape "
        "%s): call the model on data instead",
        tensor->op->name, cn_shape_text(tensor->shape));
}

/* Variables take over the memory of what was assigned to them, where it does not lie there. */
static void deliver(const cn_signature *sig, bool all)
{
    for (size_t i = 0; i < sig->n_assignments; i++) {
        const cn_sig_assignment *a = &sig->assignments[i];
        if (all || a->target < 0)
            cn_variable_put(a->variable->variable, a->value->value);
    }
}

static bool compute(worker *w)
{
    cn_signature *sig = &w->sig;
    cn_structure *s = NULL;
    for (size_t i = 0; i < sig->n_roots; i++)
        if (!refuse_symbolic(sig->nodes[i].tensor))
            return false;
    if (sig->n_roots) {
        if (!cn_tracing() && !cn_pass_off("structures")) {
            if (!cn_signature_finish(sig) || (sig->plain && !cn_structure_for(&w->plans, sig, &s)))
                return false;
        }
        if (!(s ? run_kept(w, s) : run_once(w)))
            return false;
    }
    deliver(sig, !s);
    return true;
}

bool cn_compute(const cn_list *tensors)
{
    worker *w = tensors ? take_worker() : NULL;
    cn_trace pending = {0}, *eager = cn_tracing() ? &pending : cn_trace_eager();
    bool ok = w;
    if (!w)
        return false;
    CN_SCOPE {
        ok = cn_signature_begin(&w->sig, tensors, eager);
        pending = *eager; /* its values are computed or, should that fail, gone */
        *eager = (cn_trace){0};
        ok = ok && compute(w);
    }
    give_worker(w);
    cn_trace_free(&pending);
    return ok;
}

/* Nobody waits for anything in eager code: where a size depends on data, it is computed when the
 * tensor is made. */
bool cn_settle_shape(cn_tensor *tensor)
{
    if (tensor->results)
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: '%s' with a size that depends on data in "
                       "eager code",
                       tensor->op->name);
    return cn_compute(&(cn_list){.items = (void *[]){tensor}, .count = 1});
}

bool cn_finish_assignments(void)
{
    cn_trace *pending = cn_trace_eager();
    return !pending->variables || !pending->variables->count || cn_tracing() ||
           cn_compute(&(cn_list){.count = 0});
}

size_t cn_eager_plans_made(void)
{
    return mine ? mine->plans.made : 0;
}

/* ---- the ends of scopes ---- */

static void at_end_of_scope(void)
{
    cn_finish_assignments();
}

static void at_end_of_thread(void)
{
    free_worker(mine);
    mine = NULL;
    cn_trace_clear(cn_trace_eager());
}

__attribute__((constructor)) static void watch_scopes(void)
{
    cn_scope_on_end(at_end_of_scope);
    cn_scope_on_end_all(at_end_of_thread);
}
