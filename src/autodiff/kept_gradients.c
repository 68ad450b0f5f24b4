/* Gradients in eager code. A loop asks for those of the same graph in each turn: when one is met
 * again, by its structure, its gradients are made once more as a body, whose parameters are tensors
 * of that graph, and taken as a piece from then on. */
#include "autodiff/kept_gradients.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/piece.h"
#include "plan/eager/signature_key.h"

enum { KEPT = 16, SEEN = 32 };

/* What a gradient reads: a result of a tensor of the graph. */
typedef struct input {
    size_t place, result;
} input;

typedef struct entry {
    cn_sig_key key;
    uint64_t used; /* when last */
    uint64_t *numbers;
    long *xs; /* places of the x's; -1: not in the graph */
    size_t n_numbers, n_xs;
    cn_body *body; /* held; NULL: there is none that could be kept */
    input *inputs;
    size_t *results; /* for each x: 1 + the number of its gradient, or 0: none */
} entry;

typedef struct store {
    cn_signature sig;
    long *xs;
    size_t xs_capacity;
    cn_tensor **inputs;
    size_t inputs_capacity;
    entry *kept[KEPT];
    size_t count;
    uint64_t clock, seen[SEEN];
    size_t next_seen;
} store;

static _Thread_local store *mine;

static void free_entry(entry *e)
{
    if (!e)
        return;
    cn_sig_key_free(&e->key);
    cn_mem_free(e->numbers);
    cn_mem_free(e->xs);
    cn_mem_free(e->inputs);
    cn_mem_free(e->results);
    cn_release(e->body);
    cn_mem_free(e);
}

static void free_store(void)
{
    if (!mine)
        return;
    for (size_t i = 0; i < mine->count; i++)
        free_entry(mine->kept[i]);
    cn_signature_free(&mine->sig);
    cn_mem_free(mine->xs);
    cn_mem_free(mine->inputs);
    cn_mem_free(mine);
    mine = NULL;
}

__attribute__((constructor)) static void watch_threads(void)
{
    cn_scope_on_end_all(free_store);
}

/* ---- which graph, and where in it the x's are ---- */

/* What the x is in the graph: of a variable, its value of now. */
static const cn_tensor *seen_as(const cn_tensor *x)
{
    return x->variable ? x->variable->snapshot : x;
}

/* A variable's older value would count as the variable too. */
static bool all_of_now(const cn_signature *sig)
{
    for (size_t i = 0; i < sig->count; i++) {
        const cn_tensor *tensor = sig->nodes[i].tensor;
        if (tensor->origin && tensor->origin->variable->snapshot != tensor)
            return false;
    }
    return true;
}

static bool describe(store *s, const cn_list *ys, const cn_list *xs)
{
    if (!cn_signature_whole(&s->sig, ys) ||
        !cn_mem_reserve(&s->xs, &s->xs_capacity, xs->count, sizeof *s->xs))
        return false;
    s->sig.plain = s->sig.plain && all_of_now(&s->sig);
    for (size_t i = 0; i < xs->count && s->sig.plain; i++) {
        const cn_tensor *x = seen_as(xs->items[i]);
        s->xs[i] = x ? cn_signature_find(&s->sig, x) : -1;
        s->sig.hash = (s->sig.hash ^ (uint64_t)s->xs[i]) * 0x9E3779B97F4A7C15u;
    }
    return true;
}

static bool same(const void *a, const void *b, size_t n, size_t size)
{
    return !n || !memcmp(a, b, n * size);
}

static entry *find(const store *s, size_t n_xs)
{
    const cn_signature *sig = &s->sig;
    for (size_t i = 0; i < s->count; i++) {
        entry *e = s->kept[i];
        if (cn_sig_key_is(&e->key, sig) && e->n_xs == n_xs && e->n_numbers == sig->n_numbers &&
            same(e->xs, s->xs, n_xs, sizeof *e->xs) &&
            same(e->numbers, sig->numbers, e->n_numbers, sizeof *e->numbers))
            return e;
    }
    return NULL;
}

/* ---- keeping ---- */

static entry *new_entry(const store *s, size_t n_xs)
{
    const cn_signature *sig = &s->sig;
    entry *e = cn_mem_calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->n_numbers = sig->n_numbers;
    e->n_xs = n_xs;
    e->numbers = cn_sig_copy(sig->numbers, sig->n_numbers, sizeof *e->numbers);
    e->xs = cn_sig_copy(s->xs, n_xs, sizeof *e->xs);
    e->results = cn_mem_calloc(n_xs, sizeof *e->results);
    if (cn_sig_key_make(&e->key, sig) && e->numbers && e->xs && e->results)
        return e;
    free_entry(e);
    return NULL;
}

