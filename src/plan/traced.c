#include "plan/traced.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/trace.h"

enum { KEPT = 16 };

typedef struct signature {
    cn_view *inputs; /* without data */
    size_t n;
    int variant;
    cn_plan *plan;     /* held */
    uint64_t used;     /* when, for throwing the oldest out */
    unsigned long age; /* cn_plans_age when it was traced */
} signature;

static atomic_ulong age;

void cn_plans_outdated(void)
{
    atomic_fetch_add(&age, 1);
}

unsigned long cn_plans_age(void)
{
    return atomic_load_explicit(&age, memory_order_relaxed);
}

struct cn_traced {
    cn_traced_body body;
    void *user;
    bool external;
    pthread_mutex_t lock;
    signature entries[KEPT];
    size_t count, traced;
    uint64_t clock;
};

cn_traced *cn_traced_new(cn_traced_body body, void *user, bool external_outputs)
{
    cn_traced *t = cn_mem_calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->body = body;
    t->user = user;
    t->external = external_outputs;
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

static void forget(signature *s)
{
    cn_mem_free(s->inputs);
    cn_release(s->plan);
    *s = (signature){0};
}

void cn_traced_free(cn_traced *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        forget(&t->entries[i]);
    pthread_mutex_destroy(&t->lock);
    cn_mem_free(t);
}

static bool same_view(const cn_view *a, const cn_view *b)
{
    return a->dtype == b->dtype && a->rank == b->rank &&
           !memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]);
}

static signature *find(cn_traced *t, const cn_view *inputs, size_t n, int variant)
{
    for (size_t e = 0; e < t->count; e++) {
        signature *s = &t->entries[e];
        bool same = s->n == n && s->variant == variant && s->age == cn_plans_age();
        for (size_t i = 0; same && i < n; i++)
            same = same_view(&s->inputs[i], &inputs[i]);
        if (same)
            return s;
    }
    return NULL;
}

static cn_list *placeholders(const cn_view *inputs, size_t n)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < n; i++) {
        cn_shape shape = {.rank = inputs[i].rank};
        memcpy(shape.dim, inputs[i].dim, sizeof shape.dim);
        if (!cn_list_add(list, cn_placeholder(shape, inputs[i].dtype, false)))
            return NULL;
    }
    return list;
}

static cn_plan *plan_of(const cn_traced *t, const cn_list *inputs, const cn_list *outputs,
                        const cn_trace *trace)
{
    return cn_plan_build(&(cn_plan_request){
        .inputs = (cn_tensor *const *)inputs->items,
        .n_inputs = inputs->count,
        .outputs = (cn_tensor *const *)outputs->items,
        .n_outputs = outputs->count,
        .variables = (cn_tensor *const *)trace->variables->items,
        .values = (cn_tensor *const *)trace->values->items,
        .n_assigned = trace->variables->count,
        .external_outputs = t->external,
    });
}

/* Runs the body on placeholders. What eager code assigned before must be there first. */
static cn_plan *trace_once(const cn_traced *t, const cn_view *views, size_t n, int variant)
{
    cn_trace trace;
    cn_plan *plan = NULL;
    CN_SCOPE {
        cn_list *inputs = placeholders(views, n), *outputs = cn_list_new();
        if (inputs && outputs && cn_compute(cn_list_new()) && cn_trace_begin(&trace)) {
            bool clean = !cn_error_code();
            bool ok = t->body(t->user, inputs, variant, outputs);
            ok = ok && !(clean && cn_error_code()); /* what failed may not have been looked at */
            for (size_t i = 0; ok && i < outputs->count; i++)
                ok = cn_list_put(outputs, i, cn_trace_read(outputs->items[i]));
            cn_trace_end(&trace);
            plan = ok ? cn_retain(plan_of(t, inputs, outputs, &trace)) : NULL;
            cn_trace_free(&trace);
        }
    }
    return plan;
}

static signature *oldest(cn_traced *t)
{
    signature *old = t->entries;
    for (size_t i = 1; i < t->count; i++)
        if (t->entries[i].used < old->used)
            old = &t->entries[i];
    bool outdated = t->count && old->age != cn_plans_age(); /* then the oldest is */
    if (!outdated && t->count < KEPT)
        return &t->entries[t->count++];
    forget(old);
    return old;
}

static signature *add(cn_traced *t, const cn_view *inputs, size_t n, int variant)
{
    cn_view *copy = cn_mem_calloc(n, sizeof *copy);
    unsigned long now = cn_plans_age();
    cn_plan *plan = copy ? trace_once(t, inputs, n, variant) : NULL;
    if (!plan) {
        cn_mem_free(copy);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        copy[i] = inputs[i];
    signature *s = oldest(t);
    *s = (signature){.inputs = copy, .n = n, .variant = variant, .plan = plan, .age = now};
    t->traced++;
    return s;
}

cn_plan *cn_traced_plan(cn_traced *t, const cn_view *inputs, size_t n, int variant)
{
    if (!t)
        return NULL;
    pthread_mutex_lock(&t->lock);
    signature *s = find(t, inputs, n, variant);
    if (!s)
        s = add(t, inputs, n, variant);
    if (s)
        s->used = ++t->clock;
    cn_plan *plan = s ? s->plan : NULL;
    pthread_mutex_unlock(&t->lock);
    return plan;
}

size_t cn_traced_arena(cn_traced *t)
{
    size_t most = 0;
    if (!t)
        return 0;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < t->count; i++) {
        size_t bytes = cn_plan_arena_size(t->entries[i].plan);
        most = bytes > most ? bytes : most;
    }
    pthread_mutex_unlock(&t->lock);
    return most;
}

size_t cn_traced_count(const cn_traced *t)
{
    return t->traced;
}
