/* Steps in eager code. A step is the same graph each time, on other gradients and values: when one
 * like the last is asked for, it is made once more as a body, and taken as a piece of graph from
 * then on, until something that it has taken for constant is another. As with traced functions,
 * what Cornu's own classes do depends on nothing else; those of users are asked each time. */
#include <string.h>

#include "base/alloc.h"
#include "graph/piece.h"
#include "graph/shape.h"
#include "optimizers/kept_step.h"
#include "plan/traced.h"

typedef struct key {
    const cn_tensor *weight;
    cn_dtype dtype; /* of the gradient; CN_NO_DTYPE: it has none */
} key;

struct cn_kept_step {
    unsigned long age; /* cn_plans_age when it was made */
    void *fields;      /* of the optimizer, as it left them */
    key *keys;
    size_t n_keys;
    bool refused;       /* it cannot be kept */
    cn_body *body;      /* the gradients first; held; NULL: this step has been met once */
    cn_list *variables; /* which its results are assigned to; held */
};

void cn_kept_step_free(struct cn_kept_step *kept)
{
    if (!kept)
        return;
    cn_mem_free(kept->fields);
    cn_mem_free(kept->keys);
    cn_release(kept->body);
    cn_release(kept->variables);
    cn_mem_free(kept);
}

/* ---- what it depends on ---- */

static size_t fields_of(const cn_optimizer *self, const char **fields)
{
    *fields = (const char *)self + sizeof(cn_instance);
    return ((const cn_instance *)self)->cls->size - sizeof(cn_instance);
}

static bool is_own(const cn_instance *instance)
{
    return !instance->cls->built_in;
}

/* May the step be kept at all? */
static bool can_keep(const cn_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    const cn_instance *schedule = self->state_->schedule;
    if (cn_tracing() || is_own((const cn_instance *)self) || (schedule && is_own(schedule)))
        return false;
    for (size_t i = 0; i < weights->count; i++) {
        const cn_tensor *weight = weights->items[i], *grad = grads->items[i];
        if (cn_optimizer_place(self, weight) < 0 || weight->variable->constraint ||
            (!cn_is_none(grad) && !cn_shape_equal(grad->shape, weight->shape)))
            return false;
    }
    return true;
}

static bool is_same(const struct cn_kept_step *kept, const cn_optimizer *self, const cn_list *grads,
                    const cn_list *weights)
{
    const char *fields;
    size_t size = fields_of(self, &fields);
    if (!kept || kept->n_keys != weights->count || kept->age != cn_plans_age() ||
        memcmp(kept->fields, fields, size) != 0)
        return false;
    for (size_t i = 0; i < weights->count; i++)
        if (kept->keys[i].weight != weights->items[i] ||
            kept->keys[i].dtype != ((const cn_tensor *)grads->items[i])->dtype)
            return false;
    return true;
}

static void note_fields(struct cn_kept_step *kept, const cn_optimizer *self)
{
    const char *fields;
    size_t size = fields_of(self, &fields);
    memcpy(kept->fields, fields, size);
}

/* What the step depends on. NULL: no memory. */
static struct cn_kept_step *note(const cn_optimizer *self, const cn_list *grads,
                                 const cn_list *weights)
{
    const char *fields;
    size_t size = fields_of(self, &fields);
    struct cn_kept_step *kept = cn_mem_calloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    kept->age = cn_plans_age();
    kept->n_keys = weights->count;
    kept->fields = cn_mem_alloc(size);
    kept->keys = cn_mem_calloc(kept->n_keys, sizeof *kept->keys);
    if (!kept->fields || !kept->keys) {
        cn_kept_step_free(kept);
        return NULL;
    }
    note_fields(kept, self);
    for (size_t i = 0; i < kept->n_keys; i++)
        kept->keys[i] = (key){weights->items[i], ((const cn_tensor *)grads->items[i])->dtype};
    return kept;
}

/* ---- making and taking it ---- */

typedef struct making {
    cn_optimizer *self;
    const cn_list *weights;
    cn_step step;
} making;

/* A step has no results: it assigns. */
static cn_list *run_step(void *context, const cn_list *grads)
{
    const making *m = context;
    return m->step(m->self, grads, m->weights) ? cn_list_new() : NULL;
}

static bool make_body(struct cn_kept_step *kept, making m, const cn_list *grads)
{
    if (!cn_piece_make(run_step, &m, grads, &kept->body, &kept->variables))
        return false;
    kept->refused = !kept->body;
    return true;
}

static bool take(const struct cn_kept_step *kept, const cn_list *grads)
{
    cn_tensor *piece = cn_piece_on(kept->body, grads);
    for (size_t i = 0; piece && i < kept->variables->count; i++) {
        cn_tensor *value = cn_nth_result(piece, i);
        if (!value || !cn_trace_assign(kept->variables->items[i], value))
            return false;
    }
    return piece;
}

bool cn_keep_step(cn_optimizer *self, const cn_list *grads, const cn_list *weights, cn_step step)
{
    struct cn_kept_step *kept = self->state_->kept;
    if (!can_keep(self, grads, weights))
        return step(self, grads, weights);
    bool same = is_same(kept, self, grads, weights);
    if (same && !kept->body && !kept->refused &&
        !make_body(kept, (making){self, weights, step}, grads))
        return false;
    if ((!same || kept->refused) && !step(self, grads, weights))
        return false;
    if (same) {
        note_fields(kept, self); /* a step may have changed them */
        return kept->refused || take(kept, grads);
    }
    cn_kept_step_free(kept);
    self->state_->kept = note(self, grads, weights);
    return self->state_->kept;
}
