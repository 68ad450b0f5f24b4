/* A function as a layer of a Sequential, with its gradient. */
#include "check.h"

static cn_tensor *square(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    return cn_pow(in[0], 2);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(3));
    cn_model_add(model, cn_lambda(square));
    cn_tensor *x = cn_values(cn_shape(1, 3), 1, -2, 3);
    VALUES(cn_predict(model, x), 0, 1, 4, 9);
    cn_list *grads = cn_gradients(cn_sum(cn_call(model, x)), cn_list_of(x));
    VALUES(cn_nth(grads, 0), 0, 2, -4, 6);
}
