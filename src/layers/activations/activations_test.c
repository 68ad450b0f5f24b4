#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(activation_layers_contract)
{
    CN_SCOPE {
        cn_layer *layers[] = {cn_relu_layer(),       cn_relu_layer(0.5, 0.1, 0.2),
                              cn_leaky_relu_layer(), cn_elu_layer(0.5),
                              cn_softmax_layer(),    cn_softmax_layer({1, 2}),
                              cn_activation("tanh"), cn_identity()};
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            check_layer(layers[i], .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 4),
                        .open = cn_shape(CN_ANY, CN_ANY, 4),
                        .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        check_layer(cn_prelu(), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 4), .trainable = 1);
        check_layer(cn_prelu(.shared_axes = {1}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 4),
                    .trainable = 1, .open = cn_shape(CN_ANY, CN_ANY, 4),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4));
    }
}

TEST(activation_layers_arguments)
{
    CN_SCOPE {
        check_config(cn_softmax_layer(), "axis", "-1");
        check_config(cn_softmax_layer({1, 2}), "axis", "[1, 2]");
        check_config(cn_relu_layer(), "max_value", "null");
        check_config(cn_activation("relu"), "activation", "\"relu\"");
        CHECK(!cn_relu_layer(-1));
        check_error("ReLU: expected max_value >= 0. Received: max_value=-1");
        CHECK(!cn_leaky_relu_layer(-1));
        check_error("LeakyReLU: expected negative_slope >= 0. Received: negative_slope=-1");
        CHECK(!cn_instance_of_spec(CN_LAYERS, "softmax(none)"));
        check_error("Softmax: expected an integer or a list of integers for 'axis'. Received: "
                    "axis=None");
        cn_layer *old = cn_instance_of_spec(CN_LAYERS, "leaky_re_lu(alpha=0.25)");
        check_config(old, "negative_slope", "0.25");
        cn_tensor *x = cn_zeros(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_call(cn_softmax_layer(.name = "s"), x, .mask = cn_ones(cn_shape(2), CN_BOOL)));
        check_error("Softmax 's': the `mask` must be broadcastable to `inputs`. Received: "
                    "inputs.shape=(2, 3), mask.shape=(2,)");
    }
}
