/* A file of weights brings the weights, and training goes on from them. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
    cn_model *other = cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
    CHECK(cn_save_weights(model, "w.weights.h5"));
    CHECK(cn_load_weights(other, "w.weights.h5"));
    cn_tensor *x = cn_values(cn_shape(1, 3), 1, -2, 3);
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(other, x)),
                  2 * sizeof(float)));
}
