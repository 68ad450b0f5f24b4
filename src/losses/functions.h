/* The functions behind losses, which metrics use too: values per sample, y_true (N, …, C) and
 * y_pred (N, …, C) -> (N, …). keras.losses.mean_squared_error and so on. */
#ifndef CN_LOSSES_FUNCTIONS_H
#define CN_LOSSES_FUNCTIONS_H

#include "ops/ops.h"

/* Options that crossentropies share. */
typedef struct cn_crossentropy {
    bool from_logits;
    double label_smoothing;
    int64_t axis;
} cn_crossentropy;

cn_tensor *cn_mean_squared_error_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_mean_absolute_error_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_mean_absolute_percentage_error_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_mean_squared_logarithmic_error_of(cn_tensor *y_true, cn_tensor *y_pred);
/* The cosine itself: the loss is its negative. */
cn_tensor *cn_cosine_similarity_of(cn_tensor *y_true, cn_tensor *y_pred, int64_t axis);
cn_tensor *cn_huber_of(cn_tensor *y_true, cn_tensor *y_pred, double delta);
cn_tensor *cn_log_cosh_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_hinge_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_squared_hinge_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_categorical_hinge_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_kl_divergence_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_poisson_of(cn_tensor *y_true, cn_tensor *y_pred);
cn_tensor *cn_binary_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred, cn_crossentropy o);
cn_tensor *cn_categorical_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred, cn_crossentropy o);
/* y_true (N, …) or (N, …, 1) are class numbers; one outside of the classes is an error when it
 * runs. Samples of `ignore_class` (CN_NONE: no such class) are 0, and the result has a mask. */
cn_tensor *cn_sparse_categorical_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred,
                                                 cn_crossentropy o, int ignore_class);

/* ---- parts ---- */

/* y_true in y_pred's dtype and, where that can be, rank. False: an operand is NULL. */
bool cn_align_targets(cn_tensor **y_true, cn_tensor **y_pred);
/* Error unless y_true and y_pred have one shape. `who` is the loss's name. */
bool cn_expect_same_shape(const cn_tensor *y_true, const cn_tensor *y_pred, cn_str who);
/* y_true drawn towards the mean of `classes` classes. */
cn_tensor *cn_smooth_labels(cn_tensor *y_true, double smoothing, double classes);
/* x kept away from 0 and 1 by epsilon. */
cn_tensor *cn_clip_probability(cn_tensor *x);
/* -t log p - (1 - t) log(1 - p) for each element. */
cn_tensor *cn_binary_entropy(cn_tensor *target, cn_tensor *output, bool from_logits);

#endif
