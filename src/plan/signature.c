#include "plan/signature.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/walk.h"

enum { LARGEST = 1 << 16 }; /* nodes: what is larger is planned each time */

/* ---- places of tensors ---- */

/* The tensor's slot, or the free one where it would go. */
static cn_sig_slot *slot_of(const cn_signature *sig, const cn_tensor *tensor)
{
    size_t mask = sig->table_size - 1;
    size_t i = (size_t)((uint64_t)(uintptr_t)tensor * 0x9E3779B97F4A7C15u >> 32) & mask;
    while (sig->table[i].stamp == sig->stamp && sig->table[i].tensor != tensor)
        i = (i + 1) & mask;
    return &sig->table[i];
}

static long find(const cn_signature *sig, const cn_tensor *tensor)
{
    const cn_sig_slot *slot = slot_of(sig, tensor);
    return slot->stamp == sig->stamp ? (long)slot->place : -1;
}

/* Room for twice as many, all places noted anew. */
static bool grow(cn_signature *sig)
{
    size_t size = sig->table_size ? 2 * sig->table_size : 256;
    cn_sig_slot *table = cn_mem_calloc(size, sizeof *table);
    if (!table)
        return false;
    cn_mem_free(sig->table);
    sig->table = table;
    sig->table_size = size;
    sig->stamp = 1;
    for (size_t i = 0; i < sig->count; i++)
        *slot_of(sig, sig->nodes[i].tensor) = (cn_sig_slot){sig->nodes[i].tensor, 1, (uint32_t)i};
    return true;
}

/* The tensor's place, a new one if need be; -1: no memory. */
static long place_of(cn_signature *sig, cn_tensor *tensor)
{
    cn_sig_slot *slot = slot_of(sig, tensor);
    if (slot->stamp == sig->stamp)
        return (long)slot->place;
    if (2 * (sig->count + 1) > sig->table_size) {
        if (!grow(sig))
            return -1;
        slot = slot_of(sig, tensor);
    }
    if (!cn_mem_reserve(&sig->nodes, &sig->nodes_capacity, sig->count + 1, sizeof *sig->nodes))
        return -1;
    *slot = (cn_sig_slot){tensor, sig->stamp, (uint32_t)sig->count};
    sig->nodes[sig->count] = (cn_sig_node){.tensor = tensor};
    return (long)sig->count++;
}

/* ---- roots ---- */

static bool clear(cn_signature *sig)
{
    sig->count = sig->n_roots = sig->n_links = sig->n_assignments = 0;
    sig->n_words = sig->n_numbers = 0;
    sig->plain = true;
    if (!sig->table_size)
        return grow(sig);
    if (!++sig->stamp) { /* once in 2^32 */
        memset(sig->table, 0, sig->table_size * sizeof *sig->table);
        sig->stamp = 1;
    }
    return true;
}

static bool add_assignment(cn_signature *sig, cn_tensor *variable, cn_tensor *value)
{
    if (!cn_mem_reserve(&sig->assignments, &sig->assignments_capacity, sig->n_assignments + 1,
                        sizeof *sig->assignments))
        return false;
    cn_sig_assignment a = {variable, value, -1, -1};
    if (!value->value) {
        a.root = place_of(sig, value);
        if (a.root < 0)
            return false;
        sig->nodes[a.root].held++;
        sig->nodes[a.root].assigned++;
    }
    sig->assignments[sig->n_assignments++] = a;
    return true;
}

bool cn_signature_begin(cn_signature *sig, const cn_list *tensors, const cn_trace *pending)
{
    if (!clear(sig))
        return false;
    for (size_t i = 0; i < tensors->count; i++) {
        cn_tensor *tensor = cn_trace_read(tensors->items[i]);
        if (!tensor)
            return false;
        if (tensor->value || tensor->variable)
            continue;
        long place = place_of(sig, tensor);
        if (place < 0)
            return false;
        sig->nodes[place].needed = true;
    }
    for (size_t i = 0; pending->variables && i < pending->variables->count; i++)
        if (!add_assignment(sig, pending->variables->items[i], pending->values->items[i]))
            return false;
    sig->n_roots = sig->count;
    return true;
}

/* ---- the graph ---- */

