/* The gradient of a body. It is found on the body's own parameters, then written again in terms of
 * what its op has at hand when it goes backwards: placeholders for what is the step's own, the
 * captured tensors themselves, and what the forward steps have saved. */
#include "base/alloc.h"
#include "graph/gradients.h"
#include "graph/replay.h"
#include "ops/flow/flow.h"
#include "ops/products.h"

typedef struct differentiation {
    cn_body *body;
    size_t own;
    cn_walk forward, backward;
    bool *moves; /* forward nodes that depend on the op's own parameters */
} differentiation;

/* ---- what the gradients read ---- */

static bool is_forward(const differentiation *d, const cn_tensor *tensor)
{
    if (cn_walk_find(&d->forward, tensor) >= 0)
        return true;
    return tensor->op == &cn_op_nth && cn_walk_find(&d->forward, tensor->inputs[0]) >= 0;
}

static bool mark_moving(differentiation *d)
{
    d->moves = cn_mem_calloc(d->forward.count, sizeof *d->moves);
    if (!d->moves)
        return false;
    for (size_t i = 0; i < d->own; i++) {
        long place = cn_walk_find(&d->forward, d->body->params->items[i]);
        if (place >= 0)
            d->moves[place] = true;
    }
    for (size_t i = 0; i < d->forward.count; i++) {
        const cn_tensor *node = d->forward.nodes[i];
        for (int k = 0; k < node->n_inputs && !d->moves[i] && !cn_is_leaf(node); k++)
            d->moves[i] = d->moves[cn_walk_find(&d->forward, node->inputs[k])];
    }
    return true;
}

static bool moves(const differentiation *d, const cn_tensor *tensor)
{
    long place = cn_walk_find(&d->forward, tensor);
    return d->moves[place >= 0 ? place : cn_walk_find(&d->forward, tensor->inputs[0])];
}

static bool contains(const cn_list *list, const void *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return true;
    return false;
}

static bool save(const differentiation *d, cn_list *residuals, cn_tensor *tensor)
{
    if (!is_forward(d, tensor) || !moves(d, tensor) || contains(residuals, tensor))
        return true;
    return cn_list_add(residuals, tensor);
}

/* A view is made again of what it shows. */
static cn_tensor *base_of(cn_tensor *tensor)
{
    while (tensor->op->traits & CN_VIEW && tensor->n_inputs)
        tensor = tensor->inputs[0];
    return tensor;
}

static bool find_residuals(const differentiation *d, const cn_list *grads, cn_list *residuals)
{
    for (size_t i = 0; i < d->backward.count; i++) {
        const cn_tensor *node = d->backward.nodes[i];
        if (is_forward(d, node))
            continue;
        for (int k = 0; k < node->n_inputs; k++)
            if (!save(d, residuals, base_of(node->inputs[k])))
                return false;
    }
    for (size_t i = 0; i < grads->count; i++)
        if (!save(d, residuals, grads->items[i]))
            return false;
    return true;
}

/* ---- the gradients themselves ---- */

cn_list *cn_flow_seeds(const cn_body *body, const bool *flows)
{
    cn_list *seeds = cn_list_new();
    for (size_t i = 0; seeds && i < body->results->count; i++) {
        const cn_tensor *result = body->results->items[i];
        bool flow = flows[i] && cn_dtype_is_float(result->dtype);
        if (!cn_list_add(seeds,
                         flow ? cn_placeholder(result->shape, result->dtype, false) : cn_none()))
            return NULL;
    }
    return seeds;
}

/* Gradients of float parameters; cn_none() for all others. */
static cn_list *gradients(const cn_body *body, const cn_list *seeds)
{
    cn_list *grads = cn_vector_jacobian(body->results, seeds, body->params);
    cn_tensor *none = cn_none();
    for (size_t i = 0; grads && none && i < grads->count; i++)
        if (!cn_dtype_is_float(((cn_tensor *)body->params->items[i])->dtype))
            cn_replace(&grads->items[i], none);
    return none ? grads : NULL;
}

