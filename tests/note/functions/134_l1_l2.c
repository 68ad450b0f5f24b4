/* l1, l2 and both on a kernel of ones. */
#include "check.h"

static double penalty(const char *regularizer)
{
    cn_model *model = cn_sequential(
        cn_input(5), cn_dense(5, .kernel_initializer = "ones", .kernel_regularizer = regularizer));
    cn_compile(model, "sgd");
    cn_dataset *data = cn_from_arrays(cn_ones(cn_shape(1, 5), CN_FLOAT32));
    return cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss");
}

int main(void)
{
    cn_on_error(cn_die);
    NEAR(penalty("l1(0.01)"), 0.25);
    NEAR(penalty("l2(0.01)"), 0.25);
    NEAR(penalty("l1_l2(l1=0.01, l2=0.01)"), 0.5);
}