/* Numbers are built in: they let the passes fold and choose. What a variable holds changes. */
static cn_role role_of_leaf(const cn_tensor *tensor)
{
    return tensor->shape.rank || tensor->origin || tensor->value->size > sizeof(uint64_t)
               ? CN_ROLE_INPUT
               : CN_ROLE_NUMBER;
}

static bool is_plain(const cn_tensor *tensor, bool leaf)
{
    if (leaf)
        return tensor->value && !tensor->symbolic;
    return !tensor->op->bodies && !(tensor->op->traits & CN_LATE);
}

static bool walk(cn_signature *sig)
{
    for (size_t next = 0; next < sig->count; next++) {
        cn_tensor *tensor = sig->nodes[next].tensor;
        bool leaf = cn_is_leaf(tensor);
        if (!is_plain(tensor, leaf) || sig->count > LARGEST)
            return !(sig->plain = false);
        sig->nodes[next].role = leaf ? role_of_leaf(tensor) : CN_ROLE_NODE;
        sig->nodes[next].links = (uint32_t)sig->n_links;
        size_t n = leaf ? 0 : (size_t)tensor->n_inputs;
        if (!cn_mem_reserve(&sig->links, &sig->links_capacity, sig->n_links + n,
                            sizeof *sig->links))
            return false;
        for (size_t k = 0; k < n; k++) {
            long place = place_of(sig, tensor->inputs[k]);
            if (place < 0)
                return false;
            sig->nodes[place].held++;
            sig->links[sig->n_links++] = (uint32_t)place;
        }
    }
    return true;
}

/* ---- what may be written over ---- */

static uint32_t refs_of(const void *object)
{
    return (uint32_t)atomic_load_explicit(&((const cn_object *)object)->refs, memory_order_relaxed);
}

/* Whatever is below something that others hold may be asked for by them later: by computing it, or
 * its gradient. */
static bool mark_needed(cn_signature *sig)
{
    if (!cn_mem_reserve(&sig->stack, &sig->stack_capacity, sig->count, sizeof *sig->stack))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < sig->count; i++) {
        cn_sig_node *node = &sig->nodes[i];
        node->needed = node->needed || refs_of(node->tensor) > node->held;
        if (node->needed)
            sig->stack[n++] = (uint32_t)i;
    }
    while (n) {
        const cn_sig_node *node = &sig->nodes[sig->stack[--n]];
        int inputs = node->role == CN_ROLE_NODE ? node->tensor->n_inputs : 0;
        for (int k = 0; k < inputs; k++) {
            uint32_t below = sig->links[node->links + (uint32_t)k];
            if (!sig->nodes[below].needed)
                sig->stack[n++] = below;
            sig->nodes[below].needed = true;
        }
    }
    return true;
}

/* The place of what the graph reads of the variable, if the new value may lie there: nobody else
 * looks at the old one. */
static long target_of(const cn_signature *sig, const cn_sig_assignment *a)
{
    const cn_variable_state *state = a->variable->variable;
    const cn_tensor *now = state->snapshot;
    const cn_sig_node *value = a->root >= 0 ? &sig->nodes[a->root] : NULL;
    if (!value || value->needed || value->assigned != 1 || !now || now->value != state->buffer ||
        state->buffer->owner || refs_of(state->buffer) != 2)
        return -1;
    long place = find(sig, now);
    return place < 0 || sig->nodes[place].needed ? -1 : place;
}

static bool choose_targets(cn_signature *sig)
{
    if (!sig->n_assignments)
        return true;
    if (!mark_needed(sig))
        return false;
    for (size_t i = 0; i < sig->n_assignments; i++) {
        cn_sig_assignment *a = &sig->assignments[i];
        a->target = target_of(sig, a);
        if (a->target < 0)
            continue;
        sig->nodes[a->target].role = CN_ROLE_TARGET;
        sig->nodes[a->root].over = true;
    }
    return true;
}

/* ---- the words ---- */

static uint64_t *put_shape(uint64_t *to, uint64_t head, cn_shape shape, cn_dtype dtype, bool *plain)
{
    *to++ = head << 16 | (uint64_t)dtype << 8 | (uint64_t)shape.rank;
    for (int i = 0; i < shape.rank; i++) {
        *plain &= shape.dim[i] >= 0;
        *to++ = (uint64_t)shape.dim[i];
    }
    return to;
}

