/* The losses and metrics that a model was compiled with, on one batch: what steps are made of.
 * keras.Model.compute_loss, compute_metrics */
#include "cornu/initializers.h"
#include "graph/shape.h"
#include "losses/loss.h"
#include "ops/ops.h"
#include "regularizers/regularizer.h"
#include "trainers/trainer.h"

/* ---- the batch ---- */

static cn_tensor *weight_of(const cn_batch *batch, size_t output)
{
    const cn_list *weights = batch->sample_weights;
    if (!weights || !weights->count)
        return batch->sample_weight;
    return weights->items[weights->count == 1 ? 0 : output];
}

static cn_tensor *size_of(const cn_batch *batch)
{
    return cn_cast(cn_number_float((double)batch->size), CN_FLOAT32);
}

static size_t count_losses(const cn_trainer *t)
{
    size_t losses = 0;
    for (int i = 0; i < t->n_outputs; i++)
        losses += t->has_loss[i];
    return losses;
}

/* Targets for all outputs, or for those that have a loss: then the others get none. */
static const cn_list *targets_of(const cn_trainer *t, const cn_batch *batch, size_t outputs)
{
    const cn_list *given = batch->ys ? batch->ys : cn_list_of(batch->y);
    size_t losses = count_losses(t), next = 0;
    if (!given || !losses || given->count == outputs)
        return given;
    if (given->count != losses)
        return cn_fail_null(CN_EINVAL, "expected targets for %zu outputs, found %zu", outputs,
                            given->count);
    cn_list *all = cn_list_new();
    for (int i = 0; all && i < t->n_outputs; i++)
        if (!cn_list_add(all, t->has_loss[i] ? given->items[next++] : cn_none()))
            return NULL;
    return all;
}

/* What a step knows of: the trainer, the outputs and their targets. */
typedef struct compiled {
    cn_trainer *trainer;
    const cn_batch *batch;
    const cn_list *y_pred, *y_true;
} compiled;

static bool begin(compiled *c, cn_model *model, const cn_batch *batch, cn_tensor *y_pred,
                  const char *who)
{
    if (!model || !batch || !y_pred)
        return false;
    if (!model->state_->trainer)
        return cn_fail(CN_ESTATE, "%s: you must compile the model before: cn_compile", who);
    c->trainer = model->state_->trainer;
    c->batch = batch;
    c->y_pred = cn_results_of(y_pred);
    if (!c->y_pred || !cn_trainer_know_outputs(c->trainer, c->y_pred->count))
        return false;
    c->y_true = targets_of(c->trainer, batch, c->y_pred->count);
    return c->y_true != NULL;
}

/* ---- the loss ---- */

/* Of regularizers, and of functions of finished layers. */
static bool add_penalties(cn_model *model, cn_tensor **total)
{
    cn_list *penalties = cn_penalties(model);
    for (size_t i = 0; penalties && i < penalties->count; i++) {
        *total = *total ? cn_add(*total, penalties->items[i]) : penalties->items[i];
        if (!*total)
            return false;
    }
    return penalties != NULL;
}

static bool add_layers_losses(cn_tensor **total)
{
    const cn_list *losses = cn_call_scope_losses();
    for (size_t i = 0; losses && i < losses->count; i++) {
        *total = *total ? cn_add(*total, losses->items[i]) : losses->items[i];
        if (!*total)
            return false;
    }
    return true;
}

/* The loss of one output, before its weight. */
static cn_tensor *output_loss(const compiled *c, size_t i)
{
    cn_trainer *t = c->trainer;
    cn_tensor *y_true = c->y_true->count > i ? c->y_true->items[i] : NULL;
    cn_tensor *y_pred = c->y_pred->items[i];
    if (!y_true)
        return cn_fail_null(CN_EINVAL, "expected targets for %zu outputs, found %zu",
                            c->y_pred->count, c->y_true->count);
    cn_loss *loss = cn_trainer_loss(t, i, y_true->shape, y_pred->shape);
    cn_tensor *value = cn_loss_call(loss, y_true, y_pred, weight_of(c->batch, i));
    if (value && value->shape.rank)
        value = cn_mean(value);
    bool ok = value && (!t->output_trackers[i] ||
                        cn_metric_update(t->output_trackers[i], value, NULL, size_of(c->batch)));
    return ok ? value : NULL;
}

static bool add_output_losses(const compiled *c, cn_tensor **total)
{
    const cn_trainer *t = c->trainer;
    for (size_t i = 0; i < c->y_pred->count; i++) {
        if (!t->has_loss[i])
            continue;
        cn_tensor *value = output_loss(c, i);
        if (!CN_IS_NONE(t->loss_weights[i]))
            value = cn_mul(value, t->loss_weights[i]);
        *total = *total ? cn_add(*total, value) : value;
        if (!*total)
            return false;
    }
    return true;
}

cn_tensor *cn_compiled_loss(void *model, const cn_batch *batch, cn_tensor *y_pred)
{
    compiled c;
    cn_tensor *total = NULL;
    if (!begin(&c, model, batch, y_pred, "cn_compiled_loss") || !add_output_losses(&c, &total) ||
        !add_layers_losses(&total) || !add_penalties(model, &total))
        return NULL;
    if (!total)
        return cn_fail_null(CN_EINVAL,
                            "no loss to compute: give cn_compile a loss, or add one in a layer");
    return cn_metric_update(c.trainer->loss_tracker, total, NULL, size_of(batch)) ? total : NULL;
}

/* ---- metrics ---- */

cn_logs *cn_compiled_metrics(void *model, const cn_batch *batch, cn_tensor *y_pred)
{
    compiled c;
    if (!begin(&c, model, batch, y_pred, "cn_compiled_metrics") ||
        !cn_trainer_build_metrics(c.trainer, c.y_true, c.y_pred))
        return NULL;
    for (size_t i = 0; i < c.trainer->n_metrics; i++) {
        const cn_tracked *m = &c.trainer->metrics[i];
        size_t k = (size_t)m->output;
        cn_tensor *w = m->weighted ? weight_of(batch, k) : NULL;
        if (!cn_metric_update(m->metric, c.y_true->items[k], c.y_pred->items[k], w))
            return NULL;
    }
    return cn_trainer_results(c.trainer);
}
