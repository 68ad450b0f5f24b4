/* Sizes that depend on data. A plan's shapes are all known; where only running tells one, the graph
 * is cut in two: a plan up to there, and a stage, which takes what that has computed, puts
 * placeholders of the shapes that came out in its place, and makes the rest anew on them. The plans
 * of the rest are kept by those shapes. The rest may be cut again. */
#include <string.h>

#include "base/alloc.h"
#include "graph/replay.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "plan/cache.h"
#include "plan/internal.h"

enum { KEPT = 16 };

struct cn_stage {
    cn_object object;
    cn_list *inputs;             /* of the whole */
    cn_list *known, *late;       /* what crosses the cut; the plan's outputs, in this order */
    cn_list *outputs;            /* of the whole */
    cn_list *variables, *values; /* all are written behind the cut */
    bool external, quick;
    bool *internal;    /* outputs of the rest that lie in its arena */
    cn_view *expected; /* of the outputs */
    cn_plan_cache *cache;
};

static void destroy_stage(void *self)
{
    cn_stage *stage = self;
    cn_plan_cache_free(stage->cache);
    cn_release(stage->inputs);
    cn_release(stage->known);
    cn_release(stage->late);
    cn_release(stage->outputs);
    cn_release(stage->variables);
    cn_release(stage->values);
    cn_mem_free(stage->internal);
    cn_mem_free(stage->expected);
}

static const cn_kind stage_kind = {"stage", destroy_stage};

/* ---- the cut ---- */

typedef struct cut {
    cn_walk walk;
    bool *after;  /* depends on a late shape */
    bool *needed; /* behind the cut */
} cut;

static bool is_source(const cut *c, size_t i)
{
    const cn_tensor *node = c->walk.nodes[i];
    return !c->after[i] && node->op->traits & CN_LATE && !cn_results_known(node);
}

/* Result k of a source, or a source. */
static bool shows_source(const cut *c, size_t i)
{
    const cn_tensor *node = c->walk.nodes[i];
    if (node->op == &cn_op_nth)
        return is_source(c, (size_t)cn_walk_find(&c->walk, node->inputs[0]));
    return is_source(c, i);
}

static void mark_after(cut *c)
{
    for (size_t i = 0; i < c->walk.count; i++) {
        const cn_tensor *node = c->walk.nodes[i];
        if (cn_is_leaf(node) || (node->op == &cn_op_nth && shows_source(c, i)))
            continue;
        for (int k = 0; k < node->n_inputs && !c->after[i]; k++) {
            size_t input = (size_t)cn_walk_find(&c->walk, node->inputs[k]);
            c->after[i] = c->after[input] || shows_source(c, input);
        }
    }
}

/* From the roots back to what crosses. Views are made again behind the cut: were they to cross,
 * the rest would not know whose memory it reads. */
static bool collect(cut *c, cn_stage *stage)
{
    bool ok = true;
    for (size_t i = c->walk.count; ok && i--;) {
        cn_tensor *node = c->walk.nodes[i];
        if (!c->needed[i] || cn_is_leaf(node))
            continue;
        if (shows_source(c, i)) {
            ok = cn_list_add(stage->late, node);
            continue;
        }
        if (!c->after[i] && !(node->op->traits & CN_VIEW)) {
            ok = cn_list_add(stage->known, node);
            continue;
        }
        for (int k = 0; k < node->n_inputs; k++)
            c->needed[cn_walk_find(&c->walk, node->inputs[k])] = true;
    }
    return ok;
}

static cn_list *held_list(cn_tensor *const *items, size_t n)
{
    return cn_retain(cn_list_make((void *const *)items, n));
}

static bool cut_graph(cn_stage *stage)
{
    cut c = {0};
    cn_list *roots = cn_list_concat(stage->outputs, stage->values);
    if (!roots ||
        !cn_walk_make(&c.walk, (cn_tensor *const *)roots->items, roots->count, cn_is_leaf))
        return false;
    c.after = cn_mem_calloc(c.walk.count, sizeof *c.after);
    c.needed = cn_mem_calloc(c.walk.count, sizeof *c.needed);
    bool ok = c.after && c.needed;
    for (size_t i = 0; ok && i < roots->count; i++)
        c.needed[cn_walk_find(&c.walk, roots->items[i])] = true;
    if (ok)
        mark_after(&c);
    ok = ok && collect(&c, stage);
    cn_mem_free(c.after);
    cn_mem_free(c.needed);
    cn_walk_free(&c.walk);
    return ok;
}

