/* Each row of the batch has indices of its own. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *params = cn_values(cn_shape(2, 3), 1, 2, 3, 4, 5, 6);
    cn_tensor *indices = cn_array((int[]){2, 0, 1, 1}, CN_INT32, cn_shape(2, 2));
    cn_tensor *y = cn_batch_gather(params, indices);
    VALUES(y, 0, 3, 1, 5, 5);
    VALUES(cn_nth(cn_gradients(y, cn_list_of(params)), 0), 0, 1, 0, 1, 0, 2, 0);

    /* in a model, whose batch is not known: time steps by index */
    cn_tensor *x = cn_input(3, 2), *at = cn_input(2, .dtype = CN_INT32);
    cn_model *model = cn_functional(cn_list_of(x, at), cn_batch_gather(x, at));
    cn_tensor *steps = cn_values(cn_shape(2, 3, 2), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    VALUES(cn_call(model, steps, indices), 0, 4, 5, 0, 1, 8, 9, 8, 9);
}
