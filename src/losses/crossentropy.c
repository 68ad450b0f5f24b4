/* Crossentropies of two classes and of one-hot classes.
 * https://keras.io/api/losses/probabilistic_losses/ */
#include "losses/crossentropy.h"

#include "base/error.h"

bool cn_expect_same_shape(const cn_tensor *y_true, const cn_tensor *y_pred, cn_str who)
{
    if (!y_true || !y_pred)
        return false;
    if (cn_shape_matches(y_true->shape, y_pred->shape))
        return true;
    return cn_fail(CN_EINVAL,
                   "%s: expected y_true and y_pred of the same shape. Received: y_true.shape=%s, "
                   "y_pred.shape=%s",
                   who, cn_shape_text(y_true->shape), cn_shape_text(y_pred->shape));
}

cn_tensor *cn_smooth_labels(cn_tensor *y_true, double smoothing, double classes)
{
    return smoothing ? cn_add(cn_mul(y_true, 1 - smoothing), smoothing / classes) : y_true;
}

cn_tensor *cn_clip_probability(cn_tensor *x)
{
    return cn_clip(x, cn_epsilon(), 1 - cn_epsilon());
}

cn_tensor *cn_binary_entropy(cn_tensor *target, cn_tensor *output, bool from_logits)
{
    cn_tensor *other = cn_sub(1.0, target);
    if (from_logits) /* -log sigmoid(x) = softplus(-x) */
        return cn_add(cn_mul(target, cn_softplus(cn_neg(output))),
                      cn_mul(other, cn_softplus(output)));
    cn_tensor *p = cn_clip_probability(output);
    return cn_neg(cn_add(cn_mul(target, cn_log(p)), cn_mul(other, cn_log(cn_sub(1.0, p)))));
}

cn_tensor *cn_binary_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred, cn_crossentropy o)
{
    if (!cn_expect_same_shape(y_true, y_pred, "binary_crossentropy"))
        return NULL;
    cn_tensor *target = cn_smooth_labels(cn_cast(y_true, y_pred->dtype), o.label_smoothing, 2);
    return cn_mean(cn_binary_entropy(target, y_pred, o.from_logits), .axis = {o.axis});
}

/* log softmax(x) or, of probabilities, log(x / sum(x)). */
static cn_tensor *log_probability(cn_tensor *x, bool from_logits, int64_t axis)
{
    if (!from_logits)
        return cn_log(cn_clip_probability(cn_div(x, cn_sum(x, .axis = {axis}, .keepdims = true))));
    cn_tensor *top = cn_stop_gradient(cn_max(x, .axis = {axis}, .keepdims = true));
    cn_tensor *shifted = cn_sub(x, top);
    return cn_sub(shifted, cn_log(cn_sum(cn_exp(shifted), .axis = {axis}, .keepdims = true)));
}

cn_tensor *cn_categorical_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred, cn_crossentropy o)
{
    if (!cn_expect_same_shape(y_true, y_pred, "categorical_crossentropy"))
        return NULL;
    double classes = (double)cn_dim(y_true, -1);
    cn_tensor *target =
        cn_smooth_labels(cn_cast(y_true, y_pred->dtype), o.label_smoothing, classes);
    cn_tensor *log_p = log_probability(y_pred, o.from_logits, o.axis);
    return cn_neg(cn_sum(cn_mul(target, log_p), .axis = {o.axis}));
}

CN_LOSS_STRUCT(binary_crossentropy_loss, CN_CROSSENTROPY_PARAMS, )
static cn_tensor *binary_call(binary_crossentropy_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_binary_crossentropy_of(y_true, y_pred, CN_CROSSENTROPY_OF(self));
}
CN_LOSS(binary_crossentropy_loss, "BinaryCrossentropy", "bce BCE", .call = binary_call)

CN_LOSS_STRUCT(categorical_crossentropy_loss, CN_CROSSENTROPY_PARAMS, )
static cn_tensor *categorical_call(categorical_crossentropy_loss *self, cn_tensor *y_true,
                                   cn_tensor *y_pred)
{
    return cn_categorical_crossentropy_of(y_true, y_pred, CN_CROSSENTROPY_OF(self));
}
CN_LOSS(categorical_crossentropy_loss, "CategoricalCrossentropy", NULL, .call = categorical_call)
