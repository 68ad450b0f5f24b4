/* Session().run, K.eval: the value of any tensor can be read, after a step too. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4);
    cn_layer *dense = cn_dense(2, .kernel_initializer = "ones", .activation = "relu");
    cn_tensor *hidden = cn_call(dense, x), *loss = cn_mean(cn_square(hidden));
    cn_list *vars = cn_trainable_weights(dense), *gradients = cn_gradients(loss, vars);
    cn_optimizer *sgd = cn_optimizer_new("sgd(0.01)");
    cn_apply_gradients(sgd, gradients, vars);
    NEAR(cn_item(loss), 29);
    VALUES(cn_nth(vars, 0), 1e-6, 0.88, 0.88, 0.83, 0.83); /* 1 - 0.01 * gradient */
    /* what was not looked at before is still what it was in the step */
    VALUES(hidden, 1e-6, 3, 3, 7, 7);
    VALUES(cn_nth(gradients, 0), 1e-6, 12, 12, 17, 17);
    VALUES(cn_nth(gradients, 1), 1e-6, 5, 5);
    VALUES(cn_call(dense, x), 1e-5, 2.49, 2.49, 5.91, 5.91); /* the weights of now */
}
