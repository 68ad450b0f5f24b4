/* An own function of shape and dtype as an initializer. */
#include "check.h"

static cn_shape shape_seen;
static cn_dtype dtype_seen;

static cn_tensor *my_init(cn_shape shape, cn_dtype dtype, const cn_args *args)
{
    (void)args;
    shape_seen = shape;
    dtype_seen = dtype;
    return cn_random_normal(shape, 0, 1, dtype, cn_seed(1));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_initializer("my_init", my_init, NULL);
    cn_layer *layer = cn_dense(64, .kernel_initializer = "my_init");
    CHECK(cn_call(layer, cn_input(12)));
    CHECK(shape_seen.rank == 2 && shape_seen.dim[0] == 12 && shape_seen.dim[1] == 64);
    CHECK(dtype_seen == CN_FLOAT32);
    cn_tensor *want = cn_random_normal(cn_shape(12, 64), 0, 1, CN_FLOAT32, cn_seed(1));
    CHECK(!memcmp(cn_floats(cn_layer_weight(layer, "kernel")), cn_floats(want),
                  12 * 64 * sizeof(float)));
}
