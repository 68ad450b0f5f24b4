/* keras.Model.evaluate, and the pass over validation data inside fit. */
#include <stddef.h>

#include "trainers/trainer.h"

/* Logs that belong to a scope. */
typedef struct owned_logs {
    cn_object object;
    cn_logs logs;
} owned_logs;

static void destroy_logs(void *self)
{
    cn_logs_free(&((owned_logs *)self)->logs);
}

static const cn_kind logs_kind = {"logs", destroy_logs};

static bool hook(cn_callback_list *callbacks, size_t which, int64_t number, cn_logs *logs)
{
    return !callbacks || cn_callbacks_run(callbacks, which, number, logs);
}

#define HOOK(name, number) hook(callbacks, offsetof(cn_callback_methods, name), number, logs)

static bool run_batches(cn_trainer *t, cn_dataset *dataset, int64_t steps,
                        cn_callback_list *callbacks, cn_logs *logs)
{
    cn_stepper stepper = {.traced = t->test};
    cn_batch_views batch;
    int64_t step = 0;
    int more = 1;
    bool ok = cn_dataset_begin(dataset, 0);
    while (ok && (steps <= 0 || step < steps) && (more = cn_dataset_next(dataset, &batch)) > 0) {
        size_t n = (size_t)(batch.nx + batch.ny + batch.nw);
        ok = HOOK(on_test_batch_begin, step) &&
             cn_stepper_run(&stepper, batch.views, n, cn_trainer_variant(t, &batch), NULL) &&
             HOOK(on_test_batch_end, step);
        step++;
    }
    cn_stepper_end(&stepper);
    if (ok && more >= 0 && !step)
        return cn_fail(CN_EINVAL, "cn_evaluate: the dataset has no samples");
    return ok && more >= 0;
}

bool cn_test_pass(cn_trainer *t, cn_dataset *dataset, int64_t steps, cn_callback_list *callbacks,
                  cn_logs *logs, const char *prefix)
{
    return cn_trainer_reset_metrics(t) && HOOK(on_test_begin, 0) &&
           run_batches(t, dataset, steps, callbacks, logs) && cn_trainer_results(t, logs, prefix) &&
           HOOK(on_test_end, 0);
}

static bool add_callbacks(cn_callback_list *list, cn_model *model, const cn_run_options *o,
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
    owned_logs *owned = data ? cn_object_new(&logs_kind, sizeof *owned) : NULL;
    bool ok = owned &&
              add_callbacks(&callbacks, model, o, o->steps > 0 ? o->steps : data->batches) &&
              cn_test_pass(t, data, o->steps, &callbacks, &owned->logs, "");
    cn_callbacks_free(&callbacks);
    return ok ? &owned->logs : NULL;
}
