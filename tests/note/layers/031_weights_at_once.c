/* Weights that are made with the layer, before any input is seen. */
#include "check.h"

#define LINEAR(P)                            \
    P(int, units, 32, "width of the output") \
    P(int, input_dim, 32, "and of the input")
CN_LAYER(linear, LINEAR, cn_tensor *w, *b;)

static bool init(linear *self)
{
    self->w = cn_add_weight(self, "w", cn_shape(self->input_dim, self->units),
                            .initializer = "random_normal");
    self->b = cn_add_weight(self, "b", cn_shape(self->units), .initializer = "zeros");
    return self->w && self->b;
}

static cn_tensor *call(linear *self, const cn_inputs *in)
{
    return cn_add(cn_matmul(in->x[0], self->w), self->b);
}

CN_REGISTER_LAYER(linear, .init = init, .call = call)
#define linear(...) CN_MAKE(linear, LINEAR, __VA_ARGS__)

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *layer = linear(.units = 4, .input_dim = 2);
    CHECK(cn_list_length(cn_weights(layer)) == 2);
    CHECK(cn_list_length(cn_trainable_weights(layer)) == 2);
    cn_tensor *y = cn_call(layer, cn_ones(cn_shape(2, 2), CN_FLOAT32));
    CHECK(cn_dim(y, 0) == 2 && cn_dim(y, 1) == 4);

    cn_tensor *w = cn_layer_weight(linear(.units = 200, .input_dim = 200), "w");
    double sigma = sqrt(cn_item(cn_mean(cn_square(w))));
    CLOSE(sigma, 0.05, 0.002); /* 40,000 of them: 4 sigma of it are 0.0007 */

    cn_model *model = cn_sequential(cn_input(2), linear(.units = 3, .input_dim = 2));
    CHECK(cn_save(model, "linear.keras"));
    cn_model *again = cn_load_model("linear.keras");
    cn_tensor *x = cn_values(cn_shape(1, 2), 1, -2);
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(again, x)),
                  3 * sizeof(float)));
}
