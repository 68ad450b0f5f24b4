/* Penalties: factors times the sum of magnitudes, of squares, or both.
 * keras.regularizers.L1, L2, L1L2 */
#include <math.h>

#include "base/error.h"
#include "ops/ops.h"
#include "regularizers/regularizer.h"

static bool check(double value, const char *name)
{
    return (isfinite(value) && value >= 0) ||
           cn_fail(CN_EINVAL,
                   "Invalid value for argument %s: expected a non-negative float. Received: %s=%g",
                   name, name, value);
}

static cn_tensor *magnitudes(cn_tensor *x, double factor)
{
    return cn_mul(cn_sum(cn_abs(x)), factor);
}

static cn_tensor *squares(cn_tensor *x, double factor)
{
    return cn_mul(cn_sum(cn_square(x)), factor);
}

#define L1(P) P(float, l1, 0.01, "the factor")
CN_THING(l1, cn_instance, L1, )

static bool init_l1(l1 *self)
{
    self->l1 = (float)self->l1; /* Keras keeps this one as a float32 */
    return check(self->l1, "l1");
}

static cn_tensor *call_l1(l1 *self, cn_tensor *x)
{
    return magnitudes(x, self->l1);
}
CN_REGULARIZER(l1, "L1", NULL, .init = init_l1, .call = call_l1)

#define L2(P) P(float, l2, 0.01, "the factor")
CN_THING(l2, cn_instance, L2, )

static bool init_l2(l2 *self)
{
    return check(self->l2, "l2");
}

static cn_tensor *call_l2(l2 *self, cn_tensor *x)
{
    return squares(x, self->l2);
}
CN_REGULARIZER(l2, "L2", NULL, .init = init_l2, .call = call_l2)

#define L1_L2(P)                                  \
    P(float, l1, 0.0, "factor of the magnitudes") \
    P(float, l2, 0.0, "factor of the squares")
CN_THING(l1_l2, cn_instance, L1_L2, )

/* Keras reads None as 0. */
static bool init_both(l1_l2 *self)
{
    if (CN_IS_NONE(self->l1))
        self->l1 = 0;
    if (CN_IS_NONE(self->l2))
        self->l2 = 0;
    return check(self->l1, "l1") && check(self->l2, "l2");
}

static cn_tensor *call_both(l1_l2 *self, cn_tensor *x)
{
    if (!self->l1 && !self->l2)
        return cn_zeros(CN_SCALAR, x->dtype);
    cn_tensor *first = self->l1 ? magnitudes(x, self->l1) : NULL;
    if (!self->l2)
        return first;
    cn_tensor *second = squares(x, self->l2);
    return self->l1 ? cn_add(first, second) : second;
}
CN_REGULARIZER(l1_l2, "L1L2", "l1_l2", .init = init_both, .call = call_both)
