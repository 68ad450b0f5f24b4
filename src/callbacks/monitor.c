#include "callbacks/monitor.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "config/registry.h"
#include "trainers/trainer.h"
#include "utils/message.h"

/* The metrics of which Keras knows whether more is better. */
static const char *const rising[] = {"Accuracy",
                                     "BinaryAccuracy",
                                     "CategoricalAccuracy",
                                     "SparseCategoricalAccuracy",
                                     "TopKCategoricalAccuracy",
                                     "SparseTopKCategoricalAccuracy",
                                     "AUC",
                                     "Precision",
                                     "Recall",
                                     "SensitivityAtSpecificity",
                                     "SpecificityAtSensitivity",
                                     "PrecisionAtRecall",
                                     "RecallAtPrecision",
                                     "IoU",
                                     "BinaryIoU",
                                     "MeanIoU",
                                     "OneHotIoU",
                                     "OneHotMeanIoU",
                                     "FBetaScore",
                                     "F1Score",
                                     "CosineSimilarity",
                                     "R2Score",
                                     "PearsonCorrelation",
                                     "ConcordanceCorrelation",
                                     NULL};
static const char *const falling[] = {"MeanSquaredError",
                                      "RootMeanSquaredError",
                                      "MeanAbsoluteError",
                                      "MeanAbsolutePercentageError",
                                      "MeanSquaredLogarithmicError",
                                      "LogCoshError",
                                      "Hinge",
                                      "SquaredHinge",
                                      "CategoricalHinge",
                                      "KLDivergence",
                                      "Poisson",
                                      "BinaryCrossentropy",
                                      "CategoricalCrossentropy",
                                      "SparseCategoricalCrossentropy",
                                      NULL};

static bool has(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name))
        names++;
    return *names != NULL;
}

static bool is(cn_str text, const char *word)
{
    return text && !strcmp(text, word);
}

void cn_monitor_check(const cn_callback *callback, cn_str mode)
{
    if (!is(mode, "auto") && !is(mode, "min") && !is(mode, "max"))
        cn_warn("%s mode '%s' is unknown, fallback to auto mode.", callback->head.cls->name,
                mode ? mode : "None");
}

/* The class of the metric that is logged under that name. */
static const cn_class *class_of(const cn_model *model, const char *metric)
{
    const cn_trainer *trainer = model && model->state_ ? model->state_->trainer : NULL;
    for (size_t i = 0; trainer && i < trainer->n_metrics; i++)
        if (!strcmp(trainer->metrics[i].name, metric))
            return ((const cn_instance *)trainer->metrics[i].metric)->cls;
    return cn_class_lookup(CN_METRICS, metric);
}

static bool find_direction(cn_monitor *monitor, const cn_callback *callback, cn_str name)
{
    const char *metric = strncmp(name, "val_", 4) ? name : name + 4;
    if (!strcmp(metric, "loss"))
        return true;
    bool accuracy = !strcmp(metric, "accuracy") || !strcmp(metric, "acc");
    const cn_class *cls = class_of(callback->model, metric);
    monitor->up = accuracy || (cls && has(rising, cls->name));
    if (monitor->up || (cls && has(falling, cls->name)))
        return true;
    return cn_fail(CN_EINVAL,
                   "%s callback received monitor=%s, but Cornu isn't able to automatically "
                   "determine whether that metric should be maximized or minimized. Pass "
                   "mode='max' in order to monitor based on the highest metric value, or pass "
                   "mode='min' in order to use the lowest value.",
                   callback->head.cls->name, name);
}

bool cn_monitor_resolve(cn_monitor *monitor, const cn_callback *callback, cn_str name, cn_str mode,
                        double min_delta)
{
    if (monitor->resolved)
        return true;
    monitor->min_delta = fabs(min_delta);
    monitor->up = is(mode, "max");
    if (!monitor->up && !is(mode, "min") && !find_direction(monitor, callback, name))
        return false;
    return monitor->resolved = true;
}

/* Keras compares in float32. */
bool cn_monitor_better(const cn_monitor *monitor, double value, double reference)
{
    return monitor->up ? (float)(value - monitor->min_delta) > (float)reference
                       : (float)(value + monitor->min_delta) < (float)reference;
}

bool cn_monitor_improved(const cn_monitor *monitor, double value)
{
    return !monitor->scored || cn_monitor_better(monitor, value, monitor->best);
}

bool cn_monitor_state(cn_monitor *monitor, cn_state *state)
{
    return cn_state_bool(state, "scored", &monitor->scored) &&
           cn_state_float(state, "best", &monitor->best);
}
