/* Metrics: keras.metrics. Named by specs as losses are: "accuracy", "auc(num_thresholds=100)",
 * "my_recall". */
#ifndef CORNU_METRICS_H
#define CORNU_METRICS_H

#include <cornu/class.h>

/* What every metric takes besides its own parameters. */
#define CN_METRIC_PARAMS(P)                                                           \
    P(cn_str, name, NULL, "its name in the logs; default: its class's in snake case") \
    P(cn_str, dtype, NULL, "dtype of its state")

typedef struct cn_metric cn_metric;

/* The metric of that spec. "accuracy" needs cn_compile, which knows the shapes. */
CN_API cn_metric *cn_metric_new(cn_str spec);
/* Takes one batch into account: assigns to its variables. sample_weight may be NULL. */
CN_API bool cn_metric_update(cn_metric *metric, cn_tensor *y_true, cn_tensor *y_pred,
                             cn_tensor *sample_weight);
/* What it is now: a scalar, or a vector for metrics that give one number a class. */
CN_API cn_tensor *cn_metric_result(cn_metric *metric);
/* Back to the beginning. */
CN_API bool cn_metric_reset(cn_metric *metric);
/* Its variables, in Keras's order. */
CN_API cn_list *cn_metric_variables(cn_metric *metric);
CN_API cn_str cn_metric_name(const cn_metric *metric);

/* An own metric: a function of a batch whose mean over all batches is reported (not the value over
 * the whole set). Arguments as in cn_register_loss. */
typedef cn_tensor *(*cn_metric_function)(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args);
CN_API bool cn_register_metric(cn_str name, cn_metric_function function, cn_str arguments);

#endif
