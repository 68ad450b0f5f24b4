/* Activations over an axis: shares of a whole.
 * keras.activations.softmax, log_softmax, sparsemax */
#include "activations/activation.h"
#include "ops/ops.h"

#define AXIS(P) P(int, axis, -1, "the axis that sums to 1")
CN_TABLE_ACTIVATION(softmax, AXIS, "softmax", cn_softmax(x, self->axis))
CN_TABLE_ACTIVATION(log_softmax, AXIS, "log_softmax", cn_log_softmax(x, self->axis))
