/* Weights that are loaded before a model is used several times are there in all its uses. */
#include "check.h"

static cn_model *single(void)
{
    return cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_model *trained = single(), *model = single();
    cn_save_weights(trained, "single.weights.h5");
    if (note_exists("single.weights.h5"))
        cn_load_weights(model, "single.weights.h5");
    cn_tensor *a = cn_input(3), *b = cn_input(3);
    cn_model *multi =
        cn_functional(cn_list_of(a, b), cn_list_of(cn_call(model, a), cn_call(model, b)));
    cn_tensor *x = cn_values(cn_shape(2, 3), 1, 2, 3, -1, 0, 1), *want = cn_predict(trained, x);
    cn_tensor *both = cn_call(multi, x, x);
    for (size_t i = 0; i < 2; i++)
        CHECK(!memcmp(cn_floats(cn_nth(both, i)), cn_floats(want), 4 * sizeof(float)));
}
