/* Metrics between steps: their present values, and back to the beginning. */
#include <stdio.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "trainers/trainer.h"

bool cn_trainer_reset_metrics(cn_trainer *t)
{
    bool ok = cn_metric_reset(t->loss_tracker);
    for (int i = 0; ok && i < t->n_outputs; i++)
        ok = !t->output_trackers[i] || cn_metric_reset(t->output_trackers[i]);
    for (size_t i = 0; ok && i < t->n_metrics; i++)
        ok = cn_metric_reset(t->metrics[i].metric);
    return ok;
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

/* The names in the order of cn_results_body. */
static bool log_all(cn_trainer *t, const cn_plan_run *run, cn_logs *logs, const char *prefix)
{
    size_t k = 0;
    char name[96];
    bool ok = log_view(logs, prefix, "loss", cn_plan_output(run, k++));
    for (int i = 0; ok && i < t->n_outputs; i++) {
        if (!t->output_trackers[i])
            continue;
        snprintf(name, sizeof name, "%s_loss", cn_output_name(t->model, (size_t)i));
        ok = log_view(logs, prefix, name, cn_plan_output(run, k++));
    }
    for (size_t i = 0; ok && i < t->n_metrics; i++)
        ok = log_view(logs, prefix, t->metrics[i].name, cn_plan_output(run, k++));
    return ok;
}

bool cn_trainer_results(cn_trainer *t, cn_logs *logs, const char *prefix)
{
    cn_plan *plan = cn_traced_plan(t->results, NULL, 0, (int)t->n_metrics);
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok = run && cn_plan_execute(run, NULL, NULL) && log_all(t, run, logs, prefix);
    if (plan)
        cn_plan_end(plan, run);
    return ok;
}
