/* An own function, and a layer with weights of its own, as activations inside of a convolution:
 * both train, are written by a checkpoint, and are loaded. */
#include "check.h"

static cn_tensor *my_gelu(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return cn_mul(cn_mul(x, 0.5), cn_add(1, cn_erf(cn_div(x, cn_sqrt(2.0)))));
}

static void train_and_load(const char *activation, size_t weights, const char *path)
{
    cn_set_random_seed(3);
    cn_model *model =
        cn_sequential(cn_input(6, 6, 1), cn_conv2d(4, {3, 3}, .activation = activation),
                      cn_flatten(), cn_dense(1));
    CHECK(cn_list_length(cn_trainable_weights(model)) == weights);
    cn_compile(model, "adam(0.01)", .loss = {"mse"});
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 8 * 36, 1, CN_FLOAT32)), cn_shape(8, 6, 6, 1));
    cn_tensor *y = cn_sum(cn_square(x), {1, 2}, .keepdims = false);
    cn_history *h = cn_fit(model, cn_from_arrays(x, y), .epochs = 8, .verbose = 0,
                           .callbacks = {cn_model_checkpoint(path)});
    CHECK(cn_history_get(h, "loss", -1) < cn_history_get(h, "loss", 0));

    cn_model *again = cn_load_model(path);
    CHECK(cn_list_length(cn_trainable_weights(again)) == weights);
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(again, x)),
                  8 * sizeof(float)));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_activation("my_gelu", my_gelu, NULL);
    train_and_load("my_gelu", 4, "own.keras");
    train_and_load("PReLU(shared_axes=[1, 2])", 5, "prelu.keras");
}
