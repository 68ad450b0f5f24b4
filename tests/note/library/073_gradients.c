/* Gradients of several tensors to several: sums over the first, shaped like the others. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_variable(cn_values(cn_shape(3), 2, 3, 5));
    cn_tensor *x1 = cn_slice(x, "0"), *x2 = cn_slice(x, "1"), *x3 = cn_slice(x, "2");
    cn_tensor *y = cn_stack(cn_list_of(cn_mul(x1, x2), cn_mul(x2, x3)), 0);
    VALUES(cn_nth(cn_gradients(y, cn_list_of(x)), 0), 1e-6, 3, 7, 3);

    cn_list *parts = cn_list_of(cn_mul(x1, x2), cn_mul(x2, x3)); /* lists on both sides, or not */
    VALUES(cn_nth(cn_gradients(parts, x), 0), 1e-6, 3, 7, 3);

    cn_tensor *other = cn_variable(cn_zeros(cn_shape(2), CN_FLOAT32));
    cn_list *gradients = cn_gradients(y, cn_list_of(x, other));
    CHECK(!cn_is_none(cn_nth(gradients, 0)));
    CHECK(cn_is_none(cn_nth(gradients, 1))); /* none, and not zeros */
}
