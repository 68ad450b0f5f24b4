/* l1 of the kernel and l2 of the output on 5 samples of twos: .25 + 5. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(5), cn_dense(5, .kernel_initializer = "ones",
                                                          .kernel_regularizer = "l1(0.01)",
                                                          .activity_regularizer = "l2(0.01)"));
    cn_compile(model, "sgd");
    cn_dataset *data = cn_from_arrays(cn_mul(cn_ones(cn_shape(5, 5), CN_FLOAT32), 2));
    NEAR(cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss"), 5.25);
}
