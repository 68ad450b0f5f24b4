/* The mean |cosine| between different rows (or columns) of a matrix.
 * keras.regularizers.OrthogonalRegularizer */
#include <string.h>

#include "base/error.h"
#include "ops/ops.h"
#include "regularizers/regularizer.h"

#define ORTHOGONAL_REGULARIZER(P)        \
    P(float, factor, 0.01, "the factor") \
    P(cn_str, mode, "rows", "what shall be orthogonal: rows or columns")
CN_THING(orthogonal_regularizer, cn_instance, ORTHOGONAL_REGULARIZER, bool columns;)

static bool init(orthogonal_regularizer *self)
{
    self->factor = (float)self->factor; /* as Keras keeps it */
    self->columns = self->mode && !strcmp(self->mode, "columns");
    return self->columns || (self->mode && !strcmp(self->mode, "rows")) ||
           cn_fail(CN_EINVAL,
                   "Invalid value for argument `mode`. Expected one of {\"rows\", \"columns\"}. "
                   "Received: mode=%s",
                   self->mode ? self->mode : "None");
}

static cn_tensor *call(orthogonal_regularizer *self, cn_tensor *x)
{
    if (x->shape.rank != 2)
        return cn_fail_null(CN_EINVAL,
                            "Inputs to OrthogonalRegularizer must have rank 2. Received: "
                            "inputs.shape=%s",
                            cn_shape_text(x->shape));
    int axis = self->columns ? 0 : 1;
    int64_t n = x->shape.dim[1 - axis];
    cn_tensor *sum = cn_sum(cn_square(x), .axis = {{axis}}, .keepdims = true);
    cn_tensor *unit = cn_mul(x, cn_minimum(cn_rsqrt(sum), 1 / cn_epsilon()));
    cn_tensor *cosines = cn_matmul_t(unit, unit, self->columns, !self->columns); /* (n, n) */
    cn_tensor *others = cn_mul(cosines, cn_sub(1.0, cn_eye(n, n, x->dtype)));
    double pairs = (double)n * ((double)n - 1) / 2;
    return cn_div(cn_mul(cn_sum(cn_abs(others)), 0.5 * self->factor), pairs);
}
CN_REGULARIZER(orthogonal_regularizer, "OrthogonalRegularizer", NULL, .init = init, .call = call)
