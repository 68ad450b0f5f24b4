/* Columns as pictures of one pixel's width, side by side. */
#include "column.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *a = cn_input(4, 2);
    cn_tensor *x1 = cn_call(cn_lambda(column, .arguments = "index=0"), a);
    cn_tensor *x2 = cn_call(cn_lambda(column, .arguments = "index=1"), a);
    x1 = cn_call(cn_reshape_layer({4, 1, 1}), x1);
    x2 = cn_call(cn_reshape_layer({4, 1, 1}), x2);
    cn_tensor *output = cn_call(cn_concatenate(), x1, x2);
    CHECK(cn_rank(output) == 4 && cn_dim(output, 0) == CN_ANY && cn_dim(output, 1) == 4);
    CHECK(cn_dim(output, 2) == 1 && cn_dim(output, 3) == 2);

    cn_tensor *x = cn_reshape(cn_arange(0, 16, 1, CN_FLOAT32), cn_shape(2, 4, 2));
    cn_tensor *y = cn_predict(cn_functional(a, output), x);
    CHECK(!memcmp(cn_floats(y), cn_floats(x), 16 * sizeof(float)));
}
