/* keras.Model.fit */
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "callbacks/history.h"
#include "graph/trace.h"
#include "optimizers/ema.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

/* One fit: what all its parts share. */
typedef struct fit {
    cn_model *model;
    cn_trainer *trainer;
    const cn_fit_options *options;
    cn_dataset *data, *validation;
    cn_callback_list callbacks;
    cn_callback_params params;
    cn_history *history;
    cn_stepper stepper;
    cn_logs logs;
    int64_t steps;   /* in an epoch; 0: until the data end */
    bool begun;      /* the data are being read */
    bool unfinished; /* they ended before steps_per_epoch */
} fit;

static bool hook(fit *f, size_t which, int64_t number)
{
    return cn_callbacks_run(&f->callbacks, which, number, &f->logs);
}

#define HOOK(name, number) hook(f, offsetof(cn_callback_methods, name), number)

/* ---- before ---- */

static bool check_options(const cn_fit_options *o)
{
    if (o->epochs < 1)
        return cn_fail(CN_EINVAL, "cn_fit: expected epochs > 0, found %d", o->epochs);
    if (o->batch_size < 0)
        return cn_fail(CN_EINVAL, "cn_fit: expected batch_size > 0, found %d", o->batch_size);
    if (o->initial_epoch < 0)
        return cn_fail(CN_EINVAL, "cn_fit: expected initial_epoch >= 0, found %d",
                       o->initial_epoch);
    if (o->validation_split != 0 && o->validation_data)
        return cn_fail(CN_EINVAL,
                       "cn_fit: validation_split and validation_data cannot be given together");
    return true;
}

static bool prepare_data(fit *f, cn_dataset *dataset)
{
    const cn_fit_options *o = f->options;
    cn_dataset *train = dataset;
    f->validation = o->validation_data;
    if (o->validation_split != 0 &&
        !cn_dataset_split(dataset, o->validation_split, &train, &f->validation))
        return false;
    f->data = cn_dataset_for(train, o->batch_size, o->shuffle, 0);
    int size = o->validation_batch_size ? o->validation_batch_size : o->batch_size;
    bool validates = f->validation != NULL;
    if (validates)
        f->validation = cn_dataset_for(f->validation, size, false, 0);
    if (!f->data || (validates && !f->validation))
        return false;
    f->steps = cn_dataset_steps(f->data, o->steps_per_epoch, "cn_fit", "steps_per_epoch");
    return f->steps >= 0;
}

/* The variable that the step reads weights from. Another number of classes is another step. */
static bool make_class_weights(cn_trainer *t, int classes)
{
    if (cn_dim(t->class_weights, 0) == classes)
        return true;
    cn_release(t->class_weights);
    t->class_weights =
        cn_retain(cn_variable_make("class_weights", cn_shape(classes), CN_FLOAT32, false));
    return t->class_weights && cn_step_begin(&t->train, t->model, true);
}

static bool take_class_weight(fit *f)
{
    const cn_fit_options *o = f->options;
    cn_trainer *t = f->trainer;
    t->by_class = o->class_weight && o->classes > 0;
    if (!t->by_class)
        return true;
    float *values = cn_mem_calloc((size_t)o->classes, sizeof *values);
    for (int i = 0; values && i < o->classes; i++)
        values[i] = (float)o->class_weight[i];
    bool ok = values && make_class_weights(t, o->classes) && cn_set_data(t->class_weights, values);
    cn_mem_free(values);
    return ok;
}

static bool add_callbacks(fit *f)
{
    const cn_fit_options *o = f->options;
    f->params = (cn_callback_params){.epochs = o->epochs,
                                     .initial_epoch = o->initial_epoch,
                                     .verbose = o->verbose,
                                     .steps = f->steps > 0 ? f->steps : f->data->batches};
    f->history = cn_history_new();
    bool ok = f->history != NULL;
    for (int i = 0; ok && i < CN_MAX_CALLBACKS && o->callbacks.c[i]; i++)
        ok = cn_callbacks_add(&f->callbacks, o->callbacks.c[i], f->model, &f->params);
    if (ok && o->verbose != 0)
        ok = cn_callbacks_add(&f->callbacks, cn_instance_of_spec(CN_CALLBACKS, "progbar_logger"),
                              f->model, &f->params);
    return ok && cn_callbacks_add(&f->callbacks, (cn_callback *)f->history, f->model, &f->params);
}

/* ---- the loop ---- */

