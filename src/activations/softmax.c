/* Activations over an axis: shares of a whole.
 * keras.activations.softmax, log_softmax, sparsemax */
#include "activations/activation.h"
#include "ops/ops.h"

#define AXIS(P) P(int, axis, -1, "the axis that sums to 1")
CN_TABLE_ACTIVATION(softmax, AXIS, "softmax", cn_softmax(x, self->axis))
CN_TABLE_ACTIVATION(log_softmax, AXIS, "log_softmax", cn_log_softmax(x, self->axis))

/* The sum over the axis, which stays with size 1. */
static cn_tensor *total(cn_tensor *x, int axis)
{
    return cn_sum(x, .axis = {{axis}}, .keepdims = true);
}

/* max(x - tau, 0). With the k largest of x those for which the k-th is above (their sum - 1) / k,
 * the tau of the paper is that quotient; Keras adds up the sums of the first 1, 2, … k of them in
 * place of their sum, and files hold what was trained with it. */
static cn_tensor *sparsemax(cn_tensor *x, int axis)
{
    cn_tensor *falling = cn_neg(cn_sort(cn_neg(x), axis)), *sums = cn_cumsum(falling, axis);
    cn_tensor *place = cn_cumsum(cn_ones_like(x), axis); /* 1, 2, … along the axis */
    cn_tensor *in = cn_greater(cn_sub(falling, cn_div(cn_sub(sums, 1), place)), 0);
    cn_tensor *k = total(cn_cast(in, cn_dtype_of(x)), axis);
    cn_tensor *tau = cn_div(cn_sub(total(cn_select(in, sums, 0), axis), 1), k);
    return cn_relu(cn_sub(x, tau));
}
CN_TABLE_ACTIVATION(sparsemax, AXIS, "sparsemax", sparsemax(x, self->axis))
