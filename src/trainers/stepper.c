/* One traced step, called again and again: the plan of the last signature is at hand. */
#include <string.h>

#include "trainers/trainer.h"

static bool seen(const cn_stepper *s, const cn_view *inputs, size_t n, int variant)
{
    if (!s->plan || s->n_seen != n || s->variant != variant)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s->seen[i].dtype != inputs[i].dtype || s->seen[i].rank != inputs[i].rank ||
            memcmp(s->seen[i].dim, inputs[i].dim, (size_t)inputs[i].rank * sizeof inputs[i].dim[0]))
            return false;
    return true;
}

void cn_stepper_end(cn_stepper *s)
{
    if (s->plan)
        cn_plan_end(s->plan, s->run);
    cn_release(s->plan);
    s->plan = NULL;
    s->run = NULL;
}

static bool switch_plan(cn_stepper *s, const cn_view *inputs, size_t n, int variant)
{
    cn_plan *plan = n <= CN_MAX_COMPONENTS ? cn_traced_plan(s->traced, inputs, n, variant) : NULL;
    if (!plan)
        return false;
    cn_retain(plan);
    cn_stepper_end(s);
    s->plan = plan;
    s->run = cn_plan_begin(plan);
    for (size_t i = 0; i < n; i++)
        s->seen[i] = inputs[i];
    s->n_seen = n;
    s->variant = variant;
    return s->run != NULL;
}

bool cn_stepper_run(cn_stepper *s, const cn_view *inputs, size_t n, int variant,
                    void *const *outputs)
{
    const void *data[CN_MAX_COMPONENTS];
    if (!seen(s, inputs, n, variant) && !switch_plan(s, inputs, n, variant))
        return false;
    for (size_t i = 0; i < n; i++)
        data[i] = inputs[i].data;
    return cn_plan_execute(s->run, data, outputs);
}
