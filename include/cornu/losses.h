/* Losses: keras.losses. A loss is named by a spec: "mse",
 * "sparse_categorical_crossentropy(from_logits=true)", "huber(0.5, reduction=sum)". Class numbers
 * outside of the classes are an error when it runs. https://keras.io/api/losses/
 *
 *     mean_squared_error (mse), mean_absolute_error (mae), mean_absolute_percentage_error (mape),
 *     mean_squared_logarithmic_error (msle), cosine_similarity(axis), huber(delta), log_cosh,
 *     binary_crossentropy (bce), categorical_crossentropy (from_logits, label_smoothing, axis),
 *     sparse_categorical_crossentropy(from_logits, ignore_class, axis), kl_divergence (kld),
 *     poisson, binary_focal_crossentropy, categorical_focal_crossentropy (alpha, gamma, …),
 *     categorical_generalized_cross_entropy(q), hinge, squared_hinge, categorical_hinge,
 *     dice(axis), tversky(alpha, beta, axis), circle(gamma, margin, remove_diagonal), ctc */
#ifndef CORNU_LOSSES_H
#define CORNU_LOSSES_H

#include <cornu/class.h>

/* What every loss takes besides its own parameters. */
#define CN_LOSS_PARAMS(P)                                                 \
    P(cn_str, reduction, "sum_over_batch_size",                           \
      "sum_over_batch_size, sum, mean, mean_with_sample_weight or none")  \
    P(cn_str, name, NULL, "its name; default: its class's in snake case") \
    P(cn_str, dtype, NULL, "dtype of the computation")

typedef struct cn_loss cn_loss;

/* The loss of that spec. Error CN_ENOTFOUND with near names. */
CN_API cn_loss *cn_loss_new(cn_str spec);
/* The reduced value (a scalar; per-sample values where reduction is none) of y_pred against y_true;
 * `sample_weight` (NULL: none) broadcasts against the per-sample values. A mask of y_pred counts as
 * a weight. */
CN_API cn_tensor *cn_loss_call(cn_loss *loss, cn_tensor *y_true, cn_tensor *y_pred,
                               cn_tensor *sample_weight);
typedef struct cn_loss_of_options {
    cn_at at;
    cn_tensor *y_true, *y_pred;
} cn_loss_of_options;
/* The same in one go: cn_loss_of("mse", y, model_output), or so that no swap goes unseen,
 * cn_loss_of("mse", .y_true = y, .y_pred = model_output). */
CN_API cn_tensor *cn_loss_of_with(cn_str spec, const cn_loss_of_options *options);
#define cn_loss_of(spec, ...) \
    (CN_MARK("cn_loss_of"), cn_loss_of_with(spec, &(cn_loss_of_options){.at = CN_AT, __VA_ARGS__}))

/* An own loss: per-sample values (or already a scalar) from y_true and y_pred. `arguments` names
 * its arguments with their defaults, "smooth=1.0", or is NULL. Usable by name wherever a loss is
 * named, and saved with the model. */
typedef cn_tensor *(*cn_loss_function)(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args);
CN_API bool cn_register_loss(cn_str name, cn_loss_function function, cn_str arguments);

#endif
