/* The steps of training, testing and predicting as bodies of traced functions: from the batch to
 * the last slot of the optimizer each is one plan. keras.Model.train_step, test_step, predict_step
 */
#include "base/alloc.h"
#include "graph/shape.h"
#include "cornu/initializers.h"
#include "losses/loss.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

int cn_trainer_variant(const cn_trainer *t, const cn_batch_views *batch)
{
    return batch->nx | batch->ny << 8 | batch->nw << 16 | (t->by_class ? 1 << 24 : 0);
}

/* A batch as the bodies see it. */
typedef struct step_data {
    cn_list *x, *y, *w;
} step_data;

static cn_list *part(const cn_list *all, size_t begin, size_t n)
{
    return begin + n <= all->count ? cn_list_make(all->items + begin, n) : NULL;
}

/* The weight of each sample from its class: given where the model has one output. */
static cn_tensor *weights_by_class(const cn_trainer *t, cn_tensor *y)
{
    int64_t last = y->shape.rank > 1 ? y->shape.dim[y->shape.rank - 1] : 1;
    cn_tensor *cls = last > 1 ? cn_argmax(y, -1, false) : cn_cast(cn_round(y), CN_INT32);
    if (last <= 1 && cls && cls->shape.rank > 1)
        cls = cn_squeeze(cls, -1);
    int64_t classes = cn_dim(t->class_weights, 0);
    cn_tensor *known = cn_logical_and(cn_greater_equal(cls, 0), cn_less(cls, classes));
    cn_tensor *index = cn_clip(cls, 0, classes - 1);
    return cn_select(known, cn_gather(t->class_weights, index, 0), 1.0);
}

static bool unpack(const cn_trainer *t, const cn_list *inputs, int variant, step_data *data)
{
    size_t nx = (size_t)(variant & 0xff), ny = (size_t)(variant >> 8 & 0xff),
           nw = (size_t)(variant >> 16 & 0xff);
    data->x = part(inputs, 0, nx);
    data->y = part(inputs, nx, ny);
    data->w = part(inputs, nx + ny, nw);
    if (!data->x || !data->y || !data->w)
        return false;
    if (!t->by_class)
        return true;
    if (ny != 1 || nw)
        return cn_fail(CN_EINVAL,
                       nw ? "cn_fit: class_weight and sample_weight cannot be given together"
                          : "cn_fit: class_weight needs a model with one output");
    return cn_list_add(data->w, weights_by_class(t, data->y->items[0]));
}

static cn_list *forward(cn_model *model, const step_data *data, bool training, cn_list *losses)
{
    cn_call_scope scope;
    cn_call_scope_begin(&scope, training, losses, NULL);
    cn_tensor *y = cn_call_with(model, &(cn_call_options){.inputs = data->x, .training = training});
    cn_call_scope_end(&scope);
    return cn_results_of(y);
}

static cn_tensor *weight_of(const step_data *data, size_t output)
{
    if (!data->w->count)
        return NULL;
    return data->w->items[data->w->count == 1 ? 0 : output];
}

static double batch_size(const step_data *data)
{
    const cn_tensor *x = data->x->count ? data->x->items[0] : NULL;
    return x && x->shape.rank ? (double)x->shape.dim[0] : 1;
}

/* The penalties of all weights that have a regularizer. */
static bool add_penalties(const cn_trainer *t, cn_list *losses)
{
    cn_list *weights = cn_weights(t->model);
    for (size_t i = 0; weights && i < weights->count; i++) {
        cn_tensor *weight = weights->items[i];
        const char *spec = weight->variable->regularizer;
        if (spec && weight->variable->trainable &&
            !cn_list_add(losses, cn_regularize(spec, weight)))
            return false;
    }
    return weights != NULL;
}

/* Targets for all outputs, or for those that have a loss: then the others get none. */
static bool spread_targets(const cn_trainer *t, step_data *data, const cn_list *y_pred)
{
    size_t losses = 0, next = 0;
    for (int i = 0; i < t->n_outputs; i++)
        losses += t->has_loss[i];
    if (!losses || data->y->count == y_pred->count)
        return true;
    if (data->y->count != losses)
        return cn_fail(CN_EINVAL, "expected targets for %zu outputs, found %zu", y_pred->count,
                       data->y->count);
    cn_list *all = cn_list_new();
    for (int i = 0; i < t->n_outputs; i++)
        if (!cn_list_add(all, t->has_loss[i] ? data->y->items[next++] : cn_none()))
            return false;
    data->y = all;
    return true;
}

