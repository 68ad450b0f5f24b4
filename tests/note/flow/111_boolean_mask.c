/* (2, 2, 2, 4) by a mask of rank 3 with 3 of 8 true -> (3, 4); what flows back goes to its place.
 */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_reshape(cn_arange(0, 32, 1, CN_FLOAT32), cn_shape(2, 2, 2, 4));
    cn_tensor *mask = cn_values(cn_shape(2, 2, 2), 0, 1, 0, 0, 1, 0, 0, 1);
    cn_tensor *y = cn_boolean_mask(x, mask);
    CHECK(cn_rank(y) == 2);
    VALUES(y, 0, 4, 5, 6, 7, 16, 17, 18, 19, 28, 29, 30, 31);
    const float *grad = cn_floats(cn_nth(cn_gradients(cn_sum(cn_square(y)), cn_list_of(x)), 0));
    for (int i = 0; i < 32; i++)
        CHECK(grad[i] == (i / 4 == 1 || i / 4 == 4 || i / 4 == 7 ? 2.0F * (float)i : 0));

    cn_tensor *channels = cn_boolean_mask(x, cn_values(cn_shape(4), 1, 0, 0, 1), .axis = 3);
    CHECK(cn_dim(channels, 3) == 2);
    CHECK(cn_size(cn_boolean_mask(x, cn_zeros(cn_shape(2), CN_BOOL))) == 0);
}
