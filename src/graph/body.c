#include "graph/body.h"

#include <stdatomic.h>

#include "base/alloc.h"
#include "graph/replay.h"
#include "graph/shape.h"
#include "graph/walk.h"

static atomic_uint_fast64_t next_id = 1;

static void destroy_body(void *self)
{
    cn_body *body = self;
    cn_release(body->params);
    cn_release(body->results);
    cn_release(body->base);
}

const cn_kind cn_body_kind = {"body", destroy_body};

cn_body *cn_body_new(const cn_list *params, const cn_list *results)
{
    cn_body *body = params && results ? cn_object_new(&cn_body_kind, sizeof *body) : NULL;
    if (!body)
        return NULL;
    body->id = atomic_fetch_add_explicit(&next_id, 1, memory_order_relaxed);
    /* lists of its own: the caller's may grow */
    body->params = cn_retain(cn_list_make(params->items, params->count));
    body->results = cn_retain(cn_list_make(results->items, results->count));
    return body->params && body->results ? body : NULL;
}

cn_list *cn_stand_ins(const cn_list *tensors)
{
    cn_list *list = tensors ? cn_list_new() : NULL;
    for (size_t i = 0; list && i < tensors->count; i++) {
        const cn_tensor *one = tensors->items[i];
        if (!cn_list_add(list, cn_placeholder(one->shape, one->dtype, false)))
            return NULL;
    }
    return list;
}

/* ---- other shapes ---- */

static cn_body *remake(const cn_body *body, const cn_shape *shapes)
{
    cn_walk walk;
    cn_replay replay = {0};
    cn_list *params = cn_list_new(), *results = NULL;
    if (!params ||
        !cn_walk_make(&walk, (cn_tensor *const *)body->results->items, body->results->count, NULL))
        return NULL;
    bool ok = cn_replay_begin(&replay, &walk);
    for (size_t i = 0; ok && i < body->params->count; i++) {
        const cn_tensor *old = body->params->items[i];
        cn_tensor *now = cn_placeholder(shapes[i], old->dtype, false);
        ok = cn_list_add(params, now);
        if (ok)
            cn_replay_put(&replay, old, now);
    }
    if (ok && cn_replay_run(&replay))
        results = cn_replay_list(&replay, body->results);
    cn_replay_end(&replay);
    cn_walk_free(&walk);
    return cn_body_new(params, results);
}

/* Inside of a body nothing is computed, as eager code would where a size depends on data. */
static bool traced(bool (*build)(void *context), void *context)
{
    cn_trace trace;
    if (!cn_trace_begin(&trace))
        return false;
    bool ok = build(context);
    cn_trace_end(&trace);
    cn_trace_free(&trace);
    return ok;
}

typedef struct remaking {
    const cn_body *body;
    const cn_shape *shapes;
    cn_body *made;
} remaking;

static bool build_again(void *context)
{
    remaking *r = context;
    r->made = remake(r->body, r->shapes);
    return r->made;
}

cn_body *cn_body_for(cn_body *body, const cn_shape *shapes)
{
    bool same = true;
    for (size_t i = 0; i < body->params->count && same; i++)
        same = cn_shape_equal(((const cn_tensor *)body->params->items[i])->shape, shapes[i]);
    remaking r = {body, shapes, body};
    return same || traced(build_again, &r) ? r.made : NULL;
}

cn_body *cn_body_for_inputs(cn_body *body, const cn_tensor *node, int first)
{
    size_t n = body->params->count;
    cn_shape *shapes = cn_mem_calloc(n, sizeof *shapes);
    for (size_t i = 0; shapes && i < n; i++)
        shapes[i] = node->inputs[first + (int)i]->shape;
    cn_body *fitting = shapes ? cn_body_for(body, shapes) : NULL;
    cn_mem_free(shapes);
    return fitting;
}

/* ---- making ---- */

bool cn_body_begin(cn_body_maker *maker)
{
    *maker = (cn_body_maker){0};
    cn_tensor *mark = cn_placeholder(CN_SCALAR, CN_FLOAT32, false);
    if (!mark)
        return false;
    maker->first = mark->id;
    return cn_trace_begin_body(&maker->trace);
}

static cn_tensor *stand_in_of(const cn_trace *trace, const cn_tensor *variable)
{
    for (size_t i = 0; i < trace->stand_ins->count; i++) {
        cn_tensor *one = trace->stand_ins->items[i];
        if (one->origin == variable)
            return one;
    }
    return NULL;
}

bool cn_body_end(cn_body_maker *maker)
{
    cn_trace *trace = &maker->trace;
    cn_trace_end(trace);
    maker->variables = cn_list_new();
    maker->before = cn_list_new();
    maker->after = cn_list_new();
    bool ok = maker->variables && maker->before && maker->after;
    for (size_t i = 0; ok && i < trace->variables->count; i++) {
        cn_tensor *variable = trace->variables->items[i], *before = stand_in_of(trace, variable);
        if (!before) {
            before = cn_placeholder(variable->shape, variable->dtype, false);
            ok = before && cn_list_add(trace->stand_ins, before);
            if (ok)
                before->origin = cn_retain(variable);
        }
        ok = ok && cn_list_add(maker->variables, variable) && cn_list_add(maker->before, before) &&
             cn_list_add(maker->after, trace->values->items[i]);
    }
    return ok;
}

cn_list *cn_body_outer(const cn_body_maker *maker)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < maker->variables->count; i++)
        if (!cn_list_add(list, cn_trace_read(maker->variables->items[i])))
            return NULL;
    return list;
}

