/* Penalties for the kernel, the bias and the output: each adds its own term. */
#include "check.h"

/* The loss of two layers of ones on ones when nothing but penalties counts. */
static double penalty(cn_layer *dense)
{
    cn_model *model = cn_sequential(cn_input(5), dense);
    cn_compile(model, "sgd");
    cn_dataset *data = cn_from_arrays(cn_ones(cn_shape(2, 5), CN_FLOAT32));
    return cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss");
}

#define ONES .kernel_initializer = "ones", .bias_initializer = "ones"

int main(void)
{
    cn_on_error(cn_die);
    NEAR(penalty(cn_dense(5, ONES, .kernel_regularizer = "l2(0.01)")), 0.25);
    NEAR(penalty(cn_dense(5, ONES, .bias_regularizer = "l2(0.01)")), 0.05);
    /* outputs of 6, 5 a sample; the penalty is divided by the batch's size */
    NEAR(penalty(cn_dense(5, ONES, .activity_regularizer = "l2(0.01)")), 0.01 * 5 * 36);
    NEAR(penalty(cn_dense(5, ONES, .kernel_regularizer = "l2(0.01)", .bias_regularizer = "l2(0.01)",
                          .activity_regularizer = "l2(0.01)")),
         0.25 + 0.05 + 1.8);
}
