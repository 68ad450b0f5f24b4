/* The area under a curve of rates. https://keras.io/api/metrics/classification_metrics/#auc-class
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "losses/loss.h"
#include "metrics/confusion_state.h"

#define AUC(P)                                                                            \
    P(int, num_thresholds, 200, "how many thresholds are looked at")                      \
    P(cn_str, curve, "ROC", "ROC, PR or PRGAIN")                                          \
    P(cn_str, summation_method, "interpolation", "interpolation, minoring or majoring")   \
    P(cn_spec, thresholds, NULL, "a list of numbers in (0, 1); none: evenly spread ones") \
    P(bool, multi_label, false, "labels are counted apart and their areas averaged")      \
    P(int, num_labels, CN_NONE, "how many labels; none: as the first batch has")          \
    P(cn_spec, label_weights, NULL, "a list: how much each label counts")                 \
    P(bool, from_logits, false, "y_pred is logits, not probabilities")
typedef enum curve_kind { ROC, PR, PRGAIN } curve_kind;
typedef enum method_kind { INTERPOLATION, MINORING, MAJORING } method_kind;
CN_METRIC_STRUCT(auc_metric, AUC, curve_kind curve_; method_kind method; cn_thresholds at;
                 cn_numbers weights;)

static const char *const curves[] = {"ROC", "PR", "PRGAIN", NULL};
static const char *const lower_curves[] = {"roc", "pr", "prgain", NULL};
static const char *const methods[] = {"interpolation", "minoring", "majoring", NULL};
static const char *const upper_methods[] = {"Interpolation", "Minoring", "Majoring", NULL};

/* The place of `name` among the three names, in either spelling; -1 when it is not there. */
static int find(cn_str name, const char *const *names, const char *const *others)
{
    for (int i = 0; name && names[i]; i++)
        if (!strcmp(name, names[i]) || !strcmp(name, others[i]))
            return i;
    return -1;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The thresholds between, with one just below 0 and one just above 1 around them. */
static bool make_thresholds(auc_metric *self, const cn_numbers *given)
{
    int count = self->thresholds ? given->count + 2 : self->num_thresholds;
    if (count <= 1)
        return cn_fail(CN_EINVAL, "AUC: expected num_thresholds > 1. Received: num_thresholds=%d",
                       count);
    double *values = cn_even_thresholds(count);
    if (!values)
        return false;
    if (given->count) {
        memcpy(values + 1, given->values, (size_t)given->count * sizeof *values);
        qsort(values + 1, (size_t)given->count, sizeof *values, ascending);
    }
    self->at = (cn_thresholds){.values = values,
                               .count = count,
                               .even = !self->thresholds || cn_is_even(values, count),
                               .top_k = CN_NONE,
                               .class_id = CN_NONE,
                               .multi_label = self->multi_label};
    self->num_thresholds = count;
    values[0] = -cn_epsilon();
    values[count - 1] = 1 + cn_epsilon();
    return true;
}

static bool read_options(auc_metric *self)
{
    int curve = find(self->curve, curves, lower_curves);
    int method = find(self->summation_method, methods, upper_methods);
    if (curve < 0)
        return cn_fail(CN_EINVAL,
                       "AUC: expected a curve that is ROC, PR or PRGAIN. Received: "
                       "curve=%s",
                       self->curve ? self->curve : "None");
    if (method < 0)
        return cn_fail(CN_EINVAL,
                       "AUC: expected a summation_method that is interpolation, minoring or "
                       "majoring. Received: summation_method=%s",
                       self->summation_method ? self->summation_method : "None");
    self->curve_ = (curve_kind)curve;
    self->method = (method_kind)method;
    return true;
}

static bool make_variables(auc_metric *self, int64_t labels)
{
    int count = self->at.count;
    return cn_add_counts(self, self->multi_label ? cn_shape(count, labels) : cn_shape(count));
}

static bool init(auc_metric *self)
{
    cn_numbers given = {0};
    const cn_instance *instance = &self->metric.head.head;
    bool ok = read_options(self) &&
              cn_numbers_read(&self->weights, self->label_weights, instance, "label_weights") &&
              cn_numbers_read(&given, self->thresholds, instance, "thresholds") &&
              make_thresholds(self, &given);
    cn_mem_free(given.values);
    bool labels = !CN_IS_NONE(self->num_labels) && self->num_labels > 0;
    if (!ok)
        return false;
    if (self->weights.count)
        self->at.label_weights = &self->weights;
    if (labels && !self->multi_label)
        return cn_fail(CN_EINVAL,
                       "AUC: num_labels is for multi_label=True. Received: "
                       "num_labels=%d, multi_label=False",
                       self->num_labels);
    return (self->multi_label && !labels) || make_variables(self, self->num_labels);
}

static void destroy(auc_metric *self)
{
    cn_mem_free(self->at.values);
    cn_mem_free(self->weights.values);
}

static bool update(auc_metric *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)
{
    cn_shape shape = cn_shape_of(y_pred);
    if (self->multi_label && shape.rank != 2)
        return cn_fail(CN_EINVAL,
                       "AUC: expected y_pred (samples, labels) with multi_label=True. Received: "
                       "y_pred.shape=%s",
                       cn_shape_text(shape));
    if (!cn_list_length(self->metric.variables) && !make_variables(self, cn_dim(y_pred, 1)))
        return false;
    cn_counts to = cn_counts_of(self);
    return cn_count(&to, &self->at, y_true, self->from_logits ? cn_sigmoid(y_pred) : y_pred,
                    weight);
}

/* ---- the area ---- */

/* All thresholds but the last, and but the first. */
static cn_tensor *lower(cn_tensor *x)
{
    return cn_slice(x, ":-1");
}

static cn_tensor *upper(cn_tensor *x)
{
    return cn_slice(x, "1:");
}

/* Pieces of area (T - 1,) or (T - 1, L), added up and averaged over labels. */
static cn_tensor *total(const auc_metric *self, cn_tensor *pieces)
{
    if (!self->multi_label)
        return cn_sum(pieces);
    cn_tensor *areas = cn_sum(pieces, .axis = {0}); /* (L,) */
    if (!self->weights.count)
        return cn_mean(areas);
    cn_tensor *weight = cn_cast(
        cn_array(self->weights.values, CN_FLOAT64, cn_shape(self->weights.count)), CN_FLOAT32);
    return cn_ratio(cn_sum(cn_mul(areas, weight)), cn_sum(weight));
}

/* Davis and Goadrich, 2006: between two thresholds precision is no line, but this has a formula. */
static cn_tensor *interpolated_pr(const auc_metric *self, cn_counts c)
{
    cn_tensor *tp = c.true_positives, *p = cn_add(tp, c.false_positives);
    cn_tensor *d_tp = cn_sub(lower(tp), upper(tp)), *d_p = cn_sub(lower(p), upper(p));
    cn_tensor *slope = cn_ratio(d_tp, cn_maximum(d_p, 0));
    cn_tensor *intercept = cn_sub(upper(tp), cn_mul(slope, upper(p)));
    cn_tensor *both = cn_logical_and(cn_greater(lower(p), 0), cn_greater(upper(p), 0));
    cn_tensor *ratio = cn_select(both, cn_ratio(lower(p), cn_maximum(upper(p), 0)), 1.0);
    cn_tensor *gain = cn_mul(slope, cn_add(d_tp, cn_mul(intercept, cn_log(ratio))));
    cn_tensor *positives = cn_add(upper(tp), upper(c.false_negatives));
    return total(self, cn_ratio(gain, cn_maximum(positives, 0)));
}

/* Recall and precision, seen from a guess that is always yes. */
static void gains(cn_counts c, cn_tensor **x, cn_tensor **y)
{
    cn_tensor *tp = c.true_positives, *none = cn_equal(tp, 0);
    cn_tensor *scale =
        cn_ratio(cn_add(tp, c.false_negatives), cn_add(c.true_negatives, c.false_positives));
    cn_tensor *recall = cn_sub(1.0, cn_mul(scale, cn_ratio(c.false_negatives, tp)));
    cn_tensor *precision = cn_sub(1.0, cn_mul(scale, cn_ratio(c.false_positives, tp)));
    *x = cn_maximum(cn_select(none, 0.0, recall), 0.0);
    *y = cn_select(none, 1.0, precision);
}

static cn_tensor *height(method_kind method, cn_tensor *y)
{
    if (method == INTERPOLATION)
        return cn_div(cn_add(lower(y), upper(y)), 2.0);
    return method == MINORING ? cn_minimum(lower(y), upper(y)) : cn_maximum(lower(y), upper(y));
}

static cn_tensor *result(auc_metric *self)
{
    if (!cn_list_length(self->metric.variables))
        return cn_fail_null(CN_ESTATE, "AUC: with multi_label=True and no num_labels there is no "
                                       "result before the first batch");
    cn_counts c = cn_counts_of(self);
    if (self->curve_ == PR && self->method == INTERPOLATION)
        return interpolated_pr(self, c);
    cn_tensor *x, *y;
    if (self->curve_ == PRGAIN) {
        gains(c, &x, &y);
    } else if (self->curve_ == PR) {
        x = cn_recall_of(c);
        y = cn_precision_of(c);
    } else {
        x = cn_ratio(c.false_positives, cn_add(c.false_positives, c.true_negatives));
        y = cn_recall_of(c);
    }
    return total(self, cn_mul(cn_sub(lower(x), upper(x)), height(self->method, y)));
}

/* As Keras spells them; thresholds only where they were given. */
static bool write_config(const auc_metric *self, cn_json *config)
{
    bool ok = cn_json_set(config, "curve", cn_json_string(curves[self->curve_])) &&
              cn_json_set(config, "summation_method", cn_json_string(methods[self->method])) &&
              cn_numbers_write(config, "label_weights", self->label_weights);
    cn_json_free(cn_json_remove(config, "thresholds"));
    if (!ok || !self->thresholds)
        return ok;
    cn_json *list = cn_json_list();
    for (int i = 1; i + 1 < self->at.count; i++)
        ok = cn_json_add(list, cn_json_float(self->at.values[i])) && ok;
    return cn_json_set(config, "thresholds", list) && ok;
}
CN_METRIC(auc_metric, "AUC", NULL, .init = init, .destroy = destroy, .update = update,
          .result = result, .write_config = write_config, .numbered = true)
