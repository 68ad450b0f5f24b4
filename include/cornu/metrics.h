/* Metrics: keras.metrics. Named by specs as losses are: "accuracy", "auc(num_thresholds=100)",
 * "precision(thresholds=[0.2, 0.5])", "my_recall". https://keras.io/api/metrics/
 *
 *     mean, sum, mean_metric_wrapper(fn); accuracy, binary_accuracy(threshold),
 *     categorical_accuracy, sparse_categorical_accuracy, top_k_categorical_accuracy(k),
 *     sparse_top_k_categorical_accuracy(k); true_positives(thresholds) and its kin,
 *     precision, recall (thresholds, top_k, class_id), sensitivity_at_specificity(specificity),
 *     specificity_at_sensitivity, precision_at_recall, recall_at_precision, auc(num_thresholds,
 *     curve, summation_method, …), f1_score(average, threshold), fbeta_score(average, beta);
 *     io_u(num_classes, target_class_ids), mean_io_u, binary_io_u, one_hot_io_u,
 *     one_hot_mean_io_u; root_mean_squared_error, r2_score, pearson_correlation,
 *     concordance_correlation, and the means of losses: mse, mae, log_cosh, poisson, … */
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
 * the whole set). Arguments as in cn_register_loss, and `name`, by which logs and history call it:
 * the function's, or "my_recall(name=recall)"'s. */
typedef cn_tensor *(*cn_metric_function)(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args);
CN_API bool cn_register_metric(cn_str name, cn_metric_function function, cn_str arguments);

#endif
