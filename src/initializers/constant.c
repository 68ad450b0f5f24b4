/* zeros, ones, constant. keras.initializers.Zeros, Ones, Constant */
#include "initializers/initializer.h"
#include "ops/ops.h"

#define ZEROS(P)
CN_THING(zeros, cn_instance, ZEROS, )
#define ONES(P)
CN_THING(ones, cn_instance, ONES, )
#define CONSTANT(P) P(float, value, 0.0, "the value")
CN_THING(constant, cn_instance, CONSTANT, )

static cn_tensor *call_zeros(zeros *self, cn_shape shape, cn_dtype dtype)
{
    (void)self;
    return cn_zeros(shape, dtype);
}

static cn_tensor *call_ones(ones *self, cn_shape shape, cn_dtype dtype)
{
    (void)self;
    return cn_ones(shape, dtype);
}

static cn_tensor *call_constant(constant *self, cn_shape shape, cn_dtype dtype)
{
    return cn_full(shape, self->value, dtype);
}

CN_INITIALIZER(zeros, "Zeros", "zero", .call = call_zeros)
CN_INITIALIZER(ones, "Ones", "one", .call = call_ones)
CN_INITIALIZER(constant, "Constant", NULL, .call = call_constant)
