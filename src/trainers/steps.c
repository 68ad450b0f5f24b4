/* The steps of training, testing and predicting: from the batch to the last slot of the optimizer
 * each is one plan, traced from a function, which is the user's or one of those below. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"
#include "trainers/trainer.h"

int cn_trainer_variant(const cn_trainer *t, const cn_batch_views *batch)
{
    return batch->nx | batch->ny << 8 | batch->nw << 16 | (t->by_class ? 1 << 24 : 0);
}

/* ---- the built-in steps: keras.Model.train_step, test_step, predict_step ---- */

static cn_tensor *outputs(cn_model *model, const cn_batch *batch, bool training)
{
    return cn_call(model, .inputs = batch->xs, .training = training);
}

cn_logs *cn_train_step(cn_model *model, const cn_batch *batch)
{
    if (!model || !batch)
        return NULL;
    cn_tensor *y_pred = outputs(model, batch, true);
    cn_tensor *loss = cn_compiled_loss(model, batch, y_pred);
    cn_list *weights = loss ? cn_trainable_weights(model) : NULL;
    if (!weights)
        return NULL;
    if (weights->count) {
        cn_list *grads = cn_loss_gradients(cn_scale_loss(model->optimizer, loss), weights);
        if (!cn_apply_gradients(model->optimizer, grads, weights))
            return NULL;
    }
    return cn_compiled_metrics(model, batch, y_pred);
}

cn_logs *cn_test_step(cn_model *model, const cn_batch *batch)
{
    if (!model || !batch)
        return NULL;
    cn_tensor *y_pred = outputs(model, batch, false);
    return cn_compiled_loss(model, batch, y_pred) ? cn_compiled_metrics(model, batch, y_pred)
                                                  : NULL;
}

cn_tensor *cn_predict_step(cn_model *model, const cn_batch *batch)
{
    return batch ? outputs(model, batch, false) : NULL;
}

/* ---- whose step it is ---- */

static cn_logs *run_step(cn_model *model, bool trains, const cn_batch *batch)
{
    const cn_own_steps *own = &model->state_->steps;
    const cn_model_methods *methods = cn_model_methods_of(model);
    cn_step_function given = trains ? own->train : own->test;
    if (given)
        return given(model, batch, trains ? own->train_user : own->test_user);
    if (trains ? methods->train_step : methods->test_step)
        return (trains ? methods->train_step : methods->test_step)(model, batch);
    return trains ? cn_train_step(model, batch) : cn_test_step(model, batch);
}

static cn_tensor *run_predict_step(cn_model *model, const cn_batch *batch)
{
    const cn_own_steps *own = &model->state_->steps;
    const cn_model_methods *methods = cn_model_methods_of(model);
    if (own->predict)
        return own->predict(model, batch, own->predict_user);
    return methods->predict_step ? methods->predict_step(model, batch)
                                 : cn_predict_step(model, batch);
}

/* Plans of another step are of no use. */
static bool plan_again(cn_model *model, bool trains)
{
    cn_trainer *t = model->state_->trainer;
    return !t || cn_step_begin(trains ? &t->train : &t->test, model, trains);
}

bool cn_set_train_step(cn_model *model, cn_step_function step, void *user)
{
    if (!model)
        return false;
    model->state_->steps.train = step;
    model->state_->steps.train_user = user;
    return plan_again(model, true);
}

bool cn_set_test_step(cn_model *model, cn_step_function step, void *user)
{
    if (!model)
        return false;
    model->state_->steps.test = step;
    model->state_->steps.test_user = user;
    return plan_again(model, false);
}

bool cn_set_predict_step(cn_model *model, cn_predict_function step, void *user)
{
    if (!model)
        return false;
    model->state_->steps.predict = step;
    model->state_->steps.predict_user = user;
    cn_traced_free(model->state_->predict);
    model->state_->predict = NULL;
    return true;
}

/* ---- a batch as steps see it ---- */

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

static cn_list *part(const cn_list *all, size_t begin, size_t n)
{
    return begin + n <= all->count ? cn_list_make(all->items + begin, n) : NULL;
}

static cn_tensor *first(const cn_list *list)
{
    return list->count ? list->items[0] : NULL;
}

