/* An optimizer's weights: the iterations, int64, then a slot for each variable. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_optimizer *sgd = cn_optimizer_new("sgd(0.1, momentum=0.9)");
    cn_tensor *a = cn_variable(cn_zeros(cn_shape(2, 3), CN_FLOAT32), .name = "a");
    cn_tensor *b = cn_variable(cn_zeros(cn_shape(3), CN_FLOAT32), .name = "b");
    cn_list *params = cn_list_of(a, b);
    cn_optimizer_build(sgd, params);
    cn_list *weights = cn_optimizer_weights(sgd);
    CHECK(cn_list_length(weights) == 3);
    CHECK(cn_dtype_of(cn_nth(weights, 0)) == CN_INT64 && cn_rank(cn_nth(weights, 0)) == 0);
    TEXT(cn_variable_name(cn_nth(weights, 0)), "iteration");
    CHECK(cn_rank(cn_nth(weights, 1)) == 2 && cn_size(cn_nth(weights, 1)) == 6);
    CHECK(cn_rank(cn_nth(weights, 2)) == 1 && cn_size(cn_nth(weights, 2)) == 3);
    CHECK(cn_slot(sgd, b, "momentum") == cn_nth(weights, 2));

    /* Keras 3 has the learning rate among them, behind the iterations */
    cn_list *all = cn_optimizer_variables(sgd);
    CHECK(cn_list_length(all) == 4);
    TEXT(cn_variable_name(cn_nth(all, 1)), "learning_rate");

    cn_tensor *loss = cn_add(cn_sum(cn_square(cn_add(a, 1))), cn_sum(b));
    cn_apply_gradients(sgd, cn_get_gradients(sgd, loss, params), params);
    CHECK(cn_item(cn_nth(weights, 0)) == 1);
    VALUES(cn_nth(weights, 2), 1e-6, -0.1, -0.1, -0.1);
}
