/* The square distance of a feature from its centre: integer slicing drops an axis, the sum keeps
 * one. */
#include "check.h"

static cn_tensor *distance(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    return cn_sum(cn_square(cn_sub(in[0], cn_slice(in[1], ":, 0"))), {1}, .keepdims = true);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *label = cn_input(1), *feature = cn_input(2);
    cn_tensor *centers = cn_call(cn_embedding(10, 2, .embeddings_initializer = "zeros"), label);
    cn_tensor *loss = cn_call(cn_lambda(distance, .name = "l2_loss"), feature, centers);
    cn_model *model = cn_functional(cn_list_of(feature, label), loss);
    cn_tensor *y = cn_call(model, cn_values(cn_shape(1, 2), 1, 2), cn_values(cn_shape(1, 1), 3));
    CHECK(cn_rank(y) == 2);
    VALUES(y, 0, 5);
}
