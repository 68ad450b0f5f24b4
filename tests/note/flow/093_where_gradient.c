/* An elementwise choice. Its gradient goes to the chosen side alone, and what the other side would
 * have given there, infinite or no number, does not come through. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_values(cn_shape(4), -1, 0, 1, 4), *above = cn_greater(x, 0);
    VALUES(cn_select(above, x, cn_mul(x, 10)), 1e-6, -10, 0, 1, 4);

    cn_tensor *y = cn_select(above, cn_sqrt(x), cn_mul(x, 10));
    VALUES(cn_nth(cn_gradients(y, cn_list_of(x)), 0), 1e-6, 10, 10, 0.5, 0.25);
    y = cn_select(above, cn_log(cn_add(cn_reshape(x, cn_shape(4)), 0)), 0);
    VALUES(cn_nth(cn_gradients(y, cn_list_of(x)), 0), 1e-6, 0, 0, 1, 0.25);

    /* a row divided by its count, where there is one */
    cn_tensor *rows = cn_values(cn_shape(2, 2), 1, 2, 3, 4), *n = cn_values(cn_shape(2, 1), 2, 0);
    y = cn_select(cn_greater(n, 0), cn_div(rows, n), 0);
    VALUES(y, 1e-6, 0.5, 1, 0, 0);
    cn_list *grads = cn_gradients(y, cn_list_of(rows, n));
    VALUES(cn_nth(grads, 0), 1e-6, 0.5, 0.5, 0, 0);
    VALUES(cn_nth(grads, 1), 1e-6, -0.75, 0);

    /* both orders: the second derivative of sqrt is -1/4 x^-1.5 */
    cn_tensor *first = cn_nth(cn_gradients(cn_select(above, cn_sqrt(x), 0), cn_list_of(x)), 0);
    VALUES(cn_nth(cn_gradients(first, cn_list_of(x)), 0), 1e-6, 0, 0, -0.25, -0.03125);
}
