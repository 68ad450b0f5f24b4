/* Going on with a training that was interrupted: the order of its data, and the steps of the epoch
 * that were made already. */
#include "cornu/random.h"
#include "metrics/metric.h"
#include "random/seed.h"
#include "trainers/trainer.h"

cn_list *cn_trainer_metric_variables(const cn_trainer *t)
{
    cn_list *metrics = cn_trainer_metrics(t), *all = metrics ? cn_list_new() : NULL;
    for (size_t i = 0; all && i < metrics->count; i++)
        all = cn_list_concat(all, ((const cn_metric *)metrics->items[i])->variables);
    return all;
}

void cn_trainer_order(cn_trainer *t, cn_dataset *data, cn_dataset *validation, bool choose)
{
    cn_shuffling *s = &t->model->state_->shuffling;
    if (choose && (!s->chosen || s->given != cn_seeds_given()))
        *s = (cn_shuffling){
            .seed = cn_next_seed_number(), .given = cn_seeds_given(), .chosen = true};
    if (!s->chosen)
        return;
    cn_dataset_reseed(data, s->seed);
    cn_dataset_reseed(validation, s->seed ^ 0x5eed);
}

/* Metrics are made when a step is planned, and have their values from then on. */
static bool restore_metrics(cn_trainer *t, const cn_batch_views *last)
{
    size_t n = (size_t)(last->nx + last->ny + last->nw);
    if (!cn_traced_plan(t->train.traced, last->views, n, cn_trainer_variant(t, last)))
        return false;
    bool ok = true;
    CN_SCOPE {
        cn_list *variables = cn_trainer_metric_variables(t);
        const cn_list *values = t->resumed_metrics;
        ok = variables && (variables->count == values->count ||
                           cn_fail(CN_EFORMAT,
                                   "cn_fit: the backup is of other metrics: expected %zu "
                                   "variables, found %zu",
                                   variables->count, values->count));
        for (size_t i = 0; ok && i < variables->count; i++)
            ok = cn_set_data(variables->items[i], cn_data(values->items[i]));
    }
    cn_replace(&t->resumed_metrics, NULL);
    return ok;
}

bool cn_trainer_skip(cn_trainer *t, cn_dataset *data, int64_t batches)
{
    cn_batch_views batch;
    for (int64_t i = 0; i < batches; i++) {
        int more = cn_dataset_next(data, &batch);
        if (more <= 0)
            return more == 0 && cn_fail(CN_EINVAL,
                                        "cn_fit: the backup was made after %lld batches, the data "
                                        "have %lld",
                                        (long long)batches, (long long)i);
    }
    return !batches || !t->resumed_metrics || restore_metrics(t, &batch);
}
