/* Losses of distributions and counts. https://keras.io/api/losses/probabilistic_losses/ */
#include "losses/functions.h"
#include "losses/loss.h"

/* sum of y_true log(y_true / y_pred) */
cn_tensor *cn_kl_divergence_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    y_true = cn_clip(cn_cast(y_true, cn_dtype_of(y_pred)), cn_epsilon(), 1.0);
    y_pred = cn_clip(y_pred, cn_epsilon(), 1.0);
    return cn_sum(cn_mul(y_true, cn_log(cn_div(y_true, y_pred))), .axis = {-1});
}

/* mean of y_pred - y_true log(y_pred) */
cn_tensor *cn_poisson_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    y_true = cn_cast(y_true, cn_dtype_of(y_pred));
    cn_tensor *log_pred = cn_log(cn_add(y_pred, cn_epsilon()));
    return cn_mean(cn_sub(y_pred, cn_mul(y_true, log_pred)), .axis = {-1});
}

CN_PLAIN_LOSS(kl_divergence, "KLDivergence", "kld KLD kullback_leibler_divergence")
CN_PLAIN_LOSS(poisson, "Poisson", NULL)
