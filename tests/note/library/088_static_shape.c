/* The shape that is known before there is data. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_call(cn_conv2d(22, {3}, .padding = "same"), cn_input(32, 32, 3));
    cn_shape shape = cn_shape_of(x);
    CHECK(shape.dim[1] == 32);
    CHECK(cn_dim(x, 1) == 32 && cn_dim(x, -1) == 22);
}
