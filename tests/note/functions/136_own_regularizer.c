/* A plain function as a regularizer. */
#include "check.h"

static cn_tensor *small(cn_tensor *x, const cn_args *args)
{
    return cn_mul(cn_arg_float(args, "strength"), cn_sum(cn_square(x)));
}

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
    cn_register_regularizer("small", small, "strength=0.001");
    NEAR(penalty("small"), 0.025);
    NEAR(penalty("small(strength=0.01)"), 0.25);
}
