/* Crossentropies that look at the hard samples: weighted by (1 - p)^gamma, p the probability of the
 * right answer. https://keras.io/api/losses/probabilistic_losses/ */
#include "base/error.h"
#include "losses/crossentropy.h"
#include "losses/labels.h"

#define BINARY_FOCAL(P)                                                               \
    P(bool, apply_class_balancing, false, "weigh the classes by alpha and 1 - alpha") \
    P(float, alpha, 0.25, "the weight of class 1")                                    \
    P(float, gamma, 2.0, "how little easy samples count")                             \
    CN_CROSSENTROPY_PARAMS(P)
CN_LOSS_STRUCT(binary_focal_crossentropy_loss, BINARY_FOCAL, )

/* a where t is 1, b where it is 0, between where it is between. */
static cn_tensor *blend(cn_tensor *t, cn_tensor *a, cn_tensor *b)
{
    return cn_add(cn_mul(t, a), cn_mul(cn_sub(1.0, t), b));
}

static cn_tensor *binary_call(binary_focal_crossentropy_loss *self, cn_tensor *y_true,
                              cn_tensor *y_pred)
{
    if (!cn_expect_same_shape(y_true, y_pred, "binary_focal_crossentropy"))
        return NULL;
    cn_tensor *t = cn_smooth_labels(y_true, self->label_smoothing, 2);
    cn_tensor *p = self->from_logits ? cn_sigmoid(y_pred) : y_pred;
    cn_tensor *right = blend(t, p, cn_sub(1.0, p));
    cn_tensor *focal = cn_pow(cn_sub(1.0, right), self->gamma);
    cn_tensor *loss = cn_mul(focal, cn_binary_entropy(t, p, false));
    if (self->apply_class_balancing) {
        cn_tensor *alpha = cn_number_float(self->alpha);
        loss = cn_mul(blend(t, alpha, cn_sub(1.0, alpha)), loss);
    }
    return cn_mean(loss, .axis = {self->axis});
}
CN_LOSS(binary_focal_crossentropy_loss, "BinaryFocalCrossentropy", NULL, .call = binary_call)

#define CATEGORICAL_FOCAL(P)                              \
    P(float, alpha, 0.25, "the weight of all classes")    \
    P(float, gamma, 2.0, "how little easy samples count") \
    CN_CROSSENTROPY_PARAMS(P)
CN_LOSS_STRUCT(categorical_focal_crossentropy_loss, CATEGORICAL_FOCAL, )

static cn_tensor *categorical_call(categorical_focal_crossentropy_loss *self, cn_tensor *y_true,
                                   cn_tensor *y_pred)
{
    if (!cn_expect_same_shape(y_true, y_pred, "categorical_focal_crossentropy"))
        return NULL;
    cn_tensor *t = cn_smooth_labels(y_true, self->label_smoothing, (double)cn_dim(y_true, -1));
    cn_tensor *p = self->from_logits ? cn_softmax(y_pred, self->axis) : y_pred;
    p = cn_clip_probability(cn_div(p, cn_sum(p, .axis = {self->axis}, .keepdims = true)));
    cn_tensor *weight = cn_mul(cn_pow(cn_sub(1.0, p), self->gamma), self->alpha);
    cn_tensor *loss = cn_mul(weight, cn_neg(cn_mul(t, cn_log(p))));
    return cn_sum(loss, .axis = {self->axis});
}
CN_LOSS(categorical_focal_crossentropy_loss, "CategoricalFocalCrossentropy", NULL,
        .call = categorical_call)

#define GENERALIZED(P) P(float, q, 0.5, "between 0, crossentropy, and 1, absolute error")
CN_LOSS_STRUCT(generalized_crossentropy_loss, GENERALIZED, )

static bool generalized_init(generalized_crossentropy_loss *self)
{
    return (self->q > 0 && self->q < 1) ||
           cn_fail(CN_EINVAL,
                   "CategoricalGeneralizedCrossEntropy: expected 0 < q < 1. Received: q=%g",
                   self->q);
}

/* (1 - p^q) / q, p the probability of the class that y_true numbers. */
static cn_tensor *generalized_call(generalized_crossentropy_loss *self, cn_tensor *y_true,
                                   cn_tensor *y_pred)
{
    int64_t classes = cn_dim(y_pred, -1);
    cn_tensor *labels = cn_class_labels(y_true, classes, "categorical_generalized_cross_entropy");
    cn_tensor *hot = cn_one_hot(labels, classes, -1, cn_dtype_of(y_pred));
    cn_tensor *p = cn_sum(cn_mul(y_pred, hot), .axis = {-1});
    return cn_div(cn_sub(1.0, cn_pow(p, self->q)), self->q);
}
CN_LOSS(generalized_crossentropy_loss, "CategoricalGeneralizedCrossEntropy", NULL,
        .init = generalized_init, .call = generalized_call,
        .default_name = "categorical_generalized_cross_entropy")
