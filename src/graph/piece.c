#include "graph/piece.h"

#include "base/alloc.h"
#include "graph/gradients.h"
#include "graph/replay.h"
#include "graph/shape.h"

typedef struct piece_attrs {
    cn_body *body;
} piece_attrs;

static cn_body *body_of(const cn_tensor *node)
{
    cn_body *body = CN_ATTRS(piece_attrs, node)->body;
    bool same = true;
    for (int i = 0; i < node->n_inputs && same; i++)
        same = cn_shape_equal(((const cn_tensor *)body->params->items[i])->shape,
                              node->inputs[i]->shape);
    return same ? body : cn_body_for_inputs(body, node, 0);
}

static bool infer(const cn_tensor *node, cn_results *results)
{
    cn_body *body = body_of(node);
    results->count = body ? (int)body->results->count : 0;
    for (int i = 0; i < results->count; i++) {
        const cn_tensor *one = body->results->items[i];
        results->shape[i] = one->shape;
        results->dtype[i] = one->dtype;
    }
    return body;
}

/* ---- opening ---- */

/* The body's constants are made again: they belong to what is being made. */
static bool renew_constants(cn_replay *replay, const cn_body *body)
{
    cn_walk walk;
    const cn_list *results = body->results;
    if (!cn_walk_make(&walk, (cn_tensor *const *)results->items, results->count, cn_is_leaf))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < walk.count; i++) {
        const cn_tensor *old = walk.nodes[i];
        if (old->op != &cn_op_constant)
            continue;
        cn_tensor *now = cn_constant(old->value, old->shape, old->dtype);
        ok = now;
        if (ok)
            cn_replay_put(replay, old, now);
    }
    cn_walk_free(&walk);
    return ok;
}

/* `tensors`, which depend on the body's parameters, on the inputs of the node. */
static cn_list *on_inputs(const cn_list *tensors, const cn_body *body, cn_tensor *const *inputs)
{
    cn_walk walk;
    cn_replay replay;
    if (!cn_walk_make(&walk, (cn_tensor *const *)tensors->items, tensors->count, cn_is_leaf))
        return NULL;
    bool ok = cn_replay_begin(&replay, &walk) && renew_constants(&replay, body);
    for (size_t i = 0; ok && i < body->params->count; i++)
        cn_replay_put(&replay, body->params->items[i], inputs[i]);
    cn_list *list = ok && cn_replay_run(&replay) ? cn_replay_list(&replay, tensors) : NULL;
    cn_replay_end(&replay);
    cn_walk_free(&walk);
    return list;
}

static cn_tensor *opened(const cn_replay *replay, const cn_tensor *node)
{
    const cn_body *body = body_of(node);
    cn_list *inputs = cn_list_new();
    for (int i = 0; inputs && i < node->n_inputs; i++)
        if (!cn_list_add(inputs, cn_replay_now(replay, node->inputs[i])))
            return NULL;
    return body && inputs
               ? cn_tuple(on_inputs(body->results, body, (cn_tensor *const *)inputs->items))
               : NULL;
}

static bool open_all(cn_replay *replay)
{
    for (size_t i = 0; i < replay->walk->count; i++) {
        cn_tensor *node = replay->walk->nodes[i];
        bool piece = node->op == &cn_op_piece && !cn_is_leaf(node);
        replay->now[i] = piece ? opened(replay, node) : cn_replay_node(replay, node);
        if (!replay->now[i])
            return false;
    }
    return true;
}

/* Variables are read as such, and nothing is computed meanwhile. */
cn_list *cn_pieces_opened(const cn_list *tensors)
{
    cn_walk walk;
    cn_replay replay;
    cn_trace trace;
    cn_list *list = NULL;
    if (!tensors ||
        !cn_walk_make(&walk, (cn_tensor *const *)tensors->items, tensors->count, cn_is_leaf))
        return NULL;
    if (cn_trace_begin(&trace)) {
        if (cn_replay_begin(&replay, &walk) && open_all(&replay))
            list = cn_replay_list(&replay, tensors);
        for (size_t i = 0; list && i < list->count; i++) {
            cn_tensor *one = list->items[i];
            if (one->op == &cn_op_tuple)
                cn_replace(&list->items[i], one->inputs[0]);
        }
        cn_replay_end(&replay);
        cn_trace_end(&trace);
        cn_trace_free(&trace);
    }
    cn_walk_free(&walk);
    return list;
}

