/* clipnorm for each gradient, then clipvalue; the norm of all together is an argument of its own.
 */
#include "check.h"

/* What a step of rate 1 subtracts from zeros, of one gradient (3, 4). */
static cn_tensor *step(const char *spec)
{
    cn_optimizer *sgd = cn_optimizer_new(spec);
    cn_tensor *w = cn_variable(cn_zeros(cn_shape(2), CN_FLOAT32));
    cn_apply_gradients(sgd, cn_list_of(cn_values(cn_shape(2), 3, 4)), cn_list_of(w));
    return cn_neg(w);
}

int main(void)
{
    cn_on_error(cn_die);
    VALUES(step("sgd(1.0)"), 1e-6, 3, 4);
    VALUES(step("sgd(1.0, clipnorm=1)"), 1e-6, 0.6, 0.8);
    VALUES(step("sgd(1.0, clipnorm=10)"), 1e-6, 3, 4);
    VALUES(step("sgd(1.0, clipvalue=3.5)"), 1e-6, 3, 3.5);
    VALUES(step("sgd(1.0, clipnorm=1, clipvalue=0.7)"), 1e-6, 0.6, 0.7);

    cn_optimizer *sgd = cn_optimizer_new("sgd(1.0, global_clipnorm=1)");
    cn_tensor *a = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
    cn_tensor *b = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
    cn_apply_gradients(sgd, cn_list_of(cn_values(cn_shape(1), 3), cn_values(cn_shape(1), 4)),
                       cn_list_of(a, b));
    VALUES(a, 1e-6, -0.6);
    VALUES(b, 1e-6, -0.8);
}
