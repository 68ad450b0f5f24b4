/* The weights of a model inside of another, saved alone, are the flat model's. */
#include "check.h"

static cn_model *flat(void)
{
    return cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
}

int main(void)
{
    cn_set_random_seed(1);
    cn_model *inner = flat(), *single = flat();
    cn_tensor *x = cn_input(3), *y = cn_call(cn_activation("softmax"), cn_call(inner, x));
    cn_model *outer = cn_functional(x, y);
    CHECK(cn_as_model(cn_get_layer_at(outer, -2)) == inner);
    CHECK(cn_save_weights(cn_as_model(cn_get_layer_at(outer, -2)), "single.weights.h5"));
    CHECK(cn_load_weights(single, "single.weights.h5"));
    cn_tensor *data = cn_values(cn_shape(2, 3), 1, 2, 3, -1, 0, 1);
    CHECK(!memcmp(cn_floats(cn_predict(single, data)), cn_floats(cn_predict(inner, data)),
                  4 * sizeof(float)));
    CHECK(!cn_error_code());
    CHECK(!cn_as_model(cn_get_layer_at(outer, -1)));
    CHECK(strstr(cn_error(), "the layer 'activation' is a Activation and no model"));
}
