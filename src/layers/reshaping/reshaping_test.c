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
        check_layer(cn_up_sampling2d({2, 3}, "channels_first", "lanczos5"),
                    .in = cn_shape(2, 1, 3, 4), .out = cn_shape(2, 1, 6, 12),
                    .open = cn_shape(CN_ANY, 1, CN_ANY, CN_ANY),
                    .open_out = cn_shape(CN_ANY, 1, CN_ANY, CN_ANY));
        CHECK(!cn_up_sampling2d(.interpolation = "linear"));
        check_error("UpSampling2D: expected \"nearest\" or \"bilinear\" or \"bicubic\" or "
                    "\"lanczos3\" or \"lanczos5\" for 'interpolation'. Received: "
                    "interpolation=linear");
    }
}

/* Keras's numbers, with a factor for which TensorFlow's table of the cubic is not exact. */
TEST(up_sampling_bicubic)
{
    static const float want[] = {
        2.052857f, 11.38494f, 2.470588f, 10.44118f,  3.660272f,  7.753373f, 5.251493f,   4.158393f,
        6.441177f, 1.470588f, 6.858907f, 0.5268258f, 4.166958f,  9.566216f, 4.242857f,   8.964286f,
        4.459014f, 7.250008f, 4.748128f, 4.957135f,  4.964286f,  3.242857f, 5.040184f,   2.640927f,
        8.359073f, 5.959815f, 7.757143f, 6.035714f,  6.042865f,  6.251871f, 3.749992f,   6.540985f,
        2.035714f, 6.757143f, 1.433784f, 6.833041f,  10.47318f,  4.141093f, 9.529413f,   4.558824f,
        6.841609f, 5.748507f, 3.246628f, 7.339728f,  0.5588236f, 8.529412f, -0.3849391f, 8.947143f};
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(1, 2, 2, 2), 3, 10, 6, 2, 9, 5, 1, 8);
        cn_tensor *y = cn_call(cn_up_sampling2d({2, 3}, .interpolation = "bicubic"), x);
        REQUIRE(y && cn_size(y) == 48);
        check_close(cn_floats(y), want, 48, 2e-6, 2e-6);
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