/* ---- the rest ---- */

static bool put_stand_ins(cn_replay *replay, const cn_list *tensors, const cn_view *views,
                          cn_list *inputs)
{
    for (size_t i = 0; i < tensors->count; i++) {
        const cn_tensor *old = tensors->items[i];
        cn_shape shape = old->shape;
        if (views) {
            shape.rank = views[i].rank;
            memcpy(shape.dim, views[i].dim, sizeof shape.dim);
        }
        cn_tensor *now = cn_placeholder(shape, old->dtype, false);
        if (!cn_list_add(inputs, now))
            return false;
        cn_replay_put(replay, old, now);
    }
    return true;
}

static cn_plan *plan_of(const cn_stage *stage, const cn_replay *replay, const cn_list *inputs)
{
    cn_list *outputs = cn_replay_list(replay, stage->outputs),
            *values = cn_replay_list(replay, stage->values);
    if (!outputs || !values)
        return NULL;
    return cn_plan_build(
        &(cn_plan_request){.inputs = (cn_tensor *const *)inputs->items,
                           .n_inputs = inputs->count,
                           .outputs = (cn_tensor *const *)outputs->items,
                           .n_outputs = outputs->count,
                           .variables = (cn_tensor *const *)stage->variables->items,
                           .values = (cn_tensor *const *)values->items,
                           .n_assigned = values->count,
                           .quick = stage->quick,
                           .external_outputs = stage->external,
                           .internal = stage->internal});
}

/* The walk over the rest stops at what crosses. */
static _Thread_local const cn_map *crossing;

static bool is_beyond(const cn_tensor *tensor)
{
    return cn_is_leaf(tensor) || cn_map_has(crossing, tensor);
}

static bool walk_rest(cn_walk *walk, const cn_stage *stage)
{
    cn_map map = {0};
    cn_list *roots = cn_list_concat(stage->outputs, stage->values);
    cn_list *cut = cn_list_concat(stage->known, stage->late);
    bool ok = roots && cut;
    for (size_t i = 0; ok && i < cut->count; i++)
        ok = cn_map_put(&map, cut->items[i], (void *)1);
    crossing = &map;
    ok = ok && cn_walk_make(walk, (cn_tensor *const *)roots->items, roots->count, is_beyond);
    cn_map_free(&map);
    return ok;
}

static cn_plan *rest_of(const cn_stage *stage, const cn_view *late)
{
    cn_walk walk;
    cn_replay replay;
    cn_list *inputs = cn_list_make(stage->inputs->items, stage->inputs->count);
    if (!inputs || !walk_rest(&walk, stage))
        return NULL;
    bool ok = cn_replay_begin(&replay, &walk) &&
              put_stand_ins(&replay, stage->known, NULL, inputs) &&
              put_stand_ins(&replay, stage->late, late, inputs) && cn_replay_run(&replay);
    cn_plan *plan = ok ? plan_of(stage, &replay, inputs) : NULL;
    cn_replay_end(&replay);
    cn_walk_free(&walk);
    return plan;
}

/* What is applied again here belongs to no one's trace (see body_plan.c). */
static cn_plan *make_rest(void *user, const cn_view *late, size_t n, int variant)
{
    (void)n;
    (void)variant;
    cn_trace trace;
    cn_plan *plan = NULL;
    if (!cn_trace_begin(&trace))
        return NULL;
    CN_SCOPE {
        plan = cn_retain(rest_of(user, late));
    }
    cn_trace_end(&trace);
    cn_trace_free(&trace);
    return plan;
}

/* ---- making ---- */

static bool describe_outputs(cn_stage *stage, const cn_plan_request *r)
{
    stage->internal = cn_mem_calloc(r->n_outputs, sizeof *stage->internal);
    stage->expected = cn_mem_calloc(r->n_outputs, sizeof *stage->expected);
    for (size_t i = 0; stage->internal && stage->expected && i < r->n_outputs; i++) {
        stage->expected[i] = cn_view_of(NULL, r->outputs[i]->dtype, r->outputs[i]->shape);
        stage->internal[i] = stage->expected[i].size < 0 || (r->internal && r->internal[i]);
    }
    return stage->internal && stage->expected;
}

