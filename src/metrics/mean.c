/* Means and sums over all batches. https://keras.io/api/metrics/reduction_metrics/ */
#include "cornu/layer.h"
#include "losses/loss.h"
#include "metrics/metric.h"

typedef cn_tensor *(*reducer)(const cn_reduce_options *options);

/* x reduced over the axes from `first` to its last or `end`. */
static cn_tensor *reduce_from(cn_tensor *x, int first, int end, reducer reduce)
{
    cn_reduce_options o = {.x = x};
    for (int i = first; i < end; i++)
        o.axis.d[i - first] = i;
    return x && first < end ? reduce(&o) : x;
}

/* The values and weights of samples: both (N,) where they were (N, …). */
static bool by_sample(cn_tensor **values, cn_tensor **weight, reducer reduce, cn_dtype dtype)
{
    cn_tensor *mask = cn_mask_of(*values);
    *values = cn_cast(*values, dtype);
    if (*weight) {
        *weight = cn_cast(*weight, dtype);
        if (mask)
            *weight = cn_weights_with_mask(*weight, mask, dtype, false);
        if (!cn_same_rank(values, weight, true))
            return false;
        int rank = (*weight)->shape.rank;
        *values = reduce_from(*values, rank, cn_rank(*values), reduce);
        *weight = cn_broadcast_like(*weight, *values);
        *values = cn_mul(*values, *weight);
        *weight = reduce_from(*weight, 1, cn_rank(*weight), reduce);
        if (!*weight)
            return false;
    }
    *values = reduce_from(*values, 1, cn_rank(*values), reduce);
    return *values != NULL;
}

bool cn_metric_add_mean(void *metric, cn_tensor *values, cn_tensor *sample_weight)
{
    cn_dtype dtype = cn_metric_dtype(metric);
    if (!values || !by_sample(&values, &sample_weight, cn_mean_with, dtype))
        return false;
    cn_tensor *count = sample_weight ? cn_sum(sample_weight) : cn_element_count(values, dtype);
    return cn_metric_accumulate(cn_metric_variable(metric, 0), cn_sum(values)) &&
           cn_metric_accumulate(cn_metric_variable(metric, 1), count);
}

cn_tensor *cn_metric_mean(const void *metric)
{
    return cn_ratio(cn_metric_variable(metric, 0), cn_metric_variable(metric, 1));
}

CN_METRIC_STRUCT(mean_metric, CN_NO_PARAMS, )
static cn_tensor *mean_values(mean_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    (void)self, (void)y_pred;
    return y_true;
}
CN_METRIC(mean_metric, "Mean", NULL, .values = mean_values, .one_argument = true)

CN_METRIC_STRUCT(sum_metric, CN_NO_PARAMS, )
static bool sum_init(sum_metric *self)
{
    return cn_metric_add(self, "total", CN_SCALAR, cn_metric_dtype(self)) != NULL;
}

static bool sum_update(sum_metric *self, cn_tensor *values, cn_tensor *none, cn_tensor *weight)
{
    (void)none;
    return by_sample(&values, &weight, cn_sum_with, cn_metric_dtype(self)) &&
           cn_metric_accumulate(cn_metric_variable(self, 0), cn_sum(values));
}

static cn_tensor *sum_result(sum_metric *self)
{
    return cn_add(cn_metric_variable(self, 0), 0);
}
CN_METRIC(sum_metric, "Sum", NULL, .init = sum_init, .update = sum_update, .result = sum_result,
          .one_argument = true)
