/* Metrics: all that a model has, what they say, and back to the beginning. keras.Model.metrics,
 * reset_metrics, get_metrics_result */
#include <stdio.h>
#include <string.h>

#include "graph/trace.h"
#include "losses/loss.h"
#include "metrics/metric.h"
#include "trainers/trainer.h"

/* The class's own list, or what cn_add_metric was given. */
static const cn_list *own_metrics(const cn_trainer *t)
{
    cn_model *model = t->model;
    const cn_model_methods *methods = cn_model_methods_of(model);
    return methods->metrics ? methods->metrics(model) : model->state_->metrics;
}

cn_list *cn_trainer_metrics(const cn_trainer *t)
{
    cn_list *all = cn_list_make((void *[]){t->loss_tracker}, 1);
    const cn_list *own = own_metrics(t);
    bool ok = all != NULL;
    for (int i = 0; ok && i < t->n_outputs; i++)
        ok = !t->output_trackers[i] || cn_list_add(all, t->output_trackers[i]);
    for (size_t i = 0; ok && i < t->n_metrics; i++)
        ok = cn_list_add(all, t->metrics[i].metric);
    if (ok && own)
        ok = cn_list_add_all(all, own->items, own->count);
    return ok ? all : NULL;
}

bool cn_trainer_reset_metrics(cn_trainer *t)
{
    bool ok = true;
    CN_SCOPE {
        cn_list *metrics = cn_trainer_metrics(t);
        ok = metrics != NULL;
        for (size_t i = 0; ok && i < metrics->count; i++)
            ok = cn_metric_reset(metrics->items[i]);
        ok = ok && cn_finish_assignments();
    }
    return ok;
}

static bool add(cn_logs *logs, const char *name, cn_metric *metric)
{
    return cn_logs_set_tensor(logs, name, cn_metric_result(metric));
}

cn_logs *cn_metric_logs(const cn_list *metrics)
{
    cn_logs *logs = metrics ? cn_logs_new() : NULL;
    for (size_t i = 0; logs && i < metrics->count; i++)
        if (!add(logs, cn_metric_name(metrics->items[i]), metrics->items[i]))
            return NULL;
    return logs;
}

/* An output that has no name is called as its loss was given. */
static const char *loss_name(const cn_trainer *t, size_t i)
{
    const char *output = cn_trainer_output_name(t, i);
    const cn_json *given = cn_setting_for(t, cn_json_get(t->settings, "loss"), i);
    return *output ? output
                   : cn_json_as_string(given, t->losses[i] ? t->losses[i]->name : "output");
}

static bool has(const cn_logs *logs, const char *name)
{
    for (size_t i = 0; i < logs->count; i++)
        if (!strcmp(logs->items[i].name, name))
            return true;
    return false;
}

/* "topic_loss", or "topic_loss_1" where there is one already. */
static bool add_output_loss(const cn_trainer *t, cn_logs *logs, size_t i)
{
    char name[96];
    snprintf(name, sizeof name, "%s_loss", loss_name(t, i));
    for (int k = 1; has(logs, name); k++)
        snprintf(name, sizeof name, "%s_loss_%d", loss_name(t, i), k);
    return add(logs, name, t->output_trackers[i]);
}

cn_logs *cn_trainer_results(const cn_trainer *t)
{
    const cn_list *own = own_metrics(t);
    cn_logs *logs = cn_logs_new();
    bool ok = logs && add(logs, "loss", t->loss_tracker);
    for (int i = 0; ok && i < t->n_outputs; i++)
        ok = !t->output_trackers[i] || add_output_loss(t, logs, (size_t)i);
    for (size_t i = 0; ok && i < t->n_metrics; i++)
        ok = add(logs, t->metrics[i].name, t->metrics[i].metric);
    for (size_t i = 0; ok && own && i < own->count; i++)
        ok = add(logs, cn_metric_name(own->items[i]), own->items[i]);
    return ok ? logs : NULL;
}
