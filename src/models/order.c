/* The order of a model's layers: by depth, the farthest from the outputs first, and within a depth
 * as a walk from the outputs meets them. Files, weights and summaries follow it. Keras:
 * keras/src/ops/function.py, map_graph */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "graph/form.h"
#include "models/model.h"

/* What counts as one operation: a layer (all its calls), or an op tensor alone. */
typedef struct operation {
    void *object;
    int depth;
    size_t met; /* when the walk came by first */
} operation;

typedef struct orderer {
    const cn_walk *walk;
    operation *operations;
    size_t count;
    cn_map place;         /* object -> 1 + its place */
    cn_tensor **finished; /* nodes, inputs before users */
    size_t n_finished;
    int *depth;  /* by the node's place in the walk */
    char *state; /* 0 new, 1 open, 2 finished */
} orderer;

static cn_tensor *node_of(cn_tensor *tensor)
{
    return tensor->op == &cn_op_nth ? tensor->inputs[0] : tensor;
}

static bool counts(const cn_tensor *node)
{
    return node->op == &cn_op_call ||
           (node->symbolic && node->op != &cn_op_nth && node->op != &cn_op_tuple);
}

static operation *operation_of(orderer *o, cn_tensor *node)
{
    cn_call_record *record = cn_record_of(node);
    void *object = record ? (void *)record->layer : (void *)node;
    uintptr_t place = (uintptr_t)cn_map_get(&o->place, object);
    if (place)
        return &o->operations[place - 1];
    if (!cn_map_put(&o->place, object, (void *)(uintptr_t)(o->count + 1)))
        return NULL;
    o->operations[o->count] = (operation){.object = object, .met = o->count};
    return &o->operations[o->count++];
}

/* Depth first, without recursion: a node stays on the stack until all it reads is finished. */
static bool visit(orderer *o, cn_tensor *output)
{
    cn_tensor **stack = NULL;
    size_t count = 0, capacity = 0;
    bool ok = cn_mem_reserve(&stack, &capacity, 1, sizeof *stack);
    if (ok)
        stack[count++] = node_of(output);
    while (ok && count) {
        cn_tensor *node = stack[count - 1];
        long at = cn_walk_find(o->walk, node);
        if (o->state[at] == 0) {
            o->state[at] = 1;
            ok = !counts(node) || operation_of(o, node);
        }
        bool waiting = false;
        for (int i = 0; ok && i < cn_form_count(node) && !waiting; i++) {
            cn_tensor *input = node_of(cn_form_input(node, i));
            long place = cn_walk_find(o->walk, input); /* none behind an input of the model */
            if (place < 0 || o->state[place] != 0)
                continue;
            ok = cn_mem_reserve(&stack, &capacity, count + 1, sizeof *stack);
            if (ok)
                stack[count++] = input;
            waiting = true;
        }
        if (ok && !waiting) {
            count--;
            if (o->state[at] != 2)
                o->finished[o->n_finished++] = node;
            o->state[at] = 2;
        }
    }
    cn_mem_free(stack);
    return ok;
}

static void find_depths(orderer *o)
{
    for (size_t i = o->n_finished; i--;) {
        cn_tensor *node = o->finished[i];
        if (!counts(node))
            continue;
        long at = cn_walk_find(o->walk, node);
        operation *op = operation_of(o, node);
        int depth = o->depth[at] > op->depth ? o->depth[at] : op->depth;
        op->depth = depth;
        for (int k = 0; k < cn_form_count(node); k++) {
            long input = cn_walk_find(o->walk, node_of(cn_form_input(node, k)));
            if (input >= 0 && o->depth[input] < depth + 1)
                o->depth[input] = depth + 1;
        }
    }
}

static int deepest_first(const void *a, const void *b)
{
    const operation *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth < y->depth ? 1 : -1;
    return (x->met > y->met) - (x->met < y->met);
}

/* Inputs that nothing reads come after all others of depth 0, before which Keras gives them the
 * index -1. */
static bool add_unused_inputs(orderer *o, const cn_list *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) {
        cn_call_record *record = cn_record_of(inputs->items[i]);
        if (!record || cn_map_has(&o->place, record->layer))
            continue;
        operation *op = operation_of(o, inputs->items[i]);
        if (!op)
            return false;
        op->met = 0;
    }
    return true;
}

cn_list *cn_model_order(const cn_walk *walk, const cn_list *inputs, const cn_list *outputs)
{
    orderer o = {.walk = walk};
    cn_list *list = cn_list_new();
    o.operations = cn_mem_calloc(walk->count + inputs->count, sizeof *o.operations);
    o.finished = cn_mem_calloc(walk->count, sizeof *o.finished);
    o.depth = cn_mem_calloc(walk->count, sizeof *o.depth);
    o.state = cn_mem_calloc(walk->count, sizeof *o.state);
    bool ok = list && o.operations && o.finished && o.depth && o.state;
    for (size_t i = 0; ok && i < outputs->count; i++)
        ok = visit(&o, outputs->items[i]);
    if (ok)
        find_depths(&o);
    ok = ok && add_unused_inputs(&o, inputs);
    if (ok)
        qsort(o.operations, o.count, sizeof *o.operations, deepest_first);
    for (size_t i = 0; ok && i < o.count; i++)
        ok = cn_list_add(list, o.operations[i].object);
    cn_mem_free(o.operations);
    cn_mem_free(o.finished);
    cn_mem_free(o.depth);
    cn_mem_free(o.state);
    cn_map_free(&o.place);
    return ok ? list : NULL;
}
