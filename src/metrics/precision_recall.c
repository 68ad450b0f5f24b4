/* Precision, recall, and the counts that they are made of.
 * https://keras.io/api/metrics/classification_metrics/ */
#include "base/alloc.h"
#include "base/error.h"
#include "losses/loss.h"
#include "metrics/confusion.h"

/* Reads a class's thresholds (NULL: `otherwise`), which must lie in [0, 1]. */
static bool read_thresholds(cn_thresholds *at, cn_str text, double otherwise, const cn_metric *self)
{
    cn_numbers numbers;
    bool ok = cn_numbers_read(&numbers, text, &self->head.head, "thresholds");
    at->values = numbers.values;
    at->count = numbers.count;
    for (int i = 0; ok && i < at->count; i++)
        if (!(at->values[i] >= 0 && at->values[i] <= 1))
            return cn_fail(CN_EINVAL, "%s: expected thresholds in [0, 1]. Received: thresholds=%s",
                           self->head.head.cls->name, text);
    if (ok && !text) {
        at->values = cn_even_thresholds(1);
        at->count = 1;
        if (at->values)
            at->values[0] = otherwise;
    }
    at->top_k = at->class_id = CN_NONE;
    at->even = ok && cn_is_even(at->values, at->count);
    return ok && at->values;
}

/* A single one is a scalar. */
static cn_tensor *bare(cn_tensor *x)
{
    return cn_dim(x, 0) == 1 ? cn_reshape(x, CN_SCALAR) : x;
}

/* ---- counts ---- */

#define THRESHOLDS(P) \
    P(cn_spec, thresholds, NULL, "a number or a list of numbers in [0, 1]; none: 0.5")

/* What both kinds of metric below do with their thresholds. */
#define KEEP_THRESHOLDS(id)                                              \
    static void id##_destroy(id *self)                                   \
    {                                                                    \
        cn_mem_free(self->at.values);                                    \
    }                                                                    \
    static bool id##_config(const id *self, cn_json *config)             \
    {                                                                    \
        return cn_numbers_write(config, "thresholds", self->thresholds); \
    }

CN_METRIC_STRUCT(count, THRESHOLDS, cn_thresholds at;)
KEEP_THRESHOLDS(count)

static bool count_init(count *self)
{
    return read_thresholds(&self->at, self->thresholds, 0.5, &self->metric) &&
           cn_metric_add(self, "accumulator", cn_shape(self->at.count), CN_FLOAT32);
}

static cn_tensor *count_result(count *self)
{
    return bare(cn_add(cn_metric_variable(self, 0), 0));
}

#define COUNT(id, name, which)                                                                    \
    static bool id##_update(count *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight) \
    {                                                                                             \
        cn_counts to = {.which = cn_metric_variable(self, 0)};                                    \
        return cn_count(&to, &self->at, y_true, y_pred, weight);                                  \
    }                                                                                             \
    CN_METRIC_OF(count, id, name, NULL, .init = count_init, .destroy = count_destroy,             \
                 .update = id##_update, .result = count_result, .write_config = count_config,     \
                 .numbered = true)
COUNT(true_positives_metric, "TruePositives", true_positives)
COUNT(false_positives_metric, "FalsePositives", false_positives)
COUNT(true_negatives_metric, "TrueNegatives", true_negatives)
COUNT(false_negatives_metric, "FalseNegatives", false_negatives)

/* ---- the part of the predicted, or of the true, that is right ---- */

#define PRECISION(P)                                                       \
    THRESHOLDS(P)                                                          \
    P(int, top_k, CN_NONE, "only the k largest of a sample count as said") \
    P(int, class_id, CN_NONE, "only this class is looked at")
CN_METRIC_STRUCT(ratio, PRECISION, cn_thresholds at;)
KEEP_THRESHOLDS(ratio)

static bool init_ratio(ratio *self, cn_str wrong)
{
    double otherwise = CN_IS_NONE(self->top_k) ? 0.5 : -1e10;
    if (!read_thresholds(&self->at, self->thresholds, otherwise, &self->metric))
        return false;
    cn_shape shape = cn_shape(self->at.count);
    self->at.top_k = self->top_k;
    self->at.class_id = self->class_id;
    return cn_metric_add(self, "true_positives", shape, CN_FLOAT32) &&
           cn_metric_add(self, wrong, shape, CN_FLOAT32);
}

static cn_tensor *ratio_result(ratio *self)
{
    cn_tensor *right = cn_metric_variable(self, 0);
    return bare(cn_ratio(right, cn_add(right, cn_metric_variable(self, 1))));
}

/* `wrong` is false_positives for precision, false_negatives for recall. */
#define RATIO(id, name, wrong)                                                                    \
    static bool id##_init(ratio *self)                                                            \
    {                                                                                             \
        return init_ratio(self, #wrong);                                                          \
    }                                                                                             \
    static bool id##_update(ratio *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight) \
    {                                                                                             \
        cn_counts to = {.true_positives = cn_metric_variable(self, 0),                            \
                        .wrong = cn_metric_variable(self, 1)};                                    \
        return cn_count(&to, &self->at, y_true, y_pred, weight);                                  \
    }                                                                                             \
    CN_METRIC_OF(ratio, id, name, NULL, .init = id##_init, .destroy = ratio_destroy,              \
                 .update = id##_update, .result = ratio_result, .write_config = ratio_config,     \
                 .numbered = true)
RATIO(precision_metric, "Precision", false_positives)
RATIO(recall_metric, "Recall", false_negatives)