static cn_stage *new_stage(const cn_plan_request *r)
{
    cn_stage *stage = cn_object_new(&stage_kind, sizeof *stage);
    if (!stage)
        return NULL;
    stage->external = r->external_outputs;
    stage->quick = r->quick;
    stage->inputs = held_list(r->inputs, r->n_inputs);
    stage->outputs = held_list(r->outputs, r->n_outputs);
    stage->variables = held_list(r->variables, r->n_assigned);
    stage->values = held_list(r->values, r->n_assigned);
    stage->known = held_list(NULL, 0);
    stage->late = held_list(NULL, 0);
    stage->cache = cn_plan_cache_new(KEPT, make_rest, stage);
    bool ok = stage->inputs && stage->outputs && stage->variables && stage->values &&
              stage->known && stage->late && stage->cache;
    return ok && describe_outputs(stage, r) && cut_graph(stage) ? stage : NULL;
}

cn_plan *cn_plan_build_staged(const cn_plan_request *request)
{
    cn_stage *stage = new_stage(request);
    cn_list *crossing = stage ? cn_list_concat(stage->known, stage->late) : NULL;
    if (!crossing)
        return NULL;
    cn_plan *plan = cn_plan_build(&(cn_plan_request){.inputs = request->inputs,
                                                     .n_inputs = request->n_inputs,
                                                     .outputs = (cn_tensor *const *)crossing->items,
                                                     .n_outputs = crossing->count,
                                                     .quick = request->quick,
                                                     .late = true});
    if (plan)
        plan->stage = cn_retain(stage);
    return plan;
}

/* ---- running ---- */

/* The plan of the rest, and a run of it that is kept for the next time. */
static bool find_rest(cn_plan_run *run, const cn_stage *stage, cn_plan **rest)
{
    cn_view *late = cn_mem_calloc(stage->late->count, sizeof *late);
    for (size_t i = 0; late && i < stage->late->count; i++)
        late[i] = run->views[run->plan->outputs[stage->known->count + i].view];
    *rest = late ? cn_plan_cache_get(stage->cache, late, stage->late->count, 0) : NULL;
    cn_mem_free(late);
    return *rest;
}

static bool enter_rest(cn_plan_run *run, const cn_stage *stage)
{
    cn_plan *rest;
    if (!find_rest(run, stage, &rest))
        return false;
    if (run->next && run->next_plan == rest) {
        cn_release(rest);
        return true;
    }
    if (run->next_plan) {
        cn_plan_end(run->next_plan, run->next);
        cn_release(run->next_plan);
    }
    run->next_plan = rest;
    run->next = cn_plan_begin(rest);
    return run->next;
}

static bool gather_inputs(cn_plan_run *run, const cn_stage *stage, const void *const *inputs)
{
    size_t n = stage->inputs->count, crossing = run->plan->n_outputs;
    if (!run->next_inputs)
        run->next_inputs = cn_mem_calloc(n + crossing, sizeof *run->next_inputs);
    for (size_t i = 0; run->next_inputs && i < n; i++)
        run->next_inputs[i] = inputs[i];
    for (size_t i = 0; run->next_inputs && i < crossing; i++)
        run->next_inputs[n + i] = run->views[run->plan->outputs[i].view].data;
    return run->next_inputs;
}

/* What the caller expects in memory of his own is put there, where the rest's plan has not. */
static void deliver(const cn_plan_run *run, const cn_stage *stage, void *const *outputs)
{
    for (size_t i = 0; i < stage->outputs->count; i++) {
        if (!cn_stage_is_external(stage, i) || cn_plan_output_is_external(run->next_plan, i))
            continue;
        const cn_view *view = cn_plan_output(run->next, i);
        memcpy(outputs[i], view->data, (size_t)view->size * cn_dtype_size(view->dtype));
    }
}

bool cn_stage_run(cn_plan_run *run, const void *const *inputs, void *const *outputs)
{
    const cn_stage *stage = run->plan->stage;
    if (!enter_rest(run, stage) || !gather_inputs(run, stage, inputs) ||
        !cn_plan_run_steps(run->next, run->next_inputs, outputs))
        return false;
    deliver(run, stage, outputs);
    return true;
}

const cn_view *cn_stage_expected(const cn_stage *stage, size_t i)
{
    return &stage->expected[i];
}

bool cn_stage_is_external(const cn_stage *stage, size_t i)
{
    return stage->external && !stage->internal[i];
}

size_t cn_stage_output_count(const cn_stage *stage)
{
    return stage->outputs->count;
}
