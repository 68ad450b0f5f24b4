/* Grad-CAM: the gradient of a class's score with respect to a layer's output, for a given input;
 * the numbers are Keras's. */
#include "check.h"

static cn_tensor *wave(cn_shape shape, double scale, double phase)
{
    int64_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= shape.dim[i];
    cn_tensor *x = cn_add(cn_arange(0, (double)n, 1, CN_FLOAT32), phase);
    return cn_reshape(cn_mul(cn_sin(x), scale), shape);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model =
        cn_sequential(cn_input(6, 6, 1), cn_conv2d(2, {3, 3}, .activation = "relu", .name = "conv"),
                      cn_flatten(), cn_dense(3, .activation = "softmax"));
    cn_list *weights = cn_weights(model);
    for (size_t i = 0; i < cn_list_length(weights); i++)
        cn_assign(cn_nth(weights, i), wave(cn_shape_of(cn_nth(weights, i)), 0.5, (double)i));
    cn_tensor *x = wave(cn_shape(1, 6, 6, 1), 1, 0.5);
    VALUES(cn_predict(model, x), 1e-5, 0.84075004, 0.11797803, 0.04127191);

    cn_tensor *maps = cn_get_layer(model, "conv")->output;
    cn_tensor *score = cn_slice(model->output, ":, 1");
    cn_tensor *gradient = cn_nth(cn_gradients(score, maps), 0);
    cn_tensor *weight = cn_mean(gradient, {1, 2}, true);
    cn_tensor *heat = cn_relu(cn_sum(cn_mul(maps, weight), {3}));
    cn_model *cam = cn_functional(model->input, cn_list_of(weight, heat));
    cn_tensor *both = cn_predict(cam, x);
    VALUES(cn_nth(both, 0), 1e-6, 0.01489562, -0.01547527);
    cn_tensor *map = cn_nth(both, 1);
    VALUES(cn_div(map, cn_max(map)), 1e-5, 1, 0, 0, 0, 0.91011435, 0, 0, 0, 0.67750263, 0.29975188,
           0, 0, 0.42316762, 0.77301288, 0, 0);

    /* the same with values: a model of both, and the gradient of what it says */
    cn_model *outputs = cn_functional(model->input, cn_list_of(maps, model->output));
    cn_tensor *says = cn_call(outputs, x), *grads;
    grads = cn_nth(cn_gradients(cn_slice(cn_nth(says, 1), ":, 1"), cn_nth(says, 0)), 0);
    VALUES(cn_mean(grads, {0, 1, 2}), 1e-6, 0.01489562, -0.01547527);
}
