/* How much of the variance is explained.
 * https://keras.io/api/metrics/regression_metrics/#r2score-class */
#include <string.h>

#include "base/error.h"
#include "losses/functions.h"
#include "metrics/metric.h"

#define R2(P)                                                                    \
    P(cn_str, class_aggregation, "uniform_average",                              \
      "uniform_average, variance_weighted_average, or none: a number an output") \
    P(int, num_regressors, 0, "how many inputs the model had; 0: no adjustment")
CN_METRIC_STRUCT(r2_score_metric, R2, )

enum { SAMPLES, SQUARES, SUM, RESIDUAL, COUNT };

static bool aggregates(const r2_score_metric *self, cn_str how)
{
    return self->class_aggregation && !strcmp(self->class_aggregation, how);
}

static bool init(r2_score_metric *self)
{
    if (self->class_aggregation && !aggregates(self, "uniform_average") &&
        !aggregates(self, "variance_weighted_average"))
        return cn_fail(CN_EINVAL,
                       "R2Score: expected a class_aggregation that is none, uniform_average or "
                       "variance_weighted_average. Received: class_aggregation=%s",
                       self->class_aggregation);
    if (self->num_regressors < 0)
        return cn_fail(CN_EINVAL, "R2Score: expected num_regressors >= 0. Received: %d",
                       self->num_regressors);
    return cn_metric_add(self, "num_samples", CN_SCALAR, CN_FLOAT32) != NULL;
}

static bool build(r2_score_metric *self, const cn_tensor *y_true, const cn_tensor *y_pred)
{
    static const char *const names[] = {"squared_sum", "sum", "residual", "count"};
    if (y_pred->shape.rank != 2 || y_true->shape.rank != 2)
        return cn_fail(CN_EINVAL,
                       "R2Score: expected y_true and y_pred (samples, outputs). Received: "
                       "y_pred.shape=%s, y_true.shape=%s",
                       cn_shape_text(y_pred->shape), cn_shape_text(y_true->shape));
    for (int i = 0; i < 4; i++)
        if (!cn_metric_add(self, names[i], cn_shape(y_pred->shape.dim[1]), CN_FLOAT32))
            return false;
    return true;
}

static bool take(r2_score_metric *self, size_t i, cn_tensor *value)
{
    return cn_metric_accumulate(cn_metric_variable(self, i), cn_sum(value, .axis = {0}));
}

static bool update(r2_score_metric *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)
{
    cn_dtype dtype = cn_metric_dtype(self);
    y_pred = cn_cast(y_pred, dtype);
    if (!cn_align_targets(&y_true, &y_pred) ||
        (cn_list_length(self->metric.variables) == 1 && !build(self, y_true, y_pred)))
        return false;
    weight = weight ? cn_cast(weight, dtype) : cn_ones(CN_SCALAR, dtype);
    if (cn_rank(weight) == 1)
        weight = cn_expand_dims(weight, 1);
    weight = cn_broadcast_like(weight, y_true);
    cn_tensor *weighted = cn_mul(y_true, weight);
    cn_tensor *error = cn_mul(cn_square(cn_sub(y_true, y_pred)), weight);
    return take(self, SUM, weighted) && take(self, SQUARES, cn_mul(y_true, weighted)) &&
           take(self, RESIDUAL, error) && take(self, COUNT, weight) &&
           cn_metric_accumulate(cn_metric_variable(self, SAMPLES), cn_sum(cn_ones_like(y_true)));
}

/* Adjusted for the inputs that had to explain something, while samples outnumber them. */
static cn_tensor *adjust(r2_score_metric *self, cn_tensor *score)
{
    cn_tensor *others = cn_sub(cn_metric_variable(self, SAMPLES), 1.0); /* n - 1 */
    cn_tensor *free = cn_sub(others, self->num_regressors);
    cn_tensor *adjusted = cn_sub(1.0, cn_div(cn_mul(cn_sub(1.0, score), others), free));
    return cn_select(cn_greater(free, 0), adjusted, score);
}

static cn_tensor *result(r2_score_metric *self)
{
    if (cn_list_length(self->metric.variables) == 1)
        return cn_fail_null(CN_ESTATE, "R2Score: there is no result before the first batch");
    cn_tensor *sum = cn_metric_variable(self, SUM);
    cn_tensor *mean = cn_div(sum, cn_metric_variable(self, COUNT));
    cn_tensor *variance = cn_sub(cn_metric_variable(self, SQUARES), cn_mul(sum, mean));
    cn_tensor *score = cn_sub(1.0, cn_div(cn_metric_variable(self, RESIDUAL), variance));
    score = cn_select(cn_isinf(score), 0.0, score);
    if (aggregates(self, "uniform_average"))
        score = cn_mean(score);
    else if (self->class_aggregation)
        score = cn_div(cn_sum(cn_mul(variance, score)), cn_sum(variance));
    return self->num_regressors ? adjust(self, score) : score;
}
CN_METRIC(r2_score_metric, "R2Score", NULL, .init = init, .update = update, .result = result,
          .default_name = "r2_score")
