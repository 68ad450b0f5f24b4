/* Counts of right and wrong answers at thresholds. keras.src.metrics.metrics_utils */
#ifndef CN_METRICS_CONFUSION_H
#define CN_METRICS_CONFUSION_H

#include "metrics/metric.h"
#include "metrics/numbers.h"

/* The variables to update, (T,) or, of several labels, (T, L); NULL: not wanted. */
typedef struct cn_counts {
    cn_tensor *true_positives, *false_positives, *true_negatives, *false_negatives;
} cn_counts;

typedef struct cn_thresholds {
    double *values; /* ascending where `even` */
    int count;
    bool even;                       /* evenly from 0 to 1: predictions are counted in buckets */
    int top_k;                       /* or CN_NONE: only the k largest of a sample count */
    int class_id;                    /* or CN_NONE: only this class is looked at */
    bool multi_label;                /* counts are kept by label */
    const cn_numbers *label_weights; /* of labels that are counted together; or NULL */
} cn_thresholds;

/* T thresholds from 0 to 1; a single one is 0.5. Owned: cn_mem_free. */
double *cn_even_thresholds(int count);
bool cn_is_even(const double *thresholds, int count);

/* Counts y_pred (N, …) above each threshold against y_true, whose numbers mean false where 0. */
bool cn_count(const cn_counts *to, const cn_thresholds *at, cn_tensor *y_true, cn_tensor *y_pred,
              cn_tensor *sample_weight);

#endif
