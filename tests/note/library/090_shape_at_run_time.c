/* The shape as a tensor: one graph, run with batches of 3 and of 5. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_input(4, 2, 7), *shape = cn_shape_tensor(x);
    CHECK(cn_dtype_of(shape) == CN_INT32 && cn_dim(shape, 0) == 4);
    cn_tensor *batch = cn_cast(cn_slice(shape, "0"), CN_FLOAT32);
    CHECK(cn_rank(batch) == 0);
    cn_model *model = cn_functional(x, cn_add(cn_mul(x, 0), batch));
    for (int n = 3; n <= 5; n += 2) {
        cn_tensor *y = cn_call(model, cn_ones(cn_shape(n, 4, 2, 7), CN_FLOAT32));
        NEAR(cn_item(cn_max(y)), n);
        NEAR(cn_item(cn_min(y)), n);
        y = cn_predict(model, cn_ones(cn_shape(n, 4, 2, 7), CN_FLOAT32));
        NEAR(cn_item(cn_max(y)), n);
    }
}
