/* keras.Model.predict: no loss, no metrics; what the model says is written straight into the
 * answer. */
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

/* Several threads may want the first one: who comes late drops what it made. */
cn_traced *cn_model_predictor(cn_model *model)
{
    _Atomic(cn_traced *) *slot = &model->state_->predict;
    cn_traced *there = atomic_load(slot);
    if (there)
        return there;
    cn_traced *made = cn_traced_new(cn_predict_body, model, true);
    if (made && !atomic_compare_exchange_strong(slot, &there, made)) {
        cn_traced_free(made);
        return there;
    }
    return made;
}

bool cn_model_prepare(cn_model *model, cn_dataset *dataset)
{
    cn_shape shapes[CN_MAX_COMPONENTS];
    cn_dtype dtypes[CN_MAX_COMPONENTS];
    int nx, ny, nw;
    if (model->inputs || !model->state_->sequential)
        return true;
    if (!cn_dataset_specs(dataset, shapes, dtypes, &nx, &ny, &nw) || nx != 1)
        return true;
    cn_dtype dtype = cn_dtype_is_float(dtypes[0]) ? dtypes[0] : CN_FLOAT32;
    return cn_sequential_build(model, cn_shape_insert(shapes[0], 0, CN_ANY), dtype);
}

/* The answers so far: for each output a growing buffer of rows. */
typedef struct answer {
    char *data;
    cn_shape shape; /* of one batch */
    cn_dtype dtype;
    size_t row; /* bytes */
    int64_t rows, room;
} answer;
typedef struct answers {
    size_t n;
    answer *outputs;
    void **data; /* where each output of a batch goes */
} answers;

static bool make_answers(answers *all, size_t n)
{
    if (all->outputs)
        return true;
    all->n = n;
    all->outputs = cn_mem_calloc(n, sizeof *all->outputs);
    all->data = cn_mem_calloc(n, sizeof *all->data);
    return all->outputs && all->data;
}

static void free_answers(answers *all)
{
    for (size_t i = 0; all->outputs && i < all->n; i++)
        cn_mem_free(all->outputs[i].data);
    cn_mem_free(all->outputs);
    cn_mem_free(all->data);
}

/* What this batch adds; a number alone has no rows to put one after the other. */
static bool describe(answer *a, const cn_view *view)
{
    a->shape = (cn_shape){.rank = view->rank};
    memcpy(a->shape.dim, view->dim, sizeof view->dim);
    a->dtype = view->dtype;
    if (!view->rank)
        return cn_fail(CN_EINVAL, "cn_predict: expected outputs with a batch axis, found a scalar");
    a->row = view->dim[0] ? (size_t)(view->size / view->dim[0]) * cn_dtype_size(view->dtype) : 0;
    return true;
}

/* Room for this batch's rows, or (the first time) for all samples, where each gives one. */
static bool make_room(answer *a, int64_t size, int64_t expected)
{
    int64_t rows = a->rows + a->shape.dim[0];
    if (a->shape.dim[0] == size && rows < expected)
        rows = expected;
    if (rows <= a->room && a->data)
        return true;
    rows = a->room * 2 > rows ? a->room * 2 : rows;
    char *data = cn_mem_realloc(a->data, (size_t)rows, a->row);
    if (!data)
        return false;
    a->data = data;
    a->room = rows;
    return true;
}

/* Where a batch's rows of an output go, for the shape that it has. */
static bool aim(answers *all, size_t i, const cn_view *view, int64_t size, int64_t expected)
{
    answer *a = &all->outputs[i];
    if (!describe(a, view) || !make_room(a, size, expected))
        return false;
    all->data[i] = a->data + (size_t)a->rows * a->row;
    return true;
}

static bool run_batch(answers *all, cn_plan *plan, cn_plan_run *run, const cn_batch_views *batch,
                      int64_t expected)
{
    const void *inputs[CN_MAX_COMPONENTS];
    if (!make_answers(all, cn_plan_output_count(plan)))
        return false;
    for (int i = 0; i < batch->nx; i++)
        inputs[i] = batch->views[i].data;
    for (size_t i = 0; i < all->n; i++)
        if (!cn_plan_output_is_late(plan, i) &&
            !aim(all, i, cn_plan_output(run, i), batch->size, expected))
            return false;
    if (!cn_plan_execute(run, inputs, all->data))
        return false;
    for (size_t i = 0; i < all->n; i++) {
        answer *a = &all->outputs[i];
        if (cn_plan_output_is_late(plan, i) &&
            !aim(all, i, cn_plan_output(run, i), batch->size, expected))
            return false;
        if (!cn_plan_output_is_external(plan, i))
            memcpy(all->data[i], cn_plan_output(run, i)->data, (size_t)a->shape.dim[0] * a->row);
        a->rows += a->shape.dim[0];
    }
    return true;
}