/* Constants of the body are made again, as constants of the new one. */
static bool renew_constants(const differentiation *d, cn_replay *replay)
{
    for (size_t i = 0; i < d->backward.count; i++) {
        const cn_tensor *old = d->backward.nodes[i];
        if (old->op != &cn_op_constant || old->origin)
            continue;
        cn_tensor *now = cn_constant(old->value, old->shape, old->dtype);
        if (!now)
            return false;
        now->weak = old->weak;
        replay->now[i] = now;
    }
    return true;
}

cn_list *cn_flow_turned(const cn_tensor *loop, size_t own)
{
    cn_list *list = cn_list_new();
    for (size_t i = own; list && i < (size_t)loop->n_inputs; i++) {
        cn_tensor *x = loop->inputs[i];
        if (!cn_list_add(list, x->shape.rank == 2 ? cn_transpose(x) : cn_none()))
            return NULL;
    }
    return list;
}

/* Products with captured matrices transposed read what was turned before the loop. */
static bool read_turned(const cn_list *turned, const differentiation *d, cn_replay *replay)
{
    for (size_t i = 0; i < d->backward.count; i++) {
        cn_tensor *node = d->backward.nodes[i];
        const cn_matmul_attrs *a = node->attrs;
        cn_tensor *matrix = NULL;
        if (!replay->now[i] && node->op == &cn_op_matmul && node->n_inputs == 2 && a->transpose_b)
            for (size_t k = 0; k < turned->count; k++)
                if (d->body->params->items[d->own + k] == node->inputs[1])
                    matrix = turned->items[k];
        if (!replay->now[i])
            replay->now[i] = matrix && !cn_is_none(matrix)
                                 ? cn_matmul_t(cn_replay_now(replay, node->inputs[0]), matrix,
                                               a->transpose_a, false)
                                 : cn_replay_node(replay, node);
        if (!replay->now[i])
            return false;
    }
    return true;
}

static bool rewrite(cn_flow_gradient *g, differentiation *d, cn_tensor *const *outer)
{
    cn_replay replay;
    bool ok = cn_replay_begin(&replay, &d->backward) && renew_constants(d, &replay);
    const cn_list *params = d->body->params;
    for (size_t i = 0; ok && i < params->count; i++)
        cn_replay_put(&replay, params->items[i], i < d->own ? g->own->items[i] : outer[i - d->own]);
    for (size_t i = 0; ok && g->flowing && i < g->flowing->count; i++)
        cn_replay_put(&replay, g->seeds->items[i], g->flowing->items[i]);
    for (size_t i = 0; ok && i < g->residuals->count; i++)
        cn_replay_put(&replay, g->residuals->items[i], g->saved->items[i]);
    ok = ok && (g->turned ? read_turned(g->turned, d, &replay) : cn_replay_run(&replay));
    cn_list *grads = ok ? cn_replay_list(&replay, g->grads) : NULL;
    cn_replay_end(&replay);
    g->grads = grads;
    return grads;
}

bool cn_flow_differentiate(cn_flow_gradient *g, cn_body *body, size_t own, cn_tensor *const *outer,
                           bool saves)
{
    differentiation d = {.body = body, .own = own};
    g->residuals = cn_list_new();
    g->own = cn_stand_ins(cn_list_make(body->params->items, own));
    g->grads = g->seeds ? gradients(body, g->seeds) : NULL;
    bool ok =
        g->own && g->residuals && g->grads &&
        cn_walk_make(&d.forward, (cn_tensor *const *)body->results->items, body->results->count,
                     NULL) &&
        cn_walk_make(&d.backward, (cn_tensor *const *)g->grads->items, g->grads->count, NULL) &&
        mark_moving(&d) && (!saves || find_residuals(&d, g->grads, g->residuals));
    g->saved = ok ? cn_stand_ins(g->residuals) : NULL;
    ok = g->saved && rewrite(g, &d, outer);
    cn_walk_free(&d.forward);
    cn_walk_free(&d.backward);
    cn_mem_free(d.moves);
    return ok;
}
