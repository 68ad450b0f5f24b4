/* Grad-CAM: where a convolutional network looks when it says what it says. The gradient of a
 * class's score with respect to the last feature maps tells how much each map counts; their sum by
 * these weights is a map of heat.
 *
 *     grad_cam [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

/* Pictures to heat maps (batch, height, width), of the class that the model finds most likely. What
 * it says are logits: behind a softmax that is sure of itself gradients vanish. */
static cn_model *heat_of(cn_model *model, cn_str layer)
{
    cn_tensor *maps = cn_get_layer(model, layer)->output; /* (batch, height, width, maps) */
    cn_tensor *score = cn_max(model->output, {1});
    cn_tensor *gradient = cn_nth(cn_gradients(score, maps), 0);
    cn_tensor *weight = cn_mean(gradient, {1, 2}, true);
    return cn_functional(model->input, cn_relu(cn_sum(cn_mul(maps, weight), {3})));
}

static void print(const float *heat, int height, int width)
{
    float most = 1e-9f;
    for (int i = 0; i < height * width; i++)
        most = heat[i] > most ? heat[i] : most;
    for (int i = 0; i < height * width; i++)
        printf("%c%s", " .:-=+*#%@"[(int)(9 * heat[i] / most)], (i + 1) % width ? "" : "|\n");
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_dataset *all = cn_load_npz(argc > 1 ? argv[1] : DIGITS);
    cn_model *model = cn_sequential(
        cn_input(8, 8, 1), cn_rescaling(1.0 / 16),
        cn_conv2d(24, {3, 3}, .padding = "same", .activation = "relu"),
        cn_conv2d(24, {3, 3}, .padding = "same", .activation = "relu", .name = "last"),
        cn_global_average_pooling2d(), cn_dense(10));
    cn_compile(model, "adam(2e-3)", .loss = {"sparse_categorical_crossentropy(from_logits=true)"});
    cn_fit(model, all, .epochs = 15, .batch_size = 64, .verbose = 0);

    cn_batch some;
    cn_dataset_all(cn_take(all, 3), &some);
    cn_tensor *heat = cn_predict(heat_of(model, "last"), some.x);
    const float *values = cn_floats(heat), *y = cn_floats(cn_cast(some.y, CN_FLOAT32));
    for (int i = 0; i < 3; i++) {
        printf("a %d:\n", (int)y[i]);
        print(values + 64 * i, 8, 8);
    }
    return 0;
}
