/* A slice for each index. Repeated indices add up in the gradient, one outside is an error. */
#include "check.h"

int main(void)
{
    cn_tensor *params = cn_values(cn_shape(3, 2), 1, 2, 3, 4, 5, 6);
    cn_tensor *indices = cn_array((int[]){2, 0, 2}, CN_INT32, cn_shape(3));
    cn_tensor *rows = cn_gather(params, indices, 0);
    VALUES(rows, 0, 5, 6, 1, 2, 5, 6);
    VALUES(cn_nth(cn_gradients(rows, cn_list_of(params)), 0), 0, 1, 1, 0, 0, 2, 2);
    VALUES(cn_gather(params, cn_array((int[]){1}, CN_INT32, cn_shape(1)), 1), 0, 2, 4, 6);

    indices = cn_array((int[]){0, 3}, CN_INT32, cn_shape(2));
    CHECK(!cn_data(cn_gather(params, indices, 0)) && cn_error_code() == CN_EINVAL);
    CHECK(strstr(cn_error(), "cn_gather: the index 3 at (1,) is outside axis 0 of size 3"));
    cn_clear_error();
}
