/* The best of one rate where another is at least so much.
 * https://keras.io/api/metrics/classification_metrics/ SensitivityAtSpecificity and others */
#include "base/alloc.h"
#include "base/error.h"
#include "losses/loss.h"
#include "metrics/confusion_state.h"

bool cn_add_counts(void *metric, cn_shape shape)
{
    return cn_metric_add(metric, "true_positives", shape, CN_FLOAT32) &&
           cn_metric_add(metric, "false_positives", shape, CN_FLOAT32) &&
           cn_metric_add(metric, "true_negatives", shape, CN_FLOAT32) &&
           cn_metric_add(metric, "false_negatives", shape, CN_FLOAT32);
}

cn_counts cn_counts_of(const void *metric)
{
    return (cn_counts){cn_metric_variable(metric, 0), cn_metric_variable(metric, 1),
                       cn_metric_variable(metric, 2), cn_metric_variable(metric, 3)};
}

static cn_tensor *part(cn_tensor *of, cn_tensor *others)
{
    return cn_ratio(of, cn_add(of, others));
}

cn_tensor *cn_recall_of(cn_counts c)
{
    return part(c.true_positives, c.false_negatives);
}

cn_tensor *cn_precision_of(cn_counts c)
{
    return part(c.true_positives, c.false_positives);
}

cn_tensor *cn_specificity_of(cn_counts c)
{
    return part(c.true_negatives, c.false_positives);
}

static bool start(cn_metric *self, cn_thresholds *at, double value, cn_str argument, int count,
                  int class_id)
{
    cn_str who = self->head.head.cls->name;
    if (!(value >= 0 && value <= 1))
        return cn_fail(CN_EINVAL, "%s: expected %s in [0, 1]. Received: %s=%g", who, argument,
                       argument, value);
    if (count <= 0)
        return cn_fail(CN_EINVAL, "%s: expected num_thresholds > 0. Received: num_thresholds=%d",
                       who, count);
    *at = (cn_thresholds){.values = cn_even_thresholds(count),
                          .count = count,
                          .even = count > 1,
                          .top_k = CN_NONE,
                          .class_id = class_id};
    return at->values && cn_add_counts(self, cn_shape(count));
}

static cn_tensor *best(cn_tensor *of, cn_tensor *where, double at_least)
{
    return cn_max(cn_select(cn_greater_equal(where, at_least), of, 0.0));
}

#define AT(id, name, argument, best_of, where)                                                   \
    CN_METRIC_STRUCT(id, argument##_PARAMS, cn_thresholds at;)                                   \
    static bool id##_init(id *self)                                                              \
    {                                                                                            \
        return start(&self->metric, &self->at, self->argument, #argument, self->num_thresholds,  \
                     self->class_id);                                                            \
    }                                                                                            \
    static void id##_destroy(id *self)                                                           \
    {                                                                                            \
        cn_mem_free(self->at.values);                                                            \
    }                                                                                            \
    static bool id##_update(id *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)   \
    {                                                                                            \
        cn_counts to = cn_counts_of(self);                                                       \
        return cn_count(&to, &self->at, y_true, y_pred, weight);                                 \
    }                                                                                            \
    static cn_tensor *id##_result(id *self)                                                      \
    {                                                                                            \
        cn_counts counts = cn_counts_of(self);                                                   \
        return best(best_of(counts), where(counts), self->argument);                             \
    }                                                                                            \
    CN_METRIC(id, name, NULL, .init = id##_init, .destroy = id##_destroy, .update = id##_update, \
              .result = id##_result, .numbered = true)

#define COMMON(P)                                                    \
    P(int, num_thresholds, 200, "how many thresholds are looked at") \
    P(int, class_id, CN_NONE, "only this class is looked at")
#define specificity_PARAMS(P) P(float, specificity, CN_REQUIRED, "at least this") COMMON(P)
#define sensitivity_PARAMS(P) P(float, sensitivity, CN_REQUIRED, "at least this") COMMON(P)
#define recall_PARAMS(P) P(float, recall, CN_REQUIRED, "at least this") COMMON(P)
#define precision_PARAMS(P) P(float, precision, CN_REQUIRED, "at least this") COMMON(P)

AT(sensitivity_at_specificity_metric, "SensitivityAtSpecificity", specificity, cn_recall_of,
   cn_specificity_of)
AT(specificity_at_sensitivity_metric, "SpecificityAtSensitivity", sensitivity, cn_specificity_of,
   cn_recall_of)
AT(precision_at_recall_metric, "PrecisionAtRecall", recall, cn_precision_of, cn_recall_of)
AT(recall_at_precision_metric, "RecallAtPrecision", precision, cn_recall_of, cn_precision_of)
