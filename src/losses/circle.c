/* The circle loss: embeddings of one class are drawn together, others apart.
 * https://keras.io/api/losses/ Circle */
#include "cornu/layer.h"
#include "losses/loss.h"

#define CIRCLE(P)                                           \
    P(float, gamma, 80.0, "the scale of the logits")        \
    P(float, margin, 0.4, "how far apart classes shall be") \
    P(bool, remove_diagonal, true, "a sample is not its own neighbour")
CN_LOSS_STRUCT(circle_loss, CIRCLE, )

/* (N, N) bool: are i and j of one class? */
static cn_tensor *same_class(cn_tensor *labels)
{
    return cn_equal(labels, cn_transpose(labels));
}

/* (N, N) bool: is i != j? N may be unknown, so the numbers are counted. */
static cn_tensor *off_diagonal(cn_tensor *column)
{
    cn_tensor *places = cn_cumsum(cn_ones_like(column), 0);
    return cn_not_equal(places, cn_transpose(places));
}

/* log(sum(exp(x))) of each row's entries where `mask` is true. Others are so low that they vanish;
 * a row without any gives something as low, whose gradient is 0. */
static cn_tensor *masked_logsumexp(cn_tensor *mask, cn_tensor *x)
{
    return cn_logsumexp(cn_select(mask, x, -1e9), .axis = {1});
}

/* y_true (N,) or (N, 1): classes; y_pred (N, D): embeddings of length 1; result (N,). */
static cn_tensor *call(circle_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_tensor *labels = cn_reshape(cn_cast(y_true, CN_INT32), cn_shape(CN_ANY, 1));
    cn_tensor *positive = same_class(labels), *negative = cn_logical_not(positive);
    if (self->remove_diagonal)
        positive = cn_logical_and(positive, off_diagonal(labels));
    cn_tensor *distance = cn_maximum(cn_sub(1.0, cn_matmul_t(y_pred, y_pred, false, true)), 0.0);
    double margin = self->margin, gamma = self->gamma;
    cn_tensor *pull = cn_maximum(cn_select(positive, cn_add(margin, distance), 0.0), 0.0);
    cn_tensor *push = cn_maximum(cn_select(negative, cn_sub(1 + margin, distance), 0.0), 0.0);
    cn_tensor *pos = cn_mul(cn_mul(-gamma, pull), cn_sub(margin, distance));
    cn_tensor *neg = cn_mul(cn_mul(gamma, push), cn_sub(1 - margin, distance));
    cn_tensor *sum = cn_add(masked_logsumexp(positive, pos), masked_logsumexp(negative, neg));
    /* The mask has its own softplus: a tensor that its own mask depends on would never go. */
    cn_tensor *mask = cn_greater(cn_softplus(sum), 0);
    return mask ? cn_with_mask(cn_softplus(sum), mask) : NULL;
}
CN_LOSS(circle_loss, "Circle", NULL, .call = call)
