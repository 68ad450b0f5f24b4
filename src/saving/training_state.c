#include "saving/training_state.h"

#include <stdio.h>

#include "base/alloc.h"
#include "optimizers/ema.h"
#include "optimizers/optimizer.h"
#include "random/seed.h"
#include "saving/compile_settings.h"
#include "saving/model_file.h"
#include "saving/state.h"
#include "saving/weights_file.h"
#include "trainers/trainer.h"

static const char group_name[] = "training";

/* ---- the order of the data ---- */

static bool order_state(cn_shuffling *order, cn_state *state)
{
    return cn_state_bool(state, "shuffles", &order->chosen) &&
           cn_state_word(state, "shuffle_seed", &order->seed) &&
           cn_state_word(state, "shuffle_epochs", &order->epochs);
}

/* ---- moving averages ---- */

static bool add_average(const cn_average *average, cn_state *state)
{
    cn_state inside;
    bool there, ok = cn_state_group(state, "ema", &inside, &there);
    double momentum = average->momentum;
    ok = ok && cn_state_float(&inside, "momentum", &momentum) &&
         cn_h5_add_variable(inside.group, "updates", average->updates);
    for (size_t i = 0; ok && i < average->shadows->count; i++) {
        char path[32];
        snprintf(path, sizeof path, "vars/%zu", i);
        ok = cn_h5_add_variable(inside.group, path, average->shadows->items[i]);
    }
    return ok;
}

static bool read_variable(cn_mapped_file *file, const cn_state *state, const char *path,
                          cn_tensor *variable)
{
    const cn_h5_node *node = cn_h5_find(state->group, path);
    if (!node || node->is_group || !cn_saved_shape_matches(variable, &node->value))
        return cn_fail(CN_EFORMAT, "the moving average of '%s' does not fit it",
                       cn_variable_name(variable));
    return cn_mapped_assign(file, variable, &node->value);
}

/* The model gets the average that the file has. */
static bool read_average(cn_model *model, cn_mapped_file *file, cn_state *state)
{
    cn_state inside;
    bool there;
    double momentum = 0;
    cn_state_group(state, "ema", &inside, &there);
    if (!there)
        return true;
    if (!cn_state_float(&inside, "momentum", &momentum))
        return false;
    cn_average *average = model->state_->average;
    if (!average || average->momentum != momentum)
        average = (cn_replace(&model->state_->average, NULL), cn_average_new(model, momentum));
    bool ok = average && read_variable(file, &inside, "updates", average->updates);
    for (size_t i = 0; ok && i < average->shadows->count; i++) {
        char path[32];
        snprintf(path, sizeof path, "vars/%zu", i);
        ok = read_variable(file, &inside, path, average->shadows->items[i]);
    }
    return ok;
}

/* ---- both ---- */

bool cn_training_add(cn_model *model, cn_h5_node *root)
{
    const cn_average *average = model->state_->average;
    if (model->optimizer && !cn_optimizer_add_state(model, root))
        return false;
    if (average && average->applied)
        average = NULL; /* the file is of the averages */
    if (!model->state_->shuffling.chosen && !average)
        return true;
    cn_state state;
    bool there;
    return cn_state_group(&(cn_state){root, true}, group_name, &state, &there) &&
           order_state(&model->state_->shuffling, &state) &&
           (!average || add_average(average, &state));
}

bool cn_training_read(cn_model *model, cn_mapped_file *file)
{
    cn_state state;
    bool there;
    cn_state_group(&(cn_state){file->root, false}, group_name, &state, &there);
    model->state_->shuffling.given = cn_seeds_given();
    return !there ||
           (order_state(&model->state_->shuffling, &state) && read_average(model, file, &state));
}

/* ---- backups ---- */

static bool progress_state(cn_trainer *t, cn_state *state)
{
    cn_generator_state generator = cn_generator_get();
    bool ok = cn_state_int(state, "epoch", &t->progress.epoch) &&
              cn_state_int(state, "step", &t->progress.step) &&
              cn_state_bool(state, "stopped", &t->progress.stopped) &&
              cn_state_word(state, "seed", &generator.seed) &&
              cn_state_word(state, "seeds_drawn", &generator.drawn);
    if (ok && !state->writing)
        cn_generator_set(generator);
    return ok;
}

static bool add_metrics(const cn_trainer *t, cn_h5_node *group)
{
    cn_list *variables = cn_trainer_metric_variables(t);
    cn_h5_node *metrics = variables ? cn_h5_add_group(group, "metrics") : NULL;
    bool ok = metrics != NULL;
    for (size_t i = 0; ok && i < variables->count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        ok = cn_h5_add_variable(metrics, name, variables->items[i]);
    }
    return ok;
}

/* As tensors: the metrics are made when a step is planned. */
static bool read_metrics(cn_trainer *t, const cn_h5_node *group)
{
    cn_list *values = cn_list_new();
    const cn_h5_node *metrics = cn_h5_find(group, "metrics");
    bool ok = values != NULL;
    for (size_t i = 0; ok && metrics && i < metrics->count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        const cn_h5_node *node = cn_h5_find(metrics, name);
        ok = node && cn_list_add(values, cn_h5_tensor(&node->value));
    }
    if (ok)
        cn_replace(&t->resumed_metrics, values);
    return ok || cn_fail(CN_EFORMAT, "the state of the training: the metrics are damaged");
}

static bool callbacks_state(cn_trainer *t, cn_state *state)
{
    cn_state inside;
    bool there;
    return !t->running || (cn_state_group(state, "callbacks", &inside, &there) &&
                           (!there || cn_callbacks_state(t->running, &inside)));
}

bool cn_backup_write(cn_model *model, const char *path)
{
    cn_trainer *t = model->state_->trainer;
    cn_h5_node *root = cn_h5_new();
    cn_state state = {root ? cn_h5_add_group(root, group_name) : NULL, true};
    bool ok = state.group && cn_weights_add(model, root) && cn_training_add(model, root) &&
              progress_state(t, &state) && add_metrics(t, state.group) &&
              callbacks_state(t, &state) && cn_h5_save(root, path);
    cn_h5_free(root);
    return ok;
}

static bool read_all(cn_model *model, cn_mapped_file *file, cn_h5_node *group)
{
    cn_trainer *t = model->state_->trainer;
    cn_state state = {group, false};
    if (!cn_weights_read(&(cn_reading){.model = model, .file = file}) ||
        !cn_build_optimizer(model) || !cn_optimizer_read_state(model, file))
        return false;
    if (model->state_->load_note)
        return cn_fail(CN_EFORMAT, "%s", model->state_->load_note);
    return cn_training_read(model, file) && progress_state(t, &state) && read_metrics(t, group) &&
           callbacks_state(t, &state);
}

bool cn_backup_read(cn_model *model, const char *path)
{
    bool ok = false;
    CN_SCOPE {
        cn_mapped_file *file = cn_mapped_h5(path);
        cn_h5_node *group = file ? cn_h5_find(file->root, group_name) : NULL;
        cn_mem_free(file ? model->state_->load_note : NULL);
        if (file)
            model->state_->load_note = NULL;
        if (file && !group)
            cn_fail(CN_EFORMAT, "expected the state of a training");
        ok = (group && read_all(model, file, group)) || (file && cn_error_prefix("%s", path));
    }
    return ok;
}
