/* keras.Model.evaluate, and the pass over validation data inside fit. */
#include <stddef.h>

#include "trainers/trainer.h"

static bool hook(cn_callback_list *callbacks, size_t which, int64_t number, cn_logs *logs)
{
    return !callbacks || cn_callbacks_run(callbacks, which, number, logs);
}

#define HOOK(name, number) hook(callbacks, offsetof(cn_callback_methods, name), number, logs)

static bool run_batches(cn_stepper *stepper, cn_dataset *dataset, int64_t steps,
                        cn_callback_list *callbacks, cn_logs *logs)
{
    cn_trainer *t = stepper->step->model->state_->trainer;
    cn_batch_views batch;
    int64_t step = 0;
    int more = 1;
    steps = cn_dataset_steps(dataset, steps, "cn_evaluate", "steps (validation_steps in cn_fit)");
    bool ok = steps >= 0 && cn_dataset_begin(dataset, 0);
    while (ok && (steps <= 0 || step < steps) && (more = cn_dataset_next(dataset, &batch)) > 0) {
        ok = HOOK(on_test_batch_begin, step) &&
             cn_stepper_run(stepper, &batch, cn_trainer_variant(t, &batch)) &&
             HOOK(on_test_batch_end, step);
        step++;
    }
    if (!ok || more < 0 || !cn_dataset_end(dataset))
        return false;
    return step || cn_fail(CN_EINVAL, "cn_evaluate: the dataset has no samples");
}

bool cn_test_pass(cn_trainer *t, cn_dataset *dataset, int64_t steps, cn_callback_list *callbacks,
                  cn_logs *logs, const char *prefix)
{
    cn_stepper stepper = {.step = &t->test};
    bool ok = cn_trainer_reset_metrics(t) && HOOK(on_test_begin, 0) &&
              run_batches(&stepper, dataset, steps, callbacks, logs) &&
              cn_stepper_logs(&stepper, logs, prefix) && HOOK(on_test_end, 0);
    cn_stepper_end(&stepper);
    return ok;
}

bool cn_run_callbacks(cn_callback_list *list, cn_model *model, const cn_run_options *o,
                      int64_t steps)
{
    cn_callback_params params = {.epochs = 1, .verbose = o->verbose, .steps = steps};
    for (int i = 0; i < CN_MAX_CALLBACKS && o->callbacks.c[i]; i++)
        if (!cn_callbacks_add(list, o->callbacks.c[i], model, &params))
            return false;
    if (o->verbose == 0)
        return true;
    return cn_callbacks_add(list, cn_instance_of_spec(CN_CALLBACKS, "progbar_logger"), model,
                            &params);
}

cn_logs *cn_evaluate_with(cn_model *model, cn_dataset *dataset, const cn_run_options *o)
{
    cn_mark_at(o->at, "cn_evaluate");
    cn_callback_list callbacks = {0};
    if (!model || !dataset || !cn_model_prepare(model, dataset))
        return NULL;
    cn_trainer *t = cn_trainer_of(model, "cn_evaluate");
    cn_dataset *data = t ? cn_dataset_for(dataset, o->batch_size, false, 0) : NULL;
    cn_logs *logs = data ? cn_logs_new() : NULL;
    bool ok = logs &&
              cn_run_callbacks(&callbacks, model, o, o->steps > 0 ? o->steps : data->batches) &&
              cn_test_pass(t, data, o->steps, &callbacks, logs, "");
    cn_callbacks_free(&callbacks);
    return ok ? logs : NULL;
}
