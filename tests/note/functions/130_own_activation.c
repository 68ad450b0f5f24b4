/* An own function as an activation, by the name under which it is registered. */
#include "check.h"

static cn_tensor *twice_tanh(cn_tensor *x, const cn_args *args)
{
    return cn_tanh(cn_mul(x, cn_arg_float(args, "slope")));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_activation("twice_tanh", twice_tanh, "slope=2");
    cn_tensor *x = cn_values(cn_shape(1, 2), 0.5, -1);
    VALUES(cn_call(cn_activation("twice_tanh"), x), 1e-6, tanh(1), tanh(-2));
    VALUES(cn_call(cn_activation("twice_tanh(slope=1)"), x), 1e-6, tanh(0.5), tanh(-1));

    cn_model *model =
        cn_sequential(cn_input(4, 4, 1), cn_conv2d(2, {3}, .activation = "twice_tanh"),
                      cn_flatten(), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_tensor *images = cn_ones(cn_shape(2, 4, 4, 1), CN_FLOAT32);
    CHECK(cn_fit(model, cn_from_arrays(images, cn_ones(cn_shape(2, 1), CN_FLOAT32)), .verbose = 0));

    /* a file keeps the name */
    CHECK(strstr(cn_model_to_json(model), "\"twice_tanh\""));
    CHECK(cn_save(model, "own.keras"));
    cn_tensor *want = cn_predict(model, images);
    cn_tensor *got = cn_predict(cn_load_model("own.keras"), images);
    CHECK(!memcmp(cn_floats(want), cn_floats(got), 2 * sizeof(float)));
}
