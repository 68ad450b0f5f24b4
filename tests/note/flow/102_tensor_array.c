/* An array that grows as it is written: its stack, its gradient, and a place that is written twice.
 */
#include "check.h"

static cn_tensor *below_five(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 5);
}

static cn_list *write_multiple(cn_tensor *const *v, void *x)
{
    cn_tensor *i = v[0];
    return cn_list_of(cn_add(i, 1),
                      cn_array_write(v[1], i, cn_mul((cn_tensor *)x, cn_cast(i, CN_FLOAT32))));
}

int main(void)
{
    cn_tensor *x = cn_values(cn_shape(2), 1, 10), *zero = cn_zeros(CN_SCALAR, CN_INT32);
    cn_tensor *array = cn_tensor_array(.size = 1, .dynamic_size = true, .like = x);
    cn_list *r = cn_while_loop(below_five, write_multiple, {zero, array}, .user = x);
    cn_tensor *stacked = cn_array_stack(cn_nth(r, 1));
    VALUES(stacked, 0, 0, 0, 1, 10, 2, 20, 3, 30, 4, 40);
    VALUES(cn_nth(cn_gradients(cn_sum(stacked), cn_list_of(x)), 0), 0, 10, 10);
    VALUES(cn_array_read(cn_nth(r, 1), 3), 0, 3, 30); /* as often as one likes */
    VALUES(cn_array_read(cn_nth(r, 1), 3), 0, 3, 30);

    cn_tensor *twice = cn_array_write(cn_nth(r, 1), 0, x);
    CHECK(!cn_data(cn_array_stack(twice)));
    CHECK(strstr(cn_error(), "place 0 was written before"));
}