/* One step, what callbacks say to it, and, when all have spoken, who keeps what is there now. */
static bool train_batch(fit *f, const cn_batch_views *batch, int64_t step)
{
    bool hooks = f->callbacks.batch_hooks;
    cn_logs_clear(&f->logs);
    if (hooks && !HOOK(on_train_batch_begin, step))
        return false;
    if (!cn_average_may_train(f->model) ||
        !cn_stepper_run(&f->stepper, batch, cn_trainer_variant(f->trainer, batch)))
        return false;
    f->trainer->progress.step = step + 1;
    return !hooks || (cn_stepper_logs(&f->stepper, &f->logs, "") &&
                      HOOK(on_train_batch_end, step) && HOOK(settled, step));
}

/* The data of the epoch, from its first step or from where a backup was made; endless data go on
 * where they were. */
static bool begin_data(fit *f)
{
    cn_trainer *t = f->trainer;
    int64_t skip = t->progress.step;
    if (f->data->endless && f->begun)
        return true;
    if (f->data->endless)
        skip += (t->progress.epoch - f->options->initial_epoch) * f->steps;
    f->begun = true;
    return cn_dataset_begin(f->data, f->model->state_->shuffling.epochs) &&
           cn_trainer_skip(t, f->data, skip);
}

static bool train_epoch(fit *f)
{
    cn_batch_views batch;
    int64_t step = f->trainer->progress.step;
    int more = 1;
    if (!begin_data(f))
        return false;
    while ((f->steps <= 0 || step < f->steps) && !f->model->stop_training) {
        more = cn_dataset_next(f->data, &batch);
        if (more <= 0)
            break;
        if (!train_batch(f, &batch, step++))
            return false;
    }
    if (more < 0 || !cn_dataset_end(f->data))
        return false;
    f->unfinished = more == 0 && f->steps > 0 && step < f->steps;
    f->model->state_->shuffling.epochs++;
    return step || f->model->stop_training ||
           cn_fail(CN_EINVAL, "cn_fit: the dataset has no samples");
}

static bool validate(fit *f, int epoch)
{
    int frequency = f->options->validation_freq > 0 ? f->options->validation_freq : 1;
    if (!f->validation || (epoch + 1) % frequency)
        return true;
    return cn_test_pass(f->trainer, f->validation, f->options->validation_steps, &f->callbacks,
                        &f->logs, "val_");
}

static bool run_epoch(fit *f, int epoch)
{
    cn_progress *progress = &f->trainer->progress;
    cn_logs_clear(&f->logs);
    if (!cn_trainer_reset_metrics(f->trainer) || !HOOK(on_epoch_begin, epoch) || !train_epoch(f))
        return false;
    cn_logs_clear(&f->logs);
    if (!cn_stepper_logs(&f->stepper, &f->logs, "") || !validate(f, epoch))
        return false;
    if (!HOOK(on_epoch_end, epoch))
        return false;
    *progress =
        (cn_progress){.epoch = epoch + 1, .stopped = f->model->stop_training || f->unfinished};
    return HOOK(settled, -1);
}

/* A callback that resumes a training changes where it stands. */
static bool begin(fit *f)
{
    cn_trainer *t = f->trainer;
    bool shuffles = cn_dataset_shuffles(f->data) || cn_dataset_shuffles(f->validation);
    f->model->stop_training = false;
    t->progress = (cn_progress){.epoch = f->options->initial_epoch};
    t->running = &f->callbacks;
    if (!HOOK(on_train_begin, 0))
        return false;
    cn_trainer_order(t, f->data, f->validation, shuffles);
    if (!HOOK(resume, 0))
        return false;
    cn_trainer_order(t, f->data, f->validation, false);
    return true;
}

static bool run(fit *f)
{
    cn_progress *progress = &f->trainer->progress;
    bool ok = begin(f);
    while (ok && progress->epoch < f->options->epochs && !progress->stopped)
        ok = run_epoch(f, (int)progress->epoch);
    f->trainer->running = NULL;
    cn_list *weights = cn_trainable_weights(f->model);
    if (ok && f->model->optimizer)
        ok = cn_finalize_weights(f->model->optimizer, weights) && cn_finish_assignments();
    return ok && HOOK(on_train_end, 0);
}

cn_history *cn_fit_with(cn_model *model, cn_dataset *dataset, const cn_fit_options *o)
{
    cn_mark_at(o->at, "cn_fit");
    if (!model || !dataset || !check_options(o) || !cn_model_prepare(model, dataset))
        return NULL;
    fit f = {.model = model, .options = o, .trainer = cn_trainer_of(model, "cn_fit")};
    bool ok = f.trainer && prepare_data(&f, dataset) && take_class_weight(&f) && add_callbacks(&f);
    f.stepper.step = ok ? &f.trainer->train : NULL;
    ok = ok && run(&f);
    cn_stepper_end(&f.stepper);
    cn_callbacks_free(&f.callbacks);
    cn_logs_free(&f.logs);
    return ok ? f.history : NULL;
}