static bool predict_batch(answers *all, cn_traced *traced, const cn_batch_views *batch,
                          int64_t expected)
{
    cn_plan *plan = cn_traced_plan(traced, batch->views, (size_t)batch->nx, batch->nx);
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok = run && run_batch(all, plan, run, batch, expected);
    if (plan)
        cn_plan_end(plan, run);
    return ok;
}

static cn_tensor *as_tensors(const answers *all)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < all->n; i++) {
        const answer *a = &all->outputs[i];
        cn_shape shape = a->shape;
        shape.dim[0] = a->rows;
        if (!cn_list_add(list, cn_array(a->data, a->dtype, shape)))
            return NULL;
    }
    return cn_tuple(list);
}

#define HOOK(name, number) \
    cn_callbacks_run(callbacks, offsetof(cn_callback_methods, name), number, &logs)

static bool predict_all(answers *all, cn_traced *traced, cn_dataset *data, int64_t steps,
                        cn_callback_list *callbacks)
{
    cn_logs logs = {0};
    cn_batch_views batch;
    int64_t step = 0;
    int more = 1;
    steps = cn_dataset_steps(data, steps, "cn_predict", "steps");
    bool ok = steps >= 0 && cn_dataset_begin(data, 0) && HOOK(on_predict_begin, 0);
    while (ok && (steps <= 0 || step < steps) && (more = cn_dataset_next(data, &batch)) > 0) {
        ok = HOOK(on_predict_batch_begin, step) &&
             predict_batch(all, traced, &batch, steps > 0 ? 0 : data->samples) &&
             HOOK(on_predict_batch_end, step);
        step++;
    }
    if (ok && more >= 0 && !step)
        ok = cn_fail(CN_EINVAL, "cn_predict: the dataset has no samples");
    ok = ok && more >= 0 && cn_dataset_end(data) && HOOK(on_predict_end, 0);
    cn_logs_free(&logs);
    return ok;
}

cn_tensor *cn_predict_with(cn_model *model, cn_dataset *dataset, const cn_run_options *o)
{
    cn_mark_at(o->at, "cn_predict");
    if (!model || !dataset || !cn_model_prepare(model, dataset))
        return NULL;
    cn_dataset *data = cn_dataset_for(dataset, o->batch_size, false, 0);
    cn_traced *traced = cn_model_predictor(model);
    cn_callback_list callbacks = {0};
    answers a = {0};
    bool ok = data && traced &&
              cn_run_callbacks(&callbacks, model, o, o->steps > 0 ? o->steps : data->batches) &&
              predict_all(&a, traced, data, o->steps, &callbacks);
    cn_tensor *y = ok ? as_tensors(&a) : NULL;
    free_answers(&a);
    cn_callbacks_free(&callbacks);
    return y;
}

bool cn_predict_into(cn_model *model, const void *x, int64_t size, void *y)
{
    if (!model || !x || !y)
        return false;
    if (!model->inputs || model->inputs->count != 1 || model->outputs->count != 1)
        return cn_fail(CN_EINVAL,
                       "cn_predict_into: expected a model with one input and one output");
    cn_shape shape = model->input->shape;
    shape.dim[0] = size;
    if (!cn_shape_known(shape))
        return cn_fail(CN_EINVAL, "cn_predict_into: expected a known input shape, found %s",
                       cn_shape_text(shape));
    cn_view view = cn_view_of((void *)x, model->input->dtype, shape);
    cn_plan *plan = cn_traced_plan(cn_model_predictor(model), &view, 1, 1);
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok = run && cn_plan_execute(run, &x, &y);
    if (ok && !cn_plan_output_is_external(plan, 0)) {
        const cn_view *out = cn_plan_output(run, 0);
        memcpy(y, out->data, (size_t)out->size * cn_dtype_size(out->dtype));
    }
    if (plan)
        cn_plan_end(plan, run);
    return ok;
}
