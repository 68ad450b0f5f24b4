/* The harmonic mean of precision and recall. https://keras.io/api/metrics/classification_metrics/
 */
#include <string.h>

#include "base/error.h"
#include "metrics/metric.h"

/* What both classes have. */
typedef struct f_score {
    cn_metric *metric;
    cn_str average;
    double beta, threshold;
} f_score;

static bool averages(const f_score *s, cn_str how)
{
    return s->average && !strcmp(s->average, how);
}

static bool check(const f_score *s)
{
    cn_str who = s->metric->head.head.cls->name;
    if (s->average && !averages(s, "micro") && !averages(s, "macro") && !averages(s, "weighted"))
        return cn_fail(CN_EINVAL,
                       "%s: expected an average that is none, micro, macro or weighted. Received: "
                       "average=%s",
                       who, s->average);
    if (!(s->beta > 0))
        return cn_fail(CN_EINVAL, "%s: expected beta > 0. Received: beta=%g", who, s->beta);
    if (!CN_IS_NONE(s->threshold) && !(s->threshold > 0 && s->threshold <= 1))
        return cn_fail(CN_EINVAL, "%s: expected 0 < threshold <= 1. Received: threshold=%g", who,
                       s->threshold);
    return true;
}

static bool build(const f_score *s, const cn_tensor *y_true, const cn_tensor *y_pred)
{
    static const char *const names[] = {"true_positives", "false_positives", "false_negatives",
                                        "intermediate_weights"};
    if (y_pred->shape.rank != 2 || y_true->shape.rank != 2)
        return cn_fail(CN_EINVAL,
                       "%s: expected y_true and y_pred (samples, classes). Received: "
                       "y_pred.shape=%s, y_true.shape=%s",
                       s->metric->head.head.cls->name, cn_shape_text(y_pred->shape),
                       cn_shape_text(y_true->shape));
    cn_shape shape = averages(s, "micro") ? CN_SCALAR : cn_shape(y_pred->shape.dim[1]);
    for (int i = 0; i < 4; i++)
        if (!cn_metric_add(s->metric, names[i], shape, cn_metric_dtype(s->metric)))
            return false;
    return true;
}

/* bool (N, C): what the prediction says: the largest, or all above the threshold. */
static cn_tensor *said(const f_score *s, cn_tensor *y_pred)
{
    if (!CN_IS_NONE(s->threshold))
        return cn_greater(y_pred, s->threshold);
    cn_tensor *top = cn_max(y_pred, .axis = {-1}, .keepdims = true);
    return cn_logical_and(cn_greater_equal(y_pred, top), cn_greater(cn_abs(y_pred), 1e-9));
}

static bool take(const f_score *s, size_t i, cn_tensor *value, cn_tensor *weight)
{
    if (weight)
        value = cn_mul(value, cn_expand_dims(weight, 1));
    value = averages(s, "micro") ? cn_sum(value) : cn_sum(value, .axis = {0});
    return cn_metric_accumulate(cn_metric_variable(s->metric, i), value);
}

static bool update(const f_score *s, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)
{
    cn_dtype dtype = cn_metric_dtype(s->metric);
    if (!cn_list_length(s->metric->variables) && !build(s, y_true, y_pred))
        return false;
    y_true = cn_cast(y_true, dtype);
    y_pred = cn_cast(said(s, cn_cast(y_pred, dtype)), dtype);
    weight = weight ? cn_cast(weight, dtype) : NULL;
    return take(s, 0, cn_mul(y_pred, y_true), weight) &&
           take(s, 1, cn_mul(y_pred, cn_sub(1.0, y_true)), weight) &&
           take(s, 2, cn_mul(cn_sub(1.0, y_pred), y_true), weight) && take(s, 3, y_true, weight);
}

/* a / (b + epsilon) */
static cn_tensor *safe_ratio(cn_tensor *a, cn_tensor *b)
{
    return cn_div(a, cn_add(b, cn_epsilon()));
}

static cn_tensor *result(const f_score *s)
{
    if (!cn_list_length(s->metric->variables))
        return cn_fail_null(CN_ESTATE, "%s: there is no result before the first batch",
                            s->metric->head.head.cls->name);
    cn_tensor *hits = cn_metric_variable(s->metric, 0), *weights = cn_metric_variable(s->metric, 3);
    cn_tensor *precision = safe_ratio(hits, cn_add(hits, cn_metric_variable(s->metric, 1)));
    cn_tensor *recall = safe_ratio(hits, cn_add(hits, cn_metric_variable(s->metric, 2)));
    double square = s->beta * s->beta;
    cn_tensor *mean =
        safe_ratio(cn_mul(precision, recall), cn_add(cn_mul(square, precision), recall));
    cn_tensor *score = cn_mul(mean, 1 + square);
    if (averages(s, "weighted"))
        return cn_sum(cn_mul(score, safe_ratio(weights, cn_sum(weights))));
    return s->average ? cn_mean(score) : score;
}

#define F1(P)                                                                       \
    P(cn_str, average, NULL, "none: a number a class; or micro, macro or weighted") \
    P(float, threshold, CN_NONE, "above it a class is said; none: the largest is")
#define FBETA(P)                                                                    \
    P(cn_str, average, NULL, "none: a number a class; or micro, macro or weighted") \
    P(float, beta, 1.0, "how much more recall counts than precision")               \
    P(float, threshold, CN_NONE, "above it a class is said; none: the largest is")

#define F_SCORE(id, name, table, beta_, log_name)                                                  \
    CN_METRIC_STRUCT(id, table, )                                                                  \
    static f_score id##_score(id *self)                                                            \
    {                                                                                              \
        return (f_score){&self->metric, self->average, beta_, self->threshold};                    \
    }                                                                                              \
    static bool id##_init(id *self)                                                                \
    {                                                                                              \
        f_score score = id##_score(self);                                                          \
        return check(&score);                                                                      \
    }                                                                                              \
    static bool id##_update(id *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)     \
    {                                                                                              \
        f_score score = id##_score(self);                                                          \
        return update(&score, y_true, y_pred, weight);                                             \
    }                                                                                              \
    static cn_tensor *id##_result(id *self)                                                        \
    {                                                                                              \
        f_score score = id##_score(self);                                                          \
        return result(&score);                                                                     \
    }                                                                                              \
    CN_METRIC(id, name, log_name, .init = id##_init, .update = id##_update, .result = id##_result, \
              .default_name = log_name)
F_SCORE(f1_score_metric, "F1Score", F1, 1, "f1_score")
F_SCORE(fbeta_score_metric, "FBetaScore", FBETA, self->beta, "fbeta_score")
