/* A transposed convolution from 32 to 512 pixels, its kernel's size being worked out. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    int64_t in = 32, out = 512, stride = 2, k = out - (in - 1) * stride;
    CHECK(k == 450);
    cn_tensor *x = cn_input(in, in, 32);
    cn_layer *grow = cn_conv2d_transpose(1, {k}, .padding = "valid", .strides = {2});
    cn_tensor *y = cn_call(grow, x);
    CHECK(cn_dim(y, 0) == CN_ANY && cn_dim(y, 1) == 512 && cn_dim(y, 2) == 512 &&
          cn_dim(y, 3) == 1);
    CHECK(cn_count_params(grow) == 6480001);

    cn_layer *line = cn_conv1d_transpose(1, {3}, .strides = {2}, .use_bias = false);
    cn_tensor *signal = cn_values(cn_shape(1, 2, 1), 1, 2);
    cn_call(line, signal);
    cn_assign(cn_nth(line->weights, 0), cn_values(cn_shape(3, 1, 1), 1, 10, 100));
    VALUES(cn_call(line, signal), 1e-6, 1, 10, 102, 20, 200);
}