static bool unpack(const cn_list *inputs, int variant, cn_batch *batch)
{
    size_t nx = (size_t)(variant & 0xff), ny = (size_t)(variant >> 8 & 0xff),
           nw = (size_t)(variant >> 16 & 0xff);
    batch->xs = part(inputs, 0, nx);
    batch->ys = part(inputs, nx, ny);
    batch->sample_weights = part(inputs, nx + ny, nw);
    if (!batch->xs || !batch->ys || !batch->sample_weights)
        return false;
    batch->x = first(batch->xs);
    batch->y = first(batch->ys);
    batch->sample_weight = first(batch->sample_weights);
    batch->size = batch->x && batch->x->shape.rank ? batch->x->shape.dim[0] : 1;
    return true;
}

static bool weigh_classes(const cn_trainer *t, cn_batch *batch)
{
    if (!t->by_class)
        return true;
    if (batch->sample_weight)
        return cn_fail(CN_EINVAL,
                       "cn_fit: class_weight and sample_weight cannot be given together");
    if (batch->ys->count != 1)
        return cn_fail(CN_EINVAL, "cn_fit: class_weight needs a model with one output");
    batch->sample_weight = weights_by_class(t, batch->y);
    return cn_list_add(batch->sample_weights, batch->sample_weight);
}

/* ---- traced ---- */

static bool other_names(const cn_step *step, const cn_logs *logs)
{
    char before[400], now[400];
    return cn_fail(CN_EINVAL, "%s_step of '%s': expected the logs %s, as at first, found %s",
                   step->trains ? "train" : "test", step->model->layer.name,
                   cn_logs_names(&step->names, ", ", before, sizeof before),
                   cn_logs_names(logs, ", ", now, sizeof now));
}

static const cn_log *find(const cn_logs *logs, const char *name)
{
    for (size_t i = 0; i < logs->count; i++)
        if (!strcmp(logs->items[i].name, name))
            return &logs->items[i];
    return NULL;
}

static bool add_output(const cn_log *log, cn_list *outputs)
{
    cn_tensor *value = log->tensor ? log->tensor : cn_number_float(log->value);
    return cn_list_add(outputs, value && value->weak ? cn_cast(value, CN_FLOAT32) : value);
}

/* The step's logs become outputs of the plan, in the order of its first trace. */
static bool give(cn_step *step, const cn_logs *logs, cn_list *outputs)
{
    for (size_t i = 0; !step->known && i < logs->count; i++)
        if (!cn_logs_set(&step->names, logs->items[i].name, 0))
            return false;
    if (step->names.count != logs->count)
        return other_names(step, logs);
    for (size_t i = 0; i < logs->count; i++) {
        const cn_log *log = find(logs, step->names.items[i].name);
        if (!log)
            return other_names(step, logs);
        if (!add_output(log, outputs))
            return false;
    }
    return step->known = true;
}

static bool no_logs(const cn_step *step)
{
    if (cn_error_code())
        return false;
    if (step->trains && !step->model->optimizer)
        return cn_fail(CN_ESTATE, "cn_fit: '%s' has no optimizer: it was compiled with NULL",
                       step->model->layer.name);
    return cn_fail(CN_EINVAL, "%s_step of '%s' returned NULL", step->trains ? "train" : "test",
                   step->model->layer.name);
}

/* What layers add to the loss is gathered around the whole step. */
static bool step_body(void *context, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_step *step = context;
    cn_batch batch;
    cn_call_scope scope;
    cn_list *losses = cn_list_new();
    if (!losses || !unpack(inputs, variant, &batch) ||
        (step->trains && !weigh_classes(step->model->state_->trainer, &batch)))
        return false;
    cn_call_scope_begin(&scope, CN_NONE, losses, NULL);
    cn_caller before = cn_caller_now();
    cn_logs *logs = run_step(step->model, step->trains, &batch);
    cn_caller_again(&before);
    cn_call_scope_end(&scope);
    return logs ? give(step, logs, outputs) : no_logs(step);
}

bool cn_step_begin(cn_step *step, cn_model *model, bool trains)
{
    cn_step_end(step);
    step->model = model;
    step->trains = trains;
    step->traced = cn_traced_new(step_body, step, false);
    return step->traced != NULL;
}

void cn_step_end(cn_step *step)
{
    cn_traced_free(step->traced);
    cn_logs_free(&step->names);
    *step = (cn_step){0};
}

bool cn_predict_body(void *model, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_batch batch;
    cn_call_scope scope;
    if (!unpack(inputs, variant, &batch))
        return false;
    cn_call_scope_begin(&scope, false, NULL, NULL);
    cn_caller before = cn_caller_now();
    cn_list *y = cn_results_of(run_predict_step(model, &batch));
    cn_caller_again(&before);
    cn_call_scope_end(&scope);
    return y && cn_list_add_all(outputs, y->items, y->count);
}