/* The gradients there are, and which x each is of. */
static bool list_results(entry *e, const cn_list *grads, cn_list *results)
{
    for (size_t i = 0; i < grads->count; i++) {
        if (cn_is_none(grads->items[i]))
            continue;
        if (!cn_list_add(results, grads->items[i]))
            return false;
        e->results[i] = results->count;
    }
    return true;
}

/* False where it reads what the graph does not have. */
static bool find_inputs(entry *e, const cn_signature *sig, const cn_list *captured)
{
    for (size_t i = 0; i < captured->count; i++) {
        const cn_tensor *one = captured->items[i];
        long place = cn_signature_find(sig, one);
        if (place >= 0) {
            e->inputs[i].place = (size_t)place;
            continue;
        }
        place = one->op == &cn_op_nth ? cn_signature_find(sig, one->inputs[0]) : -1;
        if (place < 0)
            return false;
        e->inputs[i] = (input){(size_t)place, (size_t) * (const int64_t *)one->attrs};
    }
    return true;
}

static bool make_body(entry *e, const cn_signature *sig, const cn_list *ys, const cn_list *xs,
                      cn_gradient_walk walk)
{
    cn_body_maker maker;
    cn_list *none = cn_list_new(), *results = cn_list_new();
    if (!none || !results || !cn_body_begin(&maker))
        return false;
    cn_list *grads = walk(ys, xs);
    bool ok = cn_body_end(&maker) && grads && list_results(e, grads, results);
    if (ok && results->count && results->count <= CN_MAX_OUTPUTS) {
        ok = cn_body_capture(&maker, none, false, &results, 1);
        e->inputs = ok ? cn_mem_calloc(maker.captured->count, sizeof *e->inputs) : NULL;
        ok = ok && e->inputs;
        if (ok && find_inputs(e, sig, maker.captured))
            ok = (e->body = cn_retain(cn_body_new(maker.parameters, results))) != NULL;
    }
    cn_body_maker_free(&maker);
    return ok;
}

static void enter(store *s, entry *e)
{
    size_t oldest = 0;
    if (s->count < KEPT) {
        s->kept[s->count++] = e;
        return;
    }
    for (size_t i = 1; i < s->count; i++)
        if (s->kept[i]->used < s->kept[oldest]->used)
            oldest = i;
    free_entry(s->kept[oldest]);
    s->kept[oldest] = e;
}

static entry *add(store *s, const cn_list *ys, const cn_list *xs, cn_gradient_walk walk)
{
    entry *e = new_entry(s, xs->count);
    bool ok = e;
    CN_INNER_SCOPE
    {
        ok = ok && make_body(e, &s->sig, ys, xs, walk);
    }
    if (ok) {
        enter(s, e);
        return e;
    }
    free_entry(e);
    return NULL;
}

/* ---- taking ---- */

static cn_list *take(store *s, const entry *e)
{
    size_t n = e->body->params->count;
    cn_list *list = cn_list_new();
    if (!list || !cn_mem_reserve(&s->inputs, &s->inputs_capacity, n, sizeof(cn_tensor *)))
        return NULL;
    for (size_t i = 0; i < n; i++)
        s->inputs[i] = cn_nth_result(s->sig.nodes[e->inputs[i].place].tensor, e->inputs[i].result);
    cn_tensor *piece = cn_piece(e->body, s->inputs);
    for (size_t i = 0; piece && i < e->n_xs; i++)
        if (!cn_list_add(list, e->results[i] ? cn_nth_result(piece, e->results[i] - 1) : cn_none()))
            return NULL;
    return piece ? list : NULL;
}

static cn_list *kept_or_new(store *s, const cn_list *ys, const cn_list *xs, cn_gradient_walk walk)
{
    if (!describe(s, ys, xs))
        return NULL;
    entry *e = s->sig.plain ? find(s, xs->count) : NULL;
    if (!e && (!s->sig.plain || !cn_sig_met(s->seen, SEEN, &s->next_seen, s->sig.hash)))
        return walk(ys, xs);
    if (!e && !(e = add(s, ys, xs, walk)))
        return NULL;
    e->used = ++s->clock;
    return e->body ? take(s, e) : walk(ys, xs);
}

cn_list *cn_keep_gradients(const cn_list *ys, const cn_list *xs, cn_gradient_walk walk)
{
    if (cn_tracing())
        return walk(ys, xs);
    store *s = mine ? mine : cn_mem_calloc(1, sizeof *s);
    mine = NULL; /* a walk that asks for gradients itself gets another */
    cn_list *list = s ? kept_or_new(s, ys, xs, walk) : NULL;
    free_store();
    mine = s;
    return list;
}
