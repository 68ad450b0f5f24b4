/* Metrics that keep all four counts at many thresholds: AUC and its kin. */
#ifndef CN_METRICS_CONFUSION_STATE_H
#define CN_METRICS_CONFUSION_STATE_H

#include "metrics/confusion.h"

/* Makes true_positives, false_positives, true_negatives, false_negatives of that shape. */
bool cn_add_counts(void *metric, cn_shape shape);
/* The variables that cn_add_counts made, which are the metric's first. */
cn_counts cn_counts_of(const void *metric);
/* Parts of what they count; 0 where nothing is counted. */
cn_tensor *cn_recall_of(cn_counts c);      /* tp / (tp + fn) */
cn_tensor *cn_precision_of(cn_counts c);   /* tp / (tp + fp) */
cn_tensor *cn_specificity_of(cn_counts c); /* tn / (tn + fp) */

#endif
