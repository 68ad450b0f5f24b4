/* How far y_pred goes along with y_true. https://keras.io/api/metrics/correlation_metrics/ */
#include "losses/functions.h"
#include "metrics/metric.h"

#define AXIS(P) P(int, axis, -1, "the axis that is correlated over")

static cn_tensor *mean_of(cn_tensor *x, int axis)
{
    return cn_mean(x, .axis = {axis}, .keepdims = true);
}

/* Mean 0, deviation 1. */
static cn_tensor *standard(cn_tensor *x, int axis)
{
    x = cn_sub(x, mean_of(x, axis));
    return cn_div(x, cn_std(x, .axis = {axis}, .keepdims = true));
}

CN_METRIC_STRUCT(pearson_correlation_metric, AXIS, )
static cn_tensor *pearson(pearson_correlation_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    return cn_mean(cn_mul(standard(y_true, self->axis), standard(y_pred, self->axis)),
                   .axis = {self->axis});
}
CN_METRIC(pearson_correlation_metric, "PearsonCorrelation", NULL, .values = pearson)

CN_METRIC_STRUCT(concordance_correlation_metric, AXIS, )
static cn_tensor *concordance(concordance_correlation_metric *self, cn_tensor *y_true,
                              cn_tensor *y_pred)
{
    int axis = self->axis;
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    cn_tensor *true_mean = mean_of(y_true, axis), *pred_mean = mean_of(y_pred, axis);
    cn_tensor *spread = cn_add(cn_var(y_true, .axis = {axis}, .keepdims = true),
                               cn_var(y_pred, .axis = {axis}, .keepdims = true));
    cn_tensor *norm = cn_add(spread, cn_square(cn_sub(true_mean, pred_mean)));
    cn_tensor *together = cn_mul(cn_sub(y_true, pred_mean), cn_sub(y_pred, pred_mean));
    return cn_mean(cn_div(cn_mul(2.0, together), cn_add(norm, cn_epsilon())), .axis = {axis});
}
CN_METRIC(concordance_correlation_metric, "ConcordanceCorrelation", NULL, .values = concordance)
