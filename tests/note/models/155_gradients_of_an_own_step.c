/* What a gradient tape does: record, differentiate, apply. Nothing is recorded beforehand: a tensor
 * knows where it came from. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_variable(cn_values(cn_shape(3), 1, -2, 5));
    cn_tensor *other = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32));
    cn_tensor *loss = cn_square(x);
    cn_list *vars = cn_list_of(x, other), *gradients = cn_gradients(loss, vars);
    VALUES(cn_nth(gradients, 0), 1e-6, 2, -4, 10);
    CHECK(cn_is_none(cn_nth(gradients, 1)));

    cn_optimizer *sgd = cn_optimizer_new("sgd(0.1)");
    cn_apply_gradients(sgd, gradients, vars);
    VALUES(x, 1e-6, 0.8, -1.6, 4);
    VALUES(other, 1e-6, 1, 1); /* none: not moved */
}
