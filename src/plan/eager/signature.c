#include "plan/eager/signature.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/piece.h"
#include "graph/shape.h"
#include "graph/walk.h"

enum { LARGEST = 1 << 16 };       /* nodes: what is larger is planned each time */
enum { LARGEST_VALUE = 1 << 10 }; /* bytes of an array that a body keeps: the same */

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
    if (sig->count == sig->nodes_capacity &&
        !cn_mem_reserve(&sig->nodes, &sig->nodes_capacity, sig->count + 1, sizeof *sig->nodes))
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
    sig->whole = sig->inside = false;
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

/* Sizes that only running tells are those of results alone: eager code knows all others. */
static bool is_plain(const cn_signature *sig, size_t place, bool leaf)
{
    const cn_tensor *tensor = sig->nodes[place].tensor;
    if (leaf)
        return tensor->value && !tensor->symbolic;
    if (sig->whole)
        return !(tensor->op->traits & CN_LATE);
    return !(tensor->op->traits & CN_LATE) || place < sig->n_roots || cn_results_known(tensor);
}

static bool walk(cn_signature *sig)
{
    for (size_t next = 0; next < sig->count; next++) {
        cn_tensor *tensor = sig->nodes[next].tensor;
        bool leaf = sig->whole ? !tensor->n_inputs : cn_is_leaf(tensor);
        if (!is_plain(sig, next, leaf) || sig->count > LARGEST)
            return !(sig->plain = false);
        sig->nodes[next].role = leaf ? role_of_leaf(tensor) : CN_ROLE_NODE;
        sig->nodes[next].links = (uint32_t)sig->n_links;
        size_t n = leaf ? 0 : (size_t)tensor->n_inputs;
        if (sig->n_links + n > sig->links_capacity &&
            !cn_mem_reserve(&sig->links, &sig->links_capacity, sig->n_links + n,
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

static bool put_tensor(cn_signature *sig, const cn_tensor *tensor, const uint32_t *links);

/* Where `n` more words go; NULL: no memory. */
static uint64_t *room_for(cn_signature *sig, size_t n)
{
    n += sig->n_words;
    if (n > sig->words_capacity &&
        !cn_mem_reserve(&sig->words, &sig->words_capacity, n, sizeof *sig->words))
        return NULL;
    return sig->words + sig->n_words;
}

static bool put(cn_signature *sig, uint64_t word)
{
    uint64_t *to = room_for(sig, 1);
    if (to)
        *to = word;
    sig->n_words += to != NULL;
    return to;
}

static bool put_bytes(cn_signature *sig, const void *bytes, size_t size)
{
    size_t n = (size + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    uint64_t *to = n ? room_for(sig, n) : NULL;
    if (!to)
        return !n;
    to[n - 1] = 0;
    memcpy(to, bytes, size);
    sig->n_words += n;
    return true;
}

static uint64_t *write_shape(uint64_t *to, uint64_t head, const cn_shape *shape, cn_dtype dtype)
{
    *to++ = head << 16 | (uint64_t)dtype << 8 | (uint64_t)shape->rank;
    for (int i = 0; i < shape->rank; i++)
        *to++ = (uint64_t)shape->dim[i];
    return to;
}

static bool put_shape(cn_signature *sig, uint64_t head, const cn_tensor *tensor)
{
    uint64_t *to = room_for(sig, 1 + CN_MAX_RANK);
    if (!to)
        return false;
    sig->n_words = (size_t)(write_shape(to, head, &tensor->shape, tensor->dtype) - sig->words);
    return true;
}

/* What stands in a body, its tensors numbered in their order; values that it keeps are part of it.
 */
static bool put_inner(cn_signature *sig, const cn_walk *walk, const cn_body *body)
{
    uint32_t links[64];
    for (size_t i = 0; i < walk->count; i++) {
        const cn_tensor *tensor = walk->nodes[i];
        bool leaf = cn_is_leaf(tensor), kept = leaf && tensor->value;
        sig->plain &= tensor->n_inputs <= 64 && (!kept || tensor->value->size <= LARGEST_VALUE);
        if (!sig->plain)
            return true;
        for (int k = 0; k < tensor->n_inputs && !leaf; k++)
            links[k] = (uint32_t)cn_walk_find(walk, tensor->inputs[k]);
        if (!(leaf ? put_shape(sig, kept, tensor) : put_tensor(sig, tensor, links)) ||
            (kept && !put_bytes(sig, tensor->value->data, tensor->value->size)))
            return false;
    }
    bool ok = put(sig, body->params->count);
    for (size_t i = 0; ok && i < body->params->count; i++)
        ok = put(sig, (uint64_t)cn_walk_find(walk, body->params->items[i]));
    for (size_t i = 0; ok && i < body->results->count; i++)
        ok = put(sig, (uint64_t)cn_walk_find(walk, body->results->items[i]));
    return ok;
}

static bool put_body(cn_signature *sig, const cn_body *body)
{
    cn_walk walk;
    cn_list *roots = cn_list_concat(body->params, body->results);
    if (!roots || !cn_walk_make(&walk, (cn_tensor *const *)roots->items, roots->count, cn_is_leaf))
        return false;
    sig->plain &= walk.count + sig->count <= LARGEST;
    bool ok = put(sig, walk.count) && put(sig, body->results->count) && put_inner(sig, &walk, body);
    cn_walk_free(&walk);
    return ok;
}

/* A piece is made once and used again: it is known by its number, and so are bodies of eager code
 * (interned.h), but not what stands in them. */
static bool put_bodies(cn_signature *sig, const cn_tensor *tensor)
{
    bool ok = true;
    for (int i = 0; ok && i < cn_extras_of(tensor->op)->bodies; i++) {
        const cn_body *body = ((cn_body *const *)tensor->attrs)[i];
        bool known = tensor->op == &cn_op_piece || !sig->inside;
        ok = known ? put(sig, body->id) : put_body(sig, body);
    }
    return ok;
}

static bool put_tensor(cn_signature *sig, const cn_tensor *tensor, const uint32_t *links)
{
    const cn_op *op = tensor->op;
    size_t results = tensor->results ? (size_t)tensor->results->count : 0;
    size_t n = (size_t)tensor->n_inputs, skip = (size_t)cn_extras_of(op)->bodies * sizeof(void *);
    size_t attrs = op->attrs - skip, words = (attrs + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    uint64_t *to = room_for(sig, 2 + (1 + results) * (1 + CN_MAX_RANK) + n + words);
    if (!to)
        return false;
    *to++ = (uint64_t)(uintptr_t)op;
    *to++ = (uint64_t)(uintptr_t)tensor->layer; /* which errors name */
    to = write_shape(to, (uint64_t)results << 33 | (uint64_t)tensor->weak << 32 | n, &tensor->shape,
                     tensor->dtype);
    for (size_t k = 1; k < results; k++)
        to = write_shape(to, 0, &tensor->results->shape[k], tensor->results->dtype[k]);
    for (size_t k = 0; k < n; k++)
        *to++ = links[k];
    if (words) {
        to[words - 1] = 0;
        memcpy(to, (const char *)tensor->attrs + skip, attrs);
    }
    sig->n_words = (size_t)(to - sig->words) + words;
    return !cn_extras_of(op)->bodies || put_bodies(sig, tensor);
}

static bool put_leaf(cn_signature *sig, const cn_sig_node *node)
{
    const cn_tensor *tensor = node->tensor;
    if (node->role == CN_ROLE_NUMBER) {
        uint64_t value = 0;
        memcpy(&value, tensor->value->data, tensor->value->size);
        sig->numbers[sig->n_numbers++] = value;
    }
    return put_shape(sig, node->role, tensor);
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
    if (!cn_mem_reserve(&sig->numbers, &sig->numbers_capacity, sig->count, sizeof *sig->numbers))
        return false;
    bool ok = put(sig, sig->n_roots);
    for (size_t i = 0; ok && i < sig->n_assignments; i++)
        if (sig->assignments[i].target >= 0)
            ok = put(sig, (uint64_t)sig->assignments[i].root) &&
                 put(sig, (uint64_t)sig->assignments[i].target);
    ok = ok && put(sig, sig->count);
    for (size_t i = 0; ok && i < sig->count && sig->plain; i++) {
        const cn_sig_node *node = &sig->nodes[i];
        ok = node->role == CN_ROLE_NODE ? put_tensor(sig, node->tensor, sig->links + node->links)
                                        : put_leaf(sig, node);
    }
    sig->hash = ok ? hash_of(sig->words, sig->n_words) : 0;
    return ok;
}

bool cn_signature_whole(cn_signature *sig, const cn_list *tensors)
{
    if (!clear(sig))
        return false;
    sig->whole = true;
    for (size_t i = 0; i < tensors->count; i++)
        if (place_of(sig, tensors->items[i]) < 0)
            return false;
    sig->n_roots = sig->count;
    return walk(sig) && (!sig->plain || write_words(sig));
}

long cn_signature_find(const cn_signature *sig, const cn_tensor *tensor)
{
    return find(sig, tensor);
}

bool cn_signature_body(cn_signature *sig, const cn_body *body)
{
    if (!clear(sig))
        return false;
    sig->inside = true;
    bool ok = put_body(sig, body);
    sig->hash = ok ? hash_of(sig->words, sig->n_words) : 0;
    return ok;
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
