#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(reshaping_contract)
{
    CN_SCOPE {
        check_layer(cn_flatten(), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 12),
                    .open = cn_shape(CN_ANY, CN_ANY, 4), .open_out = cn_shape(CN_ANY, CN_ANY));
        check_layer(cn_flatten(), .in = cn_shape(2), .out = cn_shape(2, 1));
        check_layer(cn_flatten("channels_first"), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 12));
        check_layer(cn_reshape_layer({6, 2}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 6, 2));
        check_layer(cn_reshape_layer({-1, 2}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 6, 2),
                    .open = cn_shape(CN_ANY, CN_ANY, 4), .open_out = cn_shape(CN_ANY, CN_ANY, 2));
        check_layer(cn_permute({2, 1}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 4, 3));
        check_layer(cn_repeat_vector(3), .in = cn_shape(2, 4), .out = cn_shape(2, 3, 4));
    }
}

TEST(padding_and_cropping_contract)
{
    CN_SCOPE {
        check_layer(cn_zero_padding1d({2}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 7, 4));
        check_layer(cn_zero_padding2d({1, 2}), .in = cn_shape(2, 3, 4, 1),
                    .out = cn_shape(2, 5, 8, 1), .open = cn_shape(CN_ANY, CN_ANY, 4, 1),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 8, 1));
        check_layer(cn_zero_padding2d({1, 0, 0, 0, -1}), .in = cn_shape(2, 3, 4, 1),
                    .out = cn_shape(2, 4, 4, 1));
        check_layer(cn_zero_padding3d({1}, "channels_first"), .in = cn_shape(1, 1, 2, 3, 4),
                    .out = cn_shape(1, 1, 4, 5, 6));
        check_layer(cn_cropping1d({1, 0, -1}), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 2, 4));
        check_layer(cn_cropping2d({1, 0, 2, 1}), .in = cn_shape(2, 4, 5, 1),
                    .out = cn_shape(2, 3, 2, 1));
        check_layer(cn_cropping2d(), .in = cn_shape(2, 4, 5, 1), .out = cn_shape(2, 4, 5, 1));
        check_layer(cn_cropping3d(), .in = cn_shape(1, 4, 5, 6, 2), .out = cn_shape(1, 2, 3, 4, 2));
    }
}

TEST(up_sampling_contract)
{
    CN_SCOPE {
        check_layer(cn_up_sampling1d(3), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 9, 4));
        check_layer(cn_up_sampling2d({2, 3}), .in = cn_shape(2, 3, 4, 1),
                    .out = cn_shape(2, 6, 12, 1), .open = cn_shape(CN_ANY, CN_ANY, CN_ANY, 1),
                    .open_out = cn_shape(CN_ANY, CN_ANY, CN_ANY, 1));
        check_layer(cn_up_sampling2d(.interpolation = "bilinear"), .in = cn_shape(2, 3, 4, 1),
                    .out = cn_shape(2, 6, 8, 1), .open = cn_shape(CN_ANY, CN_ANY, CN_ANY, 1),
                    .open_out = cn_shape(CN_ANY, CN_ANY, CN_ANY, 1));
        check_layer(cn_up_sampling3d(), .in = cn_shape(1, 2, 3, 4, 2),
                    .out = cn_shape(1, 4, 6, 8, 2));
        CHECK(!cn_up_sampling2d(.interpolation = "bicubic"));
        check_error("not supported: UpSampling2D's interpolation 'bicubic'");
        CHECK(!cn_up_sampling2d(.interpolation = "linear"));
        check_error("UpSampling2D: expected \"nearest\" or \"bilinear\" for 'interpolation'. "
                    "Received: interpolation=linear");
    }
}

TEST(margins)
{
    CN_SCOPE {
        check_config(cn_zero_padding1d({3}), "padding", "[3, 3]");
        check_config(cn_zero_padding1d({1, 2}), "padding", "[1, 2]");
        check_config(cn_zero_padding1d({1, 0, -1}), "padding", "[1, 0]");
        check_config(cn_zero_padding2d({1, 2}), "padding", "[[1, 1], [2, 2]]");
        check_config(cn_zero_padding2d({1, 1, 2, 0}), "padding", "[[1, 1], [2, 0]]");
        check_config(cn_zero_padding2d({1, 1, 0, 0, -1}), "padding", "[[1, 1], [0, 0]]");
        check_config(cn_cropping2d(), "cropping", "[[0, 0], [0, 0]]");
        check_config(cn_instance_of_spec(CN_LAYERS, "zero_padding2d([[1, 0], [0, 0]])"), "padding",
                     "[[1, 0], [0, 0]]");
        check_config(cn_instance_of_spec(CN_LAYERS, "zero_padding2d([1, 0])"), "padding",
                     "[[1, 1], [0, 0]]");
        CHECK(!cn_zero_padding2d({1, 1, 1, 1, 1}));
        check_error("ZeroPadding2D: expected 4 integers >= 0 for 'padding'. Received: "
                    "padding=(1, 1, 1, 1, 1)");
    }
}

TEST(reshaping_arguments)
{
    CN_SCOPE {
        CHECK(!cn_permute({1, 3}));
        check_error("Permute: the set of indices in `dims` must be consecutive and start from 1. "
                    "Received: dims=(1, 3)");
        CHECK(!cn_repeat_vector(0));
        check_error("RepeatVector: expected n > 0. Received: n=0");
        CHECK(!cn_reshape_layer({-1, -1}));
        check_error("Reshape: there must be at most one unknown dimension (-1) in `target_shape`. "
                    "Received: target_shape=(None, None)");
        cn_tensor *x = cn_zeros(cn_shape(1, 3, 4), CN_FLOAT32);
        CHECK(!cn_call(cn_reshape_layer({5}, .name = "r"), x));
        check_error("Reshape 'r': the total size of the tensor must be unchanged. Received: "
                    "input_shape=(3, 4), target_shape=(5,)");
        CHECK(!cn_call(cn_cropping1d({2}, .name = "c"), x));
        check_error("Cropping1D 'c': expected cropping smaller than the input along axis 1. "
                    "Received: input shape (1, 3, 4), cropping=(2, 2)");
        CHECK(!cn_call(cn_repeat_vector(2, .name = "v"), x));
        check_error("RepeatVector 'v': expected ndim=2, found ndim=3. Full shape received: "
                    "(1, 3, 4)");
    }
}
