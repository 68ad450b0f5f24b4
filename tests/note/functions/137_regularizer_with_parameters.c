/* A regularizer with a parameter, which a file keeps. */
#include "check.h"

static cn_tensor *my_regularizer(cn_tensor *x, const cn_args *args)
{
    return cn_mul(cn_arg_float(args, "strength"), cn_sum(cn_square(x)));
}

static double penalty(cn_model *model)
{
    cn_list *losses = cn_losses(model);
    CHECK(cn_list_length(losses) == 1);
    return cn_item(cn_nth(losses, 0));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_regularizer("my_regularizer", my_regularizer, "strength=0.001");
    cn_model *model =
        cn_sequential(cn_input(5), cn_dense(5, .kernel_initializer = "ones",
                                            .kernel_regularizer = "my_regularizer(strength=0.01)"));
    NEAR(penalty(model), 0.25);
    CHECK(cn_save(model, "regularized.keras"));
    NEAR(penalty(cn_load_model("regularized.keras")), 0.25);
}
