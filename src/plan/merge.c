/* Equal nodes are computed once: same op, same attributes, same inputs, nothing impure. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/ir.h"

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

enum { SMALL = 64 };

/* Small constants are equal by value. */
static bool is_small_constant(const cn_ir_node *node)
{
    return node->op == &cn_op_constant && node->tensor->value && node->tensor->value->size <= SMALL;
}

static uint64_t hash_of(const cn_ir_node *node)
{
    uint64_t hash = 0xcbf29ce484222325u;
    hash = mix(hash, &node->op, sizeof node->op);
    hash = mix(hash, &node->tensor->dtype, sizeof node->tensor->dtype);
    hash = mix(hash, node->in, (size_t)node->n_in * sizeof *node->in);
    if (is_small_constant(node))
        return mix(hash, node->tensor->value->data, node->tensor->value->size);
    if (cn_extras_of(node->op)->covers) /* one may serve for another of other attributes */
        return hash;
    return node->tensor->attrs ? mix(hash, node->tensor->attrs, node->op->attrs) : hash;
}

static bool equal(const cn_ir_node *a, const cn_ir_node *b)
{
    if (a->op != b->op || a->n_in != b->n_in || a->tensor->dtype != b->tensor->dtype ||
        !cn_shape_equal(a->tensor->shape, b->tensor->shape) ||
        memcmp(a->in, b->in, (size_t)a->n_in * sizeof *a->in))
        return false;
    if (is_small_constant(a))
        return is_small_constant(b) && a->tensor->value->size == b->tensor->value->size &&
               !memcmp(a->tensor->value->data, b->tensor->value->data, a->tensor->value->size);
    if (!a->tensor->attrs || !memcmp(a->tensor->attrs, b->tensor->attrs, a->op->attrs))
        return true;
    return cn_extras_of(a->op)->covers && (cn_extras_of(a->op)->covers(a->tensor, b->tensor) ||
                                           cn_extras_of(b->op)->covers(b->tensor, a->tensor));
}

/* The first of two equal nodes serves for both: as the wider, where one covers the other. */
static void widen(cn_ir_node *first, const cn_ir_node *second)
{
    if (cn_extras_of(first->op)->covers &&
        cn_extras_of(first->op)->covers(second->tensor, first->tensor))
        first->tensor = second->tensor;
}

/* Results of one node that are shown twice are always merged: a kernel writes each once. */
static bool shows_results(const cn_ir *ir)
{
    for (int i = 0; i < ir->count; i++)
        if (ir->nodes[i].op == &cn_op_nth)
            return true;
    return false;
}

static bool mergeable(const cn_ir_node *node, bool results_only)
{
    if (results_only)
        return node->op == &cn_op_nth;
    if (is_small_constant(node))
        return true;
    return node->n_in && !(node->op->traits & (CN_IMPURE | CN_LEAF));
}

bool cn_pass_merge(cn_ir *ir)
{
    bool results_only = ir->request->quick || cn_pass_off("merge");
    if (results_only && !shows_results(ir))
        return true;
    size_t capacity = 16;
    while (capacity < 2 * (size_t)ir->count)
        capacity *= 2;
    int *table = cn_mem_calloc(capacity, sizeof *table),
        *same = cn_mem_calloc((size_t)ir->count, sizeof *same);
    for (int i = 0; table && same && i < ir->count; i++) {
        cn_ir_node *node = &ir->nodes[i];
        same[i] = i;
        for (int k = 0; k < node->n_in; k++)
            node->in[k] = same[node->in[k]];
        if (!mergeable(node, results_only))
            continue;
        size_t slot = hash_of(node) & (capacity - 1);
        while (table[slot] && !equal(node, &ir->nodes[table[slot] - 1]))
            slot = (slot + 1) & (capacity - 1);
        if (!table[slot]) {
            table[slot] = i + 1;
            continue;
        }
        same[i] = table[slot] - 1;
        widen(&ir->nodes[same[i]], node);
    }
    bool ok = table && same;
    for (size_t i = 0; ok && i < ir->request->n_outputs; i++)
        ir->nodes[ir->outputs[i] = same[ir->outputs[i]]].wanted = true;
    for (size_t i = 0; ok && i < ir->request->n_assigned; i++)
        ir->nodes[ir->values[i] = same[ir->values[i]]].wanted = true;
    for (int i = 0; ok && i < ir->count; i++)
        ir->nodes[i].dead = same[i] != i;
    cn_mem_free(table);
    cn_mem_free(same);
    return ok && cn_ir_links(ir);
}