/* ---- gradients ---- */

/* The body's gradient is found on its own parameters: inputs may depend on each other. */
static bool vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const cn_body *body = body_of(node);
    cn_list *ys = cn_list_new(), *grads = cn_list_new(), *some = cn_list_new();
    for (size_t k = 0; body && k < body->results->count; k++)
        if (dy[k] && (!cn_list_add(ys, body->results->items[k]) || !cn_list_add(grads, dy[k])))
            return false;
    cn_list *all = body && ys && grads ? cn_vector_jacobian(ys, grads, body->params) : NULL;
    for (size_t i = 0; all && i < all->count; i++)
        if (!cn_is_none(all->items[i]) && !cn_list_add(some, all->items[i]))
            return false;
    cn_list *now = all && some ? on_inputs(some, body, node->inputs) : NULL;
    for (size_t i = 0, k = 0; now && i < all->count; i++)
        if (!cn_is_none(all->items[i]))
            dx[i] = now->items[k++];
    return now;
}

const cn_op cn_op_piece = {.name = "piece",
                           .attrs = sizeof(piece_attrs),
                           .infer = infer,
                           .vjp = vjp,
                           .extras = &(const cn_op_extras){.bodies = 1}};

cn_tensor *cn_piece(cn_body *body, cn_tensor *const *inputs)
{
    return body ? cn_apply(&cn_op_piece, inputs, (int)body->params->count, &(piece_attrs){body})
                : NULL;
}

/* ---- of functions ---- */

/* Stand-ins for the inputs; `own`: those alone that are not none. */
static bool stand_ins(const cn_list *inputs, cn_list *all, cn_list *own)
{
    for (size_t i = 0; i < inputs->count; i++) {
        cn_tensor *input = inputs->items[i];
        bool none = cn_is_none(input);
        cn_tensor *one = none ? input : cn_placeholder(input->shape, input->dtype, false);
        if (!cn_list_add(all, one) || (!none && !cn_list_add(own, one)))
            return false;
    }
    return true;
}

/* Are all parameters that are not `own` placeholders of variables? */
static bool reads_variables_alone(const cn_body_maker *maker)
{
    for (size_t i = 0; i < maker->parameters->count; i++)
        if (!((const cn_tensor *)maker->parameters->items[i])->origin)
            return false;
    return true;
}

static bool make(cn_piece_function function, void *context, const cn_list *inputs, cn_body **body,
                 cn_list **variables)
{
    cn_body_maker maker;
    cn_list *all = cn_list_new(), *own = cn_list_new();
    if (!all || !own || !cn_body_begin(&maker))
        return false;
    cn_list *results = stand_ins(inputs, all, own) ? function(context, all) : NULL;
    bool ok = cn_body_end(&maker) && results;
    results = ok ? cn_list_concat(results, maker.after) : NULL;
    ok = results && cn_body_capture(&maker, own, false, &results, 1);
    if (ok && reads_variables_alone(&maker) && results->count <= CN_MAX_OUTPUTS) {
        cn_list *params = cn_list_concat(own, maker.parameters);
        *body = cn_retain(cn_body_new(params, results));
        *variables = cn_retain(maker.variables);
        ok = *body;
    }
    cn_body_maker_free(&maker);
    return ok;
}

bool cn_piece_make(cn_piece_function function, void *context, const cn_list *inputs, cn_body **body,
                   cn_list **variables)
{
    bool ok = false;
    CN_INNER_SCOPE
    {
        ok = make(function, context, inputs, body, variables);
    }
    return ok;
}

cn_tensor *cn_piece_on(cn_body *body, const cn_list *inputs)
{
    cn_tensor *few[64], **all = few;
    size_t n = body->params->count, k = 0;
    if (n > 64 && !(all = cn_mem_alloc(n * sizeof *all)))
        return NULL;
    for (size_t i = 0; i < inputs->count; i++)
        if (!cn_is_none(inputs->items[i]))
            all[k++] = inputs->items[i];
    for (; k < n; k++)
        all[k] = cn_trace_read(((const cn_tensor *)body->params->items[k])->origin);
    cn_tensor *piece = cn_piece(body, all);
    if (all != few)
        cn_mem_free(all);
    return piece;
}
