#include "graph/piece.h"

#include "graph/gradients.h"
#include "graph/replay.h"

typedef struct piece_attrs {
    cn_body *body;
} piece_attrs;

static cn_body *body_of(const cn_tensor *node)
{
    return cn_body_for_inputs(CN_ATTRS(piece_attrs, node)->body, node, 0);
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

/* `tensors`, which depend on the body's parameters, on the inputs of the node. */
static cn_list *on_inputs(const cn_list *tensors, const cn_body *body, cn_tensor *const *inputs)
{
    cn_walk walk;
    cn_replay replay;
    if (!cn_walk_make(&walk, (cn_tensor *const *)tensors->items, tensors->count, cn_is_leaf))
        return NULL;
    bool ok = cn_replay_begin(&replay, &walk);
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

const cn_op cn_op_piece = {
    .name = "piece", .attrs = sizeof(piece_attrs), .infer = infer, .vjp = vjp, .bodies = 1};

cn_tensor *cn_piece(cn_body *body, cn_tensor *const *inputs)
{
    return body ? cn_apply(&cn_op_piece, inputs, (int)body->params->count, &(piece_attrs){body})
                : NULL;
}
