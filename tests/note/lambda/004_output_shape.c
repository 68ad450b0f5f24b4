/* An argument by name, and a declared shape: one with as many elements is what the result gets,
 * another is refused. */
#include "column.h"

int main(void)
{
    cn_tensor *a = cn_input(4, 2);
    cn_layer *layer = cn_lambda(column, .output_shape = {4, 1}, .arguments = "index=1");
    cn_tensor *y = cn_call(layer, a);
    CHECK(cn_rank(y) == 3 && cn_dim(y, 0) == CN_ANY && cn_dim(y, 1) == 4 && cn_dim(y, 2) == 1);

    cn_tensor *t = cn_reshape(cn_arange(0, 4, 1, CN_FLOAT32), cn_shape(1, 4, 1));
    cn_tensor *x =
        cn_add(cn_mul(t, 10), cn_arange(0, 2, 1, CN_FLOAT32)); /* x[n, t, c] = 10 t + c */
    VALUES(cn_predict(cn_functional(a, y), x), 0, 1, 11, 21, 31);

    CHECK(
        !cn_call(cn_lambda(column, .output_shape = {5}, .arguments = "index=1", .name = "cut"), a));
    CHECK(strstr(cn_error(), "Lambda 'cut': expected the declared output_shape (None, 5), but the "
                             "function returned the shape (None, 4)"));
}
