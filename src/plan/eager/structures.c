#include "plan/eager/structures.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { MOST_BYTES = 1 << 28 }; /* of all arenas together, but for the newest */

/* ---- the graph again, with stand-ins for its leaves ---- */

typedef struct template
{
    const cn_signature *sig;
    const bool *varying;
    cn_tensor **now; /* what stands for each node */
    cn_list *inputs, *outputs, *variables, *values;
}
template;

/* A copy: the number's own memory may become a variable's. */
static cn_tensor *built_in(const cn_tensor *number)
{
    cn_buffer *buffer = cn_buffer_new(number->value->size);
    if (buffer)
        memcpy(buffer->data, number->value->data, buffer->size);
    return cn_constant(buffer, number->shape, number->dtype);
}

/* A variable without memory: each run lends it that of the one it stands for. */
static cn_tensor *lent_variable(const cn_tensor *like)
{
    cn_tensor *tensor = cn_placeholder(like->shape, like->dtype, false);
    if (!tensor || !(tensor->variable = cn_mem_calloc(1, sizeof *tensor->variable)))
        return NULL;
    tensor->op = &cn_op_variable;
    return tensor;
}

static bool make_leaves(template *t)
{
    size_t number = 0;
    for (size_t i = 0; i < t->sig->count; i++) {
        const cn_sig_node *node = &t->sig->nodes[i];
        const cn_tensor *tensor = node->tensor;
        if (node->role == CN_ROLE_NODE)
            continue;
        bool fixed = node->role == CN_ROLE_NUMBER && !t->varying[number++];
        t->now[i] = fixed ? built_in(tensor)
                    : node->role == CN_ROLE_TARGET
                        ? lent_variable(tensor)
                        : cn_placeholder(tensor->shape, tensor->dtype, false);
        if (!t->now[i] ||
            (!fixed && node->role != CN_ROLE_TARGET && !cn_list_add(t->inputs, t->now[i])))
            return false;
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const cn_sig_node *x = *(const cn_sig_node *const *)a, *y = *(const cn_sig_node *const *)b;
    return (x->tensor->id > y->tensor->id) - (x->tensor->id < y->tensor->id);
}

/* The node on what stands for its inputs. */
static cn_tensor *again(const template *t, const cn_sig_node *node)
{
    cn_tensor *few[16], **inputs = few;
    size_t n = (size_t)node->tensor->n_inputs;
    if (n > 16 && !(inputs = cn_mem_alloc(n * sizeof *inputs)))
        return NULL;
    for (size_t k = 0; k < n; k++)
        inputs[k] = t->now[t->sig->links[node->links + k]];
    cn_tensor *made = cn_tensor_again(node->tensor, inputs);
    if (inputs != few)
        cn_mem_free(inputs);
    return made;
}

/* In the order of their making, which the plan keeps where it has a choice. */
static bool make_nodes(template *t)
{
    size_t n = t->sig->count;
    const cn_sig_node **order = cn_mem_alloc(n * sizeof *order);
    for (size_t i = 0; order && i < n; i++)
        order[i] = &t->sig->nodes[i];
    if (order)
        qsort(order, n, sizeof *order, by_id);
    bool ok = order;
    for (size_t i = 0; ok && i < n; i++) {
        size_t place = (size_t)(order[i] - t->sig->nodes);
        if (order[i]->role == CN_ROLE_NODE)
            ok = (t->now[place] = again(t, order[i])) != NULL;
    }
    cn_mem_free(order);
    return ok;
}

static bool list_results(template *t)
{
    bool ok = true;
    for (size_t i = 0; ok && i < t->sig->n_assignments; i++) {
        const cn_sig_assignment *a = &t->sig->assignments[i];
        if (a->target >= 0)
            ok = cn_list_add(t->variables, t->now[a->target]) &&
                 cn_list_add(t->values, t->now[a->root]);
    }
    for (size_t i = 0; ok && i < t->sig->n_roots; i++)
        ok = t->sig->nodes[i].over || cn_list_add(t->outputs, t->now[i]);
    return ok;
}

static cn_plan *plan_of(const template *t)
{
    return cn_plan_build(&(cn_plan_request){
        .inputs = (cn_tensor *const *)t->inputs->items,
        .n_inputs = t->inputs->count,
        .outputs = (cn_tensor *const *)t->outputs->items,
        .n_outputs = t->outputs->count,
        .variables = (cn_tensor *const *)t->variables->items,
        .values = (cn_tensor *const *)t->values->items,
        .n_assigned = t->variables->count,
        .late = true,
        .external_outputs = true,
    });
}

/* Within a trace, where variables are read as such, and what is folded waits for nothing. */
static bool make_plan(cn_structure *s, const cn_signature *sig)
{
    bool ok = false;
    cn_trace trace;
    CN_SCOPE {
        template t = {.sig = sig,
                      .varying = s->varying,
                      .now = cn_mem_calloc(sig->count, sizeof *t.now),
                      .inputs = cn_list_new(),
                      .outputs = cn_list_new(),
                      .variables = cn_list_new(),
                      .values = cn_list_new()};
        if (t.now && t.inputs && t.outputs && t.variables && t.values && cn_trace_begin(&trace)) {
            cn_plan *plan =
                make_leaves(&t) && make_nodes(&t) && list_results(&t) ? plan_of(&t) : NULL;
            cn_trace_end(&trace);
            cn_trace_free(&trace);
            ok = plan != NULL;
            cn_replace(&s->plan, plan);
            cn_replace(&s->variables, t.variables);
            s->n_inputs = t.inputs->count;
            s->n_outputs = t.outputs->count;
        }
        cn_mem_free(t.now);
    }
    return ok;
}

/* ---- keeping them ---- */

static void free_structure(cn_structure *s)
{
    if (!s)
        return;
    cn_sig_key_free(&s->key);
    cn_mem_free(s->numbers);
    cn_mem_free(s->varying);
    cn_release(s->plan);
    cn_release(s->variables);
    cn_mem_free(s);
}

static void drop(cn_structures *all, size_t i)
{
    free_structure(all->kept[i]);
    all->kept[i] = all->kept[--all->count];
}

void cn_structures_clear(cn_structures *all)
{
    while (all->count)
        drop(all, all->count - 1);
    *all = (cn_structures){.made = all->made};
}

/* Room for one more of so many bytes. */
static void make_room(cn_structures *all, size_t bytes)
{
    for (;;) {
        size_t sum = bytes, oldest = all->count;
        for (size_t i = 0; i < all->count; i++) {
            const cn_structure *s = all->kept[i];
            sum += cn_plan_arena_size(s->plan);
            if (!s->busy && (oldest == all->count || s->used < all->kept[oldest]->used))
                oldest = i;
        }
        if (oldest == all->count || (all->count < CN_STRUCTURES && sum <= MOST_BYTES))
            return;
        drop(all, oldest);
    }
}

static cn_structure *new_structure(const cn_signature *sig)
{
    cn_structure *s = cn_mem_calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->n_numbers = sig->n_numbers;
    s->numbers = cn_sig_copy(sig->numbers, sig->n_numbers, sizeof *s->numbers);
    s->varying = cn_mem_calloc(sig->n_numbers, sizeof *s->varying);
    if (cn_sig_key_make(&s->key, sig) && s->numbers && s->varying && make_plan(s, sig))
        return s;
    free_structure(s);
    return NULL;
}

static bool add(cn_structures *all, const cn_signature *sig, cn_structure **made)
{
    if (!cn_sig_met(all->seen, CN_SEEN, &all->next_seen, sig->hash))
        return true;
    cn_structure *s = new_structure(sig);
    if (!s)
        return false;
    all->made++;
    make_room(all, cn_plan_arena_size(s->plan));
    if (all->count < CN_STRUCTURES)
        *made = all->kept[all->count++] = s;
    else
        free_structure(s); /* all others are running */
    return true;
}

static cn_structure *find(const cn_structures *all, const cn_signature *sig)
{
    for (size_t i = 0; i < all->count; i++)
        if (cn_sig_key_is(&all->kept[i]->key, sig))
            return all->kept[i];
    return NULL;
}

/* Numbers that are not what they were are inputs from now on. */
static bool fit_numbers(cn_structures *all, cn_structure *s, const cn_signature *sig)
{
    bool fits = true;
    for (size_t i = 0; i < s->n_numbers; i++)
        if (s->numbers[i] != sig->numbers[i] && !s->varying[i]) {
            fits = false;
            s->varying[i] = true;
        }
    all->made += !fits;
    return fits || make_plan(s, sig);
}

static void forget(cn_structures *all, const cn_structure *s)
{
    size_t i = 0;
    while (all->kept[i] != s)
        i++;
    drop(all, i);
}

bool cn_structure_for(cn_structures *all, const cn_signature *sig, cn_structure **structure)
{
    cn_structure *s = find(all, sig);
    *structure = NULL;
    if (s && s->busy)
        return true;
    if (s && !fit_numbers(all, s, sig)) {
        forget(all, s);
        return false;
    }
    if (!s && !add(all, sig, &s))
        return false;
    if (s)
        s->used = ++all->clock;
    *structure = s;
    return true;
}
