/* Gradients of what was computed, applied in pairs; what was not touched has none. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_variable(cn_values(cn_shape(1), 3)), *other = cn_variable(cn_zeros_like(x));
    cn_list *vars = cn_list_of(x, other), *grads = cn_gradients(cn_square(x), vars);
    VALUES(cn_nth(grads, 0), 1e-6, 6); /* 2 x */
    CHECK(cn_is_none(cn_nth(grads, 1)));
    cn_optimizer *sgd = cn_optimizer_new("sgd(0.1)");
    cn_apply_gradients(sgd, grads, vars);
    VALUES(x, 1e-6, 2.4);
    VALUES(other, 1e-6, 0);
}
