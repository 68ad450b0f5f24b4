/* Losses of maximal margins. https://keras.io/api/losses/hinge_losses/ */
#include "losses/functions.h"
#include "losses/loss.h"

/* Labels that are all 0 or 1 become -1 or 1. */
static cn_tensor *as_signs(cn_tensor *y_true)
{
    cn_tensor *binary = cn_all(cn_logical_or(cn_equal(y_true, 0), cn_equal(y_true, 1)));
    return cn_select(binary, cn_sub(cn_mul(2.0, y_true), 1.0), y_true);
}

/* max(1 - y_true y_pred, 0) for each element. */
static cn_tensor *margin(cn_tensor *y_true, cn_tensor *y_pred)
{
    y_true = as_signs(cn_cast(y_true, cn_dtype_of(y_pred)));
    return cn_maximum(cn_sub(1.0, cn_mul(y_true, y_pred)), 0.0);
}

cn_tensor *cn_hinge_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_mean(margin(y_true, y_pred), .axis = {-1});
}

cn_tensor *cn_squared_hinge_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_mean(cn_square(margin(y_true, y_pred)), .axis = {-1});
}

/* max(neg - pos + 1, 0): pos of the right class, neg the largest of the others. */
cn_tensor *cn_categorical_hinge_of(cn_tensor *y_true, cn_tensor *y_pred)
{
    y_true = cn_cast(y_true, cn_dtype_of(y_pred));
    cn_tensor *pos = cn_sum(cn_mul(y_true, y_pred), .axis = {-1});
    cn_tensor *neg = cn_max(cn_mul(cn_sub(1.0, y_true), y_pred), .axis = {-1});
    return cn_maximum(cn_add(cn_sub(neg, pos), 1.0), 0.0);
}

CN_PLAIN_LOSS(hinge, "Hinge", NULL)
CN_PLAIN_LOSS(squared_hinge, "SquaredHinge", NULL)
CN_PLAIN_LOSS(categorical_hinge, "CategoricalHinge", NULL)
