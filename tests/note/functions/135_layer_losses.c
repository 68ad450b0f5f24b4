/* l1 of the kernel and l2 of the output on 5 samples of twos: .25 + 5. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *layer = cn_dense(5, .kernel_initializer = "ones", .kernel_regularizer = "l1(0.01)",
                               .activity_regularizer = "l2(0.01)");
    cn_tensor *twos = cn_mul(cn_ones(cn_shape(5, 5), CN_FLOAT32), 2);
    CHECK(cn_call(layer, twos));
    cn_list *losses = cn_losses(layer);
    CHECK(cn_list_length(losses) == 2);
    NEAR(cn_item(cn_nth(losses, 0)), 5); /* divided by the batch's size */
    NEAR(cn_item(cn_nth(losses, 1)), 0.25);

    cn_model *model = cn_sequential(cn_input(5), layer);
    cn_compile(model, "sgd");
    NEAR(cn_logs_get(cn_evaluate(model, cn_from_arrays(twos), .verbose = 0), "loss"), 5.25);
}