void cn_body_maker_free(cn_body_maker *maker)
{
    cn_trace_free(&maker->trace);
}

/* ---- what is read from around ---- */

typedef struct capture {
    cn_body_maker *maker;
    cn_walk walk;
    bool *inside;    /* computed by the body */
    cn_replay outer; /* what all else is around the body, where variables are read */
    cn_replay replay;
} capture;

static _Thread_local uint64_t first_id;

static bool is_outside(const cn_tensor *tensor)
{
    return tensor->id < first_id || cn_is_leaf(tensor);
}

/* A number or array that the body itself has made, and keeps. Gradients may look for others. */
static bool is_plain(const cn_tensor *tensor)
{
    return tensor->op == &cn_op_constant && !tensor->origin && tensor->id >= first_id;
}

static void mark_inside(capture *c, const cn_list *own, bool hoist)
{
    for (size_t i = 0; i < own->count; i++) {
        long place = cn_walk_find(&c->walk, own->items[i]);
        if (place >= 0)
            c->inside[place] = true;
    }
    for (size_t i = 0; i < c->walk.count; i++) {
        const cn_tensor *node = c->walk.nodes[i];
        if (is_outside(node))
            continue;
        bool shows = node->op == &cn_op_nth; /* a result belongs where its node is */
        c->inside[i] = (!hoist && !shows) || node->op->traits & CN_IMPURE;
        for (int k = 0; k < node->n_inputs && !c->inside[i]; k++)
            c->inside[i] = c->inside[cn_walk_find(&c->walk, node->inputs[k])];
    }
}

/* Is it a placeholder for a variable, which the body reads without being handed it? */
static bool is_read(const capture *c, const cn_tensor *tensor)
{
    const cn_list *stand_ins = c->maker->trace.stand_ins;
    for (size_t i = 0; i < stand_ins->count; i++)
        if (stand_ins->items[i] == tensor)
            return true;
    return false;
}

/* What does not depend on the body's own parameters, as it is outside. */
static bool step_out(capture *c)
{
    for (size_t i = 0; i < c->walk.count; i++) {
        cn_tensor *node = c->walk.nodes[i];
        if (c->inside[i])
            continue;
        c->outer.now[i] = is_read(c, node)   ? cn_trace_read(node->origin)
                          : is_outside(node) ? node
                                             : cn_replay_node(&c->outer, node);
        if (!c->outer.now[i])
            return false;
    }
    return true;
}

/* Makes the tensor at `place` a parameter, unless it is one or stays. */
static bool take(capture *c, long place)
{
    cn_tensor *tensor = c->walk.nodes[place];
    if (c->inside[place] || c->replay.now[place] || is_plain(tensor))
        return true;
    c->replay.now[place] =
        is_read(c, tensor) ? tensor : cn_placeholder(tensor->shape, tensor->dtype, false);
    return c->replay.now[place] && cn_list_add(c->maker->captured, c->outer.now[place]) &&
           cn_list_add(c->maker->parameters, c->replay.now[place]);
}

static bool take_all(capture *c, cn_list **results, int count)
{
    for (size_t i = 0; i < c->walk.count; i++) {
        const cn_tensor *node = c->walk.nodes[i];
        for (int k = 0; c->inside[i] && !is_outside(node) && k < node->n_inputs; k++)
            if (!take(c, cn_walk_find(&c->walk, node->inputs[k])))
                return false;
    }
    for (int r = 0; r < count; r++)
        for (size_t i = 0; i < results[r]->count; i++)
            if (!take(c, cn_walk_find(&c->walk, results[r]->items[i])))
                return false;
    return true;
}

static cn_list *joined(cn_list **results, int count)
{
    cn_list *all = cn_list_new();
    for (int r = 0; all && r < count; r++)
        all = results[r] ? cn_list_concat(all, results[r]) : NULL;
    return all;
}

/* Only what is inside is applied again. */
static bool rewrite(void *context)
{
    capture *c = context;
    for (size_t i = 0; i < c->walk.count; i++)
        if (!c->inside[i] && !c->replay.now[i])
            c->replay.now[i] = c->walk.nodes[i];
    return cn_replay_run(&c->replay);
}

bool cn_body_capture(cn_body_maker *maker, const cn_list *own, bool hoist, cn_list **results,
                     int count)
{
    capture c = {.maker = maker};
    cn_list *all = joined(results, count);
    maker->captured = cn_list_new();
    maker->parameters = cn_list_new();
    first_id = maker->first;
    if (!own || !all || !maker->captured || !maker->parameters ||
        !cn_walk_make(&c.walk, (cn_tensor *const *)all->items, all->count, is_outside))
        return false;
    c.inside = cn_mem_calloc(c.walk.count, sizeof *c.inside);
    bool ok = c.inside && cn_replay_begin(&c.outer, &c.walk) && cn_replay_begin(&c.replay, &c.walk);
    if (ok) {
        mark_inside(&c, own, hoist);
        ok = step_out(&c) && take_all(&c, results, count) && traced(rewrite, &c);
    }
    for (int r = 0; ok && r < count; r++)
        ok = (results[r] = cn_replay_list(&c.replay, results[r])) != NULL;
    cn_replay_end(&c.outer);
    cn_replay_end(&c.replay);
    cn_mem_free(c.inside);
    cn_walk_free(&c.walk);
    return ok;
}
