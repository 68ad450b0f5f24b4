/* Losses of regression. https://keras.io/api/losses/regression_losses/ */
#include <math.h>

#include "losses/functions.h"
#include "losses/loss.h"

bool cn_align_targets(cn_tensor **y_true, cn_tensor **y_pred)
{
    if (!*y_true || !*y_pred)
        return false;
    *y_true = cn_cast(*y_true, (*y_pred)->dtype);
    return cn_same_rank(y_true, y_pred, true);
}

cn_tensor *cn_mean_squared_error_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    return cn_mean(cn_square(cn_sub(y_true, y_pred)), .axis = {-1});
}

cn_tensor *cn_mean_absolute_error_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    return cn_mean(cn_abs(cn_sub(y_true, y_pred)), .axis = {-1});
}

cn_tensor *cn_mean_absolute_percentage_error_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    cn_tensor *size = cn_maximum(cn_abs(y_true), cn_epsilon());
    return cn_mul(100.0, cn_mean(cn_abs(cn_div(cn_sub(y_true, y_pred), size)), .axis = {-1}));
}

/* log(1 + x), x kept away from 0. */
static cn_tensor *log_of(cn_tensor *x)
{
    return cn_log(cn_add(cn_maximum(x, cn_epsilon()), 1.0));
}

cn_tensor *cn_mean_squared_logarithmic_error_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    return cn_mean(cn_square(cn_sub(log_of(y_pred), log_of(y_true))), .axis = {-1});
}

cn_tensor *cn_cosine_similarity_of(cn_tensor *y_true, cn_tensor *y_pred, int64_t axis)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    y_true = cn_l2_normalize(y_true, axis, cn_epsilon());
    y_pred = cn_l2_normalize(y_pred, axis, cn_epsilon());
    return cn_sum(cn_mul(y_true, y_pred), .axis = {axis});
}

cn_tensor *cn_huber_of(cn_tensor *y_true, cn_tensor *y_pred, double delta)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    cn_tensor *error = cn_sub(y_pred, y_true), *size = cn_abs(error);
    cn_tensor *square = cn_mul(0.5, cn_square(error));
    cn_tensor *line = cn_sub(cn_mul(delta, size), 0.5 * delta * delta);
    return cn_mean(cn_select(cn_less_equal(size, delta), square, line), .axis = {-1});
}

/* log(cosh(x)) = x + softplus(-2 x) - log 2 */
cn_tensor *cn_log_cosh_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_align_targets(&y_true, &y_pred))
        return NULL;
    cn_tensor *x = cn_sub(y_pred, y_true);
    return cn_mean(cn_sub(cn_add(x, cn_softplus(cn_mul(x, -2.0))), log(2.0)), .axis = {-1});
}

CN_PLAIN_LOSS(mean_squared_error, "MeanSquaredError", "mse MSE")
CN_PLAIN_LOSS(mean_absolute_error, "MeanAbsoluteError", "mae MAE")
CN_PLAIN_LOSS(mean_absolute_percentage_error, "MeanAbsolutePercentageError", "mape MAPE")
CN_PLAIN_LOSS(mean_squared_logarithmic_error, "MeanSquaredLogarithmicError", "msle MSLE")
CN_PLAIN_LOSS(log_cosh, "LogCosh", "logcosh")

#define COSINE(P) P(int, axis, -1, "the axis of the vectors")
CN_LOSS_STRUCT(cosine_similarity_loss, COSINE, )
static cn_tensor *cosine_call(cosine_similarity_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_neg(cn_cosine_similarity_of(y_true, y_pred, self->axis));
}

/* Keras forgets the parameters of these two; ours are written where they say something. */
static bool write_axis(const cosine_similarity_loss *self, cn_json *config)
{
    if (self->axis == -1)
        cn_json_free(cn_json_remove(config, "axis"));
    return true;
}
CN_LOSS(cosine_similarity_loss, "CosineSimilarity", NULL, .call = cosine_call,
        .write_config = write_axis)

#define HUBER(P) P(float, delta, 1.0, "where the square becomes a line")
CN_LOSS_STRUCT(huber_loss, HUBER, )
static cn_tensor *huber_call(huber_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_huber_of(y_true, y_pred, self->delta);
}

static bool write_delta(const huber_loss *self, cn_json *config)
{
    if (self->delta == 1)
        cn_json_free(cn_json_remove(config, "delta"));
    return true;
}
CN_LOSS(huber_loss, "Huber", NULL, .call = huber_call, .write_config = write_delta,
        .default_name = "huber_loss")
