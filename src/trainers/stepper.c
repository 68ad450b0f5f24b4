/* One step, called again and again: the plan of the last signature is at hand. */
#include <stdio.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "trainers/trainer.h"

static bool seen(const cn_stepper *s, const cn_view *inputs, size_t n, int variant)
{
    if (!s->plan || s->n_seen != n || s->variant != variant || s->age != cn_plans_age())
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
    cn_plan *plan =
        n <= CN_MAX_COMPONENTS ? cn_traced_plan(s->step->traced, inputs, n, variant) : NULL;
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
    s->age = cn_plans_age();
    return s->run != NULL;
}

bool cn_stepper_run(cn_stepper *s, const cn_batch_views *batch, int variant)
{
    const void *data[CN_MAX_COMPONENTS];
    size_t n = (size_t)(batch->nx + batch->ny + batch->nw);
    if (!seen(s, batch->views, n, variant) && !switch_plan(s, batch->views, n, variant))
        return false;
    for (size_t i = 0; i < n; i++)
        data[i] = batch->views[i].data;
    return cn_plan_execute(s->run, data, NULL);
}

static bool log_view(cn_logs *logs, const char *prefix, const char *name, const cn_view *view)
{
    char full[96];
    double few[8], *values = few;
    size_t n = (size_t)view->size;
    if (n > 8 && !(values = cn_mem_calloc(n, sizeof *values)))
        return false;
    int32_t attrs[2] = {view->dtype, CN_FLOAT64};
    cn_loop_cast(view->dtype, CN_FLOAT64)(values, &(const void *){view->data}, n, attrs);
    snprintf(full, sizeof full, "%s%s", prefix, name);
    bool ok = cn_logs_set_many(logs, full, values, n ? n : 1);
    if (values != few)
        cn_mem_free(values);
    return ok;
}

/* Where no step was made, as in an epoch whose steps all came before a backup. */
static bool log_metrics(const cn_stepper *s, cn_logs *logs, const char *prefix)
{
    bool ok = false;
    CN_SCOPE {
        cn_logs *now = cn_trainer_results(s->step->model->state_->trainer);
        ok = now && cn_logs_copy(logs, now, prefix);
    }
    return ok;
}

bool cn_stepper_logs(const cn_stepper *s, cn_logs *logs, const char *prefix)
{
    const cn_logs *names = &s->step->names;
    if (!s->run)
        return log_metrics(s, logs, prefix);
    bool ok = true;
    for (size_t i = 0; ok && i < names->count; i++)
        ok = log_view(logs, prefix, names->items[i].name, cn_plan_output(s->run, i));
    return ok;
}
