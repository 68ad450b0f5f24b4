/* Metrics that are the means of losses' functions.
 * https://keras.io/api/metrics/regression_metrics/ and probabilistic_metrics, hinge_metrics */
#include "losses/functions.h"
#include "metrics/metric.h"

#define PLAIN(id, name, aliases, ...)                                                      \
    CN_METRIC_STRUCT(id##_metric, CN_NO_PARAMS, )                                          \
    static cn_tensor *id##_values(id##_metric *self, cn_tensor *y_true, cn_tensor *y_pred) \
    {                                                                                      \
        (void)self;                                                                        \
        return cn_##id##_of(y_true, y_pred);                                               \
    }                                                                                      \
    CN_METRIC(id##_metric, name, aliases, .values = id##_values, __VA_ARGS__)

PLAIN(mean_squared_error, "MeanSquaredError", "mse MSE", )
PLAIN(mean_absolute_error, "MeanAbsoluteError", "mae MAE", )
PLAIN(mean_absolute_percentage_error, "MeanAbsolutePercentageError", "mape MAPE", )
PLAIN(mean_squared_logarithmic_error, "MeanSquaredLogarithmicError", "msle MSLE", )
PLAIN(log_cosh, "LogCoshError", "log_cosh logcosh", .default_name = "logcosh")
PLAIN(kl_divergence, "KLDivergence", "kld KLD", )
PLAIN(poisson, "Poisson", NULL, )
PLAIN(hinge, "Hinge", NULL, )
PLAIN(squared_hinge, "SquaredHinge", NULL, )
PLAIN(categorical_hinge, "CategoricalHinge", NULL, )

#define AXIS(P) P(int, axis, -1, "the axis of the vectors")
CN_METRIC_STRUCT(cosine_similarity_metric, AXIS, )
static cn_tensor *cosine(cosine_similarity_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_cosine_similarity_of(y_true, y_pred, self->axis);
}

/* Keras forgets the axis; ours is written where it says something. */
static bool write_axis(const cosine_similarity_metric *self, cn_json *config)
{
    if (self->axis == -1)
        cn_json_free(cn_json_remove(config, "axis"));
    return true;
}
CN_METRIC(cosine_similarity_metric, "CosineSimilarity", NULL, .values = cosine,
          .write_config = write_axis)

CN_METRIC_STRUCT(root_mean_squared_error_metric, CN_NO_PARAMS, )
static bool root_init(root_mean_squared_error_metric *self)
{
    cn_dtype dtype = cn_metric_dtype(self);
    return cn_metric_add(self, "total", CN_SCALAR, dtype) &&
           cn_metric_add(self, "count", CN_SCALAR, dtype);
}

/* Unlike the others it does not look at y_pred's mask. */
static bool root_update(root_mean_squared_error_metric *self, cn_tensor *y_true, cn_tensor *y_pred,
                        cn_tensor *sample_weight)
{
    y_pred = cn_cast(y_pred, cn_metric_dtype(self));
    return cn_align_targets(&y_true, &y_pred) &&
           cn_metric_add_mean(self, cn_square(cn_sub(y_pred, y_true)), sample_weight);
}

static cn_tensor *root_result(root_mean_squared_error_metric *self)
{
    return cn_sqrt(cn_metric_mean(self));
}
CN_METRIC(root_mean_squared_error_metric, "RootMeanSquaredError", NULL, .init = root_init,
          .update = root_update, .result = root_result)

#define BINARY(P)                                                      \
    P(bool, from_logits, false, "y_pred is logits, not probabilities") \
    P(float, label_smoothing, 0, "how far labels are drawn to the middle, 0 to 1")
CN_METRIC_STRUCT(binary_crossentropy_metric, BINARY, )
static cn_tensor *binary(binary_crossentropy_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_crossentropy o = {self->from_logits, self->label_smoothing, -1};
    return cn_binary_crossentropy_of(y_true, y_pred, o);
}
CN_METRIC(binary_crossentropy_metric, "BinaryCrossentropy", "bce BCE", .values = binary)

#define CATEGORICAL(P) BINARY(P) P(int, axis, -1, "the axis of the classes")
CN_METRIC_STRUCT(categorical_crossentropy_metric, CATEGORICAL, )
static cn_tensor *categorical(categorical_crossentropy_metric *self, cn_tensor *y_true,
                              cn_tensor *y_pred)
{
    cn_crossentropy o = {self->from_logits, self->label_smoothing, self->axis};
    return cn_categorical_crossentropy_of(y_true, y_pred, o);
}
CN_METRIC(categorical_crossentropy_metric, "CategoricalCrossentropy", NULL, .values = categorical)

#define SPARSE(P)                                                      \
    P(bool, from_logits, false, "y_pred is logits, not probabilities") \
    P(int, ignore_class, CN_NONE, "a class whose samples count as 0")  \
    P(int, axis, -1, "the axis of the classes")
CN_METRIC_STRUCT(sparse_categorical_crossentropy_metric, SPARSE, )
static cn_tensor *sparse(sparse_categorical_crossentropy_metric *self, cn_tensor *y_true,
                         cn_tensor *y_pred)
{
    cn_crossentropy o = {self->from_logits, 0, self->axis};
    return cn_sparse_categorical_crossentropy_of(y_true, y_pred, o, self->ignore_class);
}
CN_METRIC(sparse_categorical_crossentropy_metric, "SparseCategoricalCrossentropy", NULL,
          .values = sparse)
