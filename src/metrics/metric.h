/* The contract of metrics. A built-in metric is a struct, a table and a record:
 *
 *     #define K(P) P(int, k, 5, "how many count")
 *     CN_METRIC_STRUCT(top_k_metric, K, )
 *     static cn_tensor *values(top_k_metric *self, cn_tensor *y_true, cn_tensor *y_pred) { … }
 *     CN_METRIC(top_k_metric, "TopKCategoricalAccuracy", NULL, .values = values)
 *
 * and a row CN_BUILTIN(top_k_metric) in src/metrics/builtin.def. One whose result is the mean of
 * values has `values`, and the variables total and count; others make theirs with cn_metric_add, in
 * `init` or, where they depend on the data, at the first update. */
#ifndef CN_METRICS_METRIC_H
#define CN_METRICS_METRIC_H

#include "config/define.h"
#include "cornu/metrics.h"
#include "ops/ops.h"

/* What every metric begins with. */
struct cn_metric {
    cn_text_instance head; /* its args are those of a metric registered by text */
    cn_str name, dtype;
    cn_list *variables; /* held */
};

#define CN_METRIC_METHODS_(id, self_type)                                                       \
    typedef struct id##_methods {                                                               \
        CN_COMMON_METHODS(self_type)                                                            \
        /* One batch; sample_weight may be NULL. Default: the mean of `values`. */              \
        bool (*update)(self_type * self, cn_tensor *y_true, cn_tensor *y_pred,                  \
                       cn_tensor *sample_weight);                                               \
        cn_tensor *(*values)(self_type * self, cn_tensor *y_true, cn_tensor *y_pred);           \
        cn_tensor *(*result)(self_type * self); /* default: total / count */                    \
        cn_str default_name;                    /* NULL: the class's name in snake case */      \
        cn_str default_dtype;                   /* NULL: float32 */                             \
        bool numbered;                          /* the default name is numbered: precision_1 */ \
        bool one_argument;                      /* y_true is the values, y_pred may be NULL */  \
    } id##_methods;
CN_METRIC_METHODS_(cn_metric, void)

#define CN_METRIC_STRUCT(id, table, ...)    \
    CN_OPTIONS(id, table, CN_METRIC_PARAMS) \
    typedef struct id {                     \
        cn_metric metric;                   \
        table(CN_FIELD_) __VA_ARGS__        \
    } id;                                   \
    CN_METRIC_METHODS_(id, id)              \
    CN_OWN_ROWS(id, table, CN_METRIC_PARAMS, name)
#define CN_METRIC(id, name, aliases, ...) CN_METRIC_OF(id, id, name, aliases, __VA_ARGS__)
#define CN_METRIC_OF(base, id, name, aliases, ...) \
    CN_BUILTIN_CLASS_OF(base, id, CN_METRICS, name, aliases, "keras.metrics", __VA_ARGS__)

/* A new variable of zeros, "precision/true_positives"; borrowed from the metric. */
#define cn_metric_add(metric, name, shape, dtype) \
    cn_metric_add_(metric, name, CN_SHAPE_(shape), dtype)
cn_tensor *cn_metric_add_(void *metric, cn_str name, const cn_shape *shape, cn_dtype dtype);
/* The i-th variable. */
cn_tensor *cn_metric_variable(const void *metric, size_t i);
/* Adds to a variable. */
bool cn_metric_accumulate(cn_tensor *variable, cn_tensor *amount);
cn_dtype cn_metric_dtype(const void *metric);
/* Gives it another name in the logs. */
bool cn_metric_rename(cn_metric *metric, cn_str name);

/* ---- means: keras.src.metrics.reduction_metrics ---- */

/* Takes values (N, …) with weights (or NULL) into a metric's total and count. */
bool cn_metric_add_mean(void *metric, cn_tensor *values, cn_tensor *sample_weight);
/* total / count */
cn_tensor *cn_metric_mean(const void *metric);

/* ---- for compile ---- */

/* A name without arguments that is not JSON. */
bool cn_is_plain_name(cn_str spec);
/* The metric that compile makes of a spec for outputs of these shapes: "accuracy" and "acc" become
 * binary, sparse or categorical; a name is the metric's name in the logs as it was written. */
cn_metric *cn_metric_for(cn_str spec, cn_shape y_true, cn_shape y_pred);

#endif