static uint64_t *put_leaf(cn_signature *sig, uint64_t *to, const cn_sig_node *node)
{
    const cn_tensor *tensor = node->tensor;
    if (node->role == CN_ROLE_NUMBER) {
        uint64_t value = 0;
        memcpy(&value, tensor->value->data, tensor->value->size);
        sig->numbers[sig->n_numbers++] = value;
    }
    return put_shape(to, node->role, tensor->shape, tensor->dtype, &sig->plain);
}

static uint64_t *put_node(cn_signature *sig, uint64_t *to, const cn_sig_node *node)
{
    const cn_tensor *tensor = node->tensor;
    const cn_op *op = tensor->op;
    *to++ = (uint64_t)(uintptr_t)op;
    *to++ = (uint64_t)(uintptr_t)tensor->layer; /* which errors name */
    uint64_t results = tensor->results ? (uint64_t)tensor->results->count : 0;
    to = put_shape(to, results << 32 | (uint64_t)tensor->n_inputs, tensor->shape, tensor->dtype,
                   &sig->plain);
    for (uint64_t k = 1; k < results; k++)
        to = put_shape(to, 0, tensor->results->shape[k], tensor->results->dtype[k], &sig->plain);
    if (op->attrs) {
        to[(op->attrs - 1) / sizeof *to] = 0;
        memcpy(to, tensor->attrs, op->attrs);
        to += (op->attrs + sizeof *to - 1) / sizeof *to;
    }
    for (int k = 0; k < tensor->n_inputs; k++)
        *to++ = sig->links[node->links + (uint32_t)k];
    return to;
}

/* More words than a node can need. */
static size_t most_words(const cn_tensor *tensor)
{
    size_t results = tensor->results ? (size_t)tensor->results->count : 1;
    return 2 + results * (1 + CN_MAX_RANK) + tensor->op->attrs / sizeof(uint64_t) + 1 +
           (size_t)tensor->n_inputs;
}

static uint64_t hash_of(const uint64_t *words, size_t n)
{
    uint64_t a = 0x9E3779B97F4A7C15u, b = 0xC2B2AE3D27D4EB4Fu;
    size_t i = 0;
    for (; i + 1 < n; i += 2) { /* two chains, so that one need not wait for the other */
        a = (a ^ words[i]) * 0xff51afd7ed558ccdu;
        b = (b ^ words[i + 1]) * 0xc4ceb9fe1a85ec53u;
        a ^= a >> 32;
        b ^= b >> 32;
    }
    if (i < n)
        a = (a ^ words[i]) * 0xff51afd7ed558ccdu;
    return a ^ (b << 1 | b >> 63);
}

static bool write_words(cn_signature *sig)
{
    size_t room = 2 + 2 * sig->n_assignments;
    for (size_t i = 0; i < sig->count; i++)
        room += most_words(sig->nodes[i].tensor);
    if (!cn_mem_reserve(&sig->words, &sig->words_capacity, room, sizeof *sig->words) ||
        !cn_mem_reserve(&sig->numbers, &sig->numbers_capacity, sig->count, sizeof *sig->numbers))
        return false;
    uint64_t *to = sig->words;
    *to++ = sig->n_roots;
    for (size_t i = 0; i < sig->n_assignments; i++)
        if (sig->assignments[i].target >= 0) {
            *to++ = (uint64_t)sig->assignments[i].root;
            *to++ = (uint64_t)sig->assignments[i].target;
        }
    *to++ = sig->count;
    for (size_t i = 0; i < sig->count && sig->plain; i++)
        to = sig->nodes[i].role == CN_ROLE_NODE ? put_node(sig, to, &sig->nodes[i])
                                                : put_leaf(sig, to, &sig->nodes[i]);
    sig->n_words = (size_t)(to - sig->words);
    sig->hash = hash_of(sig->words, sig->n_words);
    return true;
}

bool cn_signature_finish(cn_signature *sig)
{
    return walk(sig) && (!sig->plain || (choose_targets(sig) && write_words(sig)));
}

void cn_signature_free(cn_signature *sig)
{
    cn_mem_free(sig->nodes);
    cn_mem_free(sig->links);
    cn_mem_free(sig->assignments);
    cn_mem_free(sig->words);
    cn_mem_free(sig->numbers);
    cn_mem_free(sig->table);
    cn_mem_free(sig->stack);
    *sig = (cn_signature){0};
}
