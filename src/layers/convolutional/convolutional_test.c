#include "layers/check_layer.h"

TEST(conv_contract)
{
    CN_SCOPE {
        check_layer(cn_conv1d(4, {3}, .padding = "causal"), .in = cn_shape(2, 6, 3),
                    .out = cn_shape(2, 6, 4), .trainable = 2, .open = cn_shape(CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        check_layer(
            cn_conv2d(4, {3, 2}, {2}, .activation = "tanh", .kernel_regularizer = "l2(0.1)"),
            .in = cn_shape(2, 7, 6, 3), .out = cn_shape(2, 3, 3, 4), .trainable = 2,
            .open = cn_shape(2, CN_ANY, 6, 3), .open_out = cn_shape(2, CN_ANY, 3, 4));
        check_layer(cn_conv2d(4, 3, .groups = 2, .use_bias = false, .padding = "same"),
                    .in = cn_shape(1, 5, 5, 2), .out = cn_shape(1, 5, 5, 4), .trainable = 1);
        check_layer(cn_conv2d(4, {3}, .data_format = "channels_first"), .in = cn_shape(1, 2, 5, 6),
                    .out = cn_shape(1, 4, 3, 4), .trainable = 2);
        check_layer(cn_conv3d(2, {2}), .in = cn_shape(1, 3, 3, 4, 2),
                    .out = cn_shape(1, 2, 2, 3, 2), .trainable = 2);
    }
}

TEST(conv_transpose_contract)
{
    CN_SCOPE {
        check_layer(cn_conv1d_transpose(4, {3}, {2}), .in = cn_shape(2, 6, 3),
                    .out = cn_shape(2, 13, 4), .trainable = 2, .open = cn_shape(CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        check_layer(cn_conv2d_transpose(2, {3}, {2}, "same", .output_padding = {1, 0, -1}),
                    .in = cn_shape(1, 3, 3, 2), .out = cn_shape(1, 6, 5, 2), .trainable = 2);
        check_layer(cn_conv3d_transpose(2, {2}), .in = cn_shape(1, 2, 3, 2, 2),
                    .out = cn_shape(1, 3, 4, 3, 2), .trainable = 2);
        cn_layer *layer = cn_conv2d_transpose(2, {3}, {2}, .output_padding = {0});
        check_config(layer, "output_padding", "[0, 0]");
        check_config(cn_conv2d_transpose(2, {3}, {2}), "output_padding", "null");
        CHECK(!cn_conv2d_transpose(2, {3}, .output_padding = {1}));
        check_error("Conv2DTranspose: `output_padding` must be strictly less than `strides` for "
                    "all dimensions. At dimension 0, `output_padding` is 1 but `strides` is 1");
    }
}

TEST(depthwise_and_separable_contract)
{
    CN_SCOPE {
        check_layer(cn_depthwise_conv1d({3}), .in = cn_shape(2, 6, 3), .out = cn_shape(2, 4, 3),
                    .trainable = 2);
        check_layer(cn_depthwise_conv2d({3}, .depth_multiplier = 2, .padding = "same"),
                    .in = cn_shape(2, 6, 5, 3), .out = cn_shape(2, 6, 5, 6), .trainable = 2);
        check_layer(cn_separable_conv1d(5, {3}, .padding = "causal"), .in = cn_shape(2, 6, 3),
                    .out = cn_shape(2, 6, 5), .trainable = 3);
        check_layer(cn_separable_conv2d(5, {3}, {2}, .use_bias = false), .in = cn_shape(2, 7, 7, 3),
                    .out = cn_shape(2, 3, 3, 5), .trainable = 2,
                    .open = cn_shape(CN_ANY, CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, CN_ANY, 5));
    }
}

TEST(conv_arguments)
{
    CN_SCOPE {
        check_config(cn_conv2d(4, 3), "kernel_size", "[3, 3]");
        check_config(cn_conv2d(4, 3), "strides", "[1, 1]");
        check_config(cn_conv2d(4, 3), "data_format", "\"channels_last\"");
        check_config(cn_conv2d(4, 3), "activation", "\"linear\"");
        check_config(cn_conv1d(4, 3), "dilation_rate", "[1]");
        CHECK(!cn_conv2d(0, {3}));
        check_error("Conv2D: expected filters > 0. Received: filters=0");
        CHECK(!cn_conv2d(4));
        check_error("Conv2D: expected 2 integers >= 1 for 'kernel_size'. Received: kernel_size=()");
        CHECK(!cn_conv2d(4, {3, 3, 3}));
        check_error("Conv2D: expected 2 integers >= 1 for 'kernel_size'. Received: "
                    "kernel_size=(3, 3, 3)");
        CHECK(!cn_conv2d(4, {3}, .padding = "causal"));
        check_error("Conv2D: expected \"valid\" or \"same\" for 'padding'. Received: "
                    "padding=causal");
        CHECK(!cn_conv2d(4, {3}, .data_format = "nchw"));
        check_error("Conv2D: expected \"channels_first\" or \"channels_last\" for 'data_format'. "
                    "Received: data_format=nchw");
        CHECK(!cn_conv2d(4, {3}, {2}, .dilation_rate = {2}));
        check_error("Conv2D: `strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                    "Received: strides=(2, 2) and dilation_rate=(2, 2)");
        CHECK(!cn_conv2d(4, {3}, .groups = 3));
        check_error("Conv2D: the number of filters must be evenly divisible by the number of "
                    "groups. Received: groups=3, filters=4");
    }
}

TEST(conv_inputs)
{
    CN_SCOPE {
        cn_layer *layer = cn_conv2d(4, {3}, .name = "c");
        CHECK(!cn_call(layer, cn_zeros(cn_shape(1, 5, 3), CN_FLOAT32)));
        check_error("Conv2D 'c': expected ndim=4, found ndim=3. Full shape received: (1, 5, 3)");
        CHECK(!cn_call(layer, cn_zeros(cn_shape(1, 2, 5, 3), CN_FLOAT32)));
        check_error("Conv2D 'c': computed output size would be zero or negative. Received: input "
                    "shape (1, 2, 5, 3), kernel_size=(3, 3)");
        CHECK(!cn_call(cn_conv2d(4, {3}, .groups = 2, .name = "g"),
                       cn_zeros(cn_shape(1, 5, 5, 3), CN_FLOAT32)));
        check_error("Conv2D 'g': the number of input channels must be evenly divisible by the "
                    "number of groups. Received: groups=2, but the input has 3 channels (full "
                    "input shape is (1, 5, 5, 3))");
        CHECK(cn_call(layer, cn_zeros(cn_shape(1, 5, 5, 3), CN_FLOAT32)));
        CHECK(!cn_call(layer, cn_zeros(cn_shape(1, 5, 5, 2), CN_FLOAT32)));
        check_error("Conv2D 'c': expected axis 3 of input shape to have value 3, but received "
                    "input with shape (1, 5, 5, 2)");
    }
}