/* The sum of the outputs' losses, of what layers added, and of penalties. */
static cn_tensor *total_loss(cn_trainer *t, const step_data *data, const cn_list *y_pred,
                             cn_list *extra)
{
    cn_tensor *total = NULL;
    for (int i = 0; i < t->n_outputs; i++) {
        if (!t->has_loss[i])
            continue;
        cn_tensor *y_true = data->y->items[i], *y = y_pred->items[i];
        cn_loss *loss = cn_trainer_loss(t, (size_t)i, y_true->shape, y->shape);
        cn_tensor *value = cn_loss_call(loss, y_true, y, weight_of(data, (size_t)i));
        if (!value || (value->shape.rank && !(value = cn_mean(value))))
            return NULL;
        if (t->output_trackers[i] &&
            !cn_metric_update(t->output_trackers[i], value, NULL,
                              cn_cast(cn_number_float(batch_size(data)), CN_FLOAT32)))
            return NULL;
        if (!CN_IS_NONE(t->loss_weights[i]))
            value = cn_mul(value, t->loss_weights[i]);
        total = total ? cn_add(total, value) : value;
    }
    for (size_t i = 0; i < extra->count; i++)
        total = total ? cn_add(total, extra->items[i]) : extra->items[i];
    return total
               ? total
               : cn_fail_null(CN_EINVAL,
                              "no loss to compute: give cn_compile a loss, or add one in a layer");
}

static bool update_metrics(cn_trainer *t, const step_data *data, const cn_list *y_pred,
                           cn_tensor *loss)
{
    cn_tensor *count = cn_cast(cn_number_float(batch_size(data)), CN_FLOAT32);
    if (!cn_metric_update(t->loss_tracker, loss, NULL, count) ||
        !cn_trainer_build_metrics(t, data->y, y_pred))
        return false;
    for (size_t i = 0; i < t->n_metrics; i++) {
        const cn_tracked *m = &t->metrics[i];
        cn_tensor *w = m->weighted ? weight_of(data, (size_t)m->output) : NULL;
        if (!cn_metric_update(m->metric, data->y->items[m->output], y_pred->items[m->output], w))
            return false;
    }
    return true;
}

/* Forward, loss and metrics; the loss is left in *loss. */
static bool evaluate(cn_trainer *t, const cn_list *inputs, int variant, bool training,
                     cn_tensor **loss)
{
    step_data data;
    cn_list *extra = cn_list_new();
    if (!extra || !unpack(t, inputs, variant, &data))
        return false;
    cn_list *y_pred = forward(t->model, &data, training, extra);
    if (!y_pred || !add_penalties(t, extra))
        return false;
    *loss = spread_targets(t, &data, y_pred) ? total_loss(t, &data, y_pred, extra) : NULL;
    return *loss && update_metrics(t, &data, y_pred, *loss);
}

bool cn_train_body(void *trainer, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_trainer *t = trainer;
    cn_tensor *loss;
    (void)outputs;
    if (!evaluate(t, inputs, variant, true, &loss))
        return false;
    cn_list *weights = cn_trainable_weights(t->model);
    if (!weights || !weights->count)
        return weights != NULL;
    if (!cn_optimizer_build(t->model->optimizer, weights))
        return false;
    cn_list *grads = cn_gradients(cn_scale_loss(t->model->optimizer, loss), weights);
    return grads && cn_apply_gradients(t->model->optimizer, grads, weights);
}

bool cn_test_body(void *trainer, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_tensor *loss;
    (void)outputs;
    return evaluate(trainer, inputs, variant, false, &loss);
}

bool cn_predict_body(void *model, const cn_list *inputs, int variant, cn_list *outputs)
{
    step_data data = {.x = (cn_list *)inputs};
    (void)variant;
    cn_list *y = forward(model, &data, false, NULL);
    for (size_t i = 0; y && i < y->count; i++)
        if (!cn_list_add(outputs, y->items[i]))
            return false;
    return y != NULL;
}

bool cn_results_body(void *trainer, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_trainer *t = trainer;
    (void)inputs, (void)variant;
    bool ok = cn_list_add(outputs, cn_metric_result(t->loss_tracker));
    for (int i = 0; ok && i < t->n_outputs; i++)
        if (t->output_trackers[i])
            ok = cn_list_add(outputs, cn_metric_result(t->output_trackers[i]));
    for (size_t i = 0; ok && i < t->n_metrics; i++)
        ok = cn_list_add(outputs, cn_metric_result(t->metrics[i].metric));
    return ok;
}
