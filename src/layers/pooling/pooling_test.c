#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(pooling_contract)
{
    CN_SCOPE {
        check_layer(cn_max_pooling1d(), .in = cn_shape(2, 7, 3), .out = cn_shape(2, 3, 3));
        check_layer(cn_max_pooling2d({2, 2}), .in = cn_shape(2, 6, 7, 3),
                    .out = cn_shape(2, 3, 3, 3), .open = cn_shape(CN_ANY, CN_ANY, 6, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 3, 3));
        check_layer(cn_max_pooling3d({2}, {1}, "same"), .in = cn_shape(1, 3, 4, 5, 2),
                    .out = cn_shape(1, 3, 4, 5, 2));
        check_layer(cn_average_pooling1d({3}), .in = cn_shape(2, 7, 3), .out = cn_shape(2, 2, 3));
        check_layer(cn_average_pooling2d({2}, .data_format = "channels_first"),
                    .in = cn_shape(2, 3, 6, 7), .out = cn_shape(2, 3, 3, 3));
        check_layer(cn_average_pooling3d({2}), .in = cn_shape(1, 4, 4, 5, 2),
                    .out = cn_shape(1, 2, 2, 2, 2));
    }
}

TEST(global_pooling_contract)
{
    CN_SCOPE {
        check_layer(cn_global_max_pooling1d(), .in = cn_shape(2, 7, 3), .out = cn_shape(2, 3));
        check_layer(cn_global_max_pooling2d(.keepdims = true), .in = cn_shape(2, 4, 5, 3),
                    .out = cn_shape(2, 1, 1, 3));
        check_layer(cn_global_max_pooling3d("channels_first"), .in = cn_shape(2, 3, 4, 5, 2),
                    .out = cn_shape(2, 3));
        check_layer(cn_global_average_pooling1d(), .in = cn_shape(2, 7, 3), .out = cn_shape(2, 3),
                    .open = cn_shape(CN_ANY, CN_ANY, 3), .open_out = cn_shape(CN_ANY, 3));
        check_layer(cn_global_average_pooling2d(), .in = cn_shape(2, 4, 5, 3),
                    .out = cn_shape(2, 3), .open = cn_shape(CN_ANY, CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, 3));
        check_layer(cn_global_average_pooling3d(), .in = cn_shape(2, 2, 4, 5, 3),
                    .out = cn_shape(2, 3));
    }
}

TEST(pooling_arguments)
{
    CN_SCOPE {
        check_config(cn_max_pooling2d({3, 2}), "strides", "[3, 2]");
        check_config(cn_max_pooling2d(), "pool_size", "[2, 2]");
        CHECK(!cn_max_pooling2d({2}, .padding = "full"));
        check_error("MaxPooling2D: expected \"valid\" or \"same\" for 'padding'. Received: "
                    "padding=full");
        CHECK(!cn_call(cn_max_pooling2d({3}, .name = "p"),
                       cn_zeros(cn_shape(1, 2, 5, 3), CN_FLOAT32)));
        check_error("MaxPooling2D 'p': computed output size would be zero or negative. Received: "
                    "input shape (1, 2, 5, 3), pool_size=(3, 3)");
        CHECK(!cn_call(cn_global_max_pooling2d(.name = "g"),
                       cn_zeros(cn_shape(1, 2, 5), CN_FLOAT32)));
        check_error("GlobalMaxPooling2D 'g': expected ndim=4, found ndim=3. Full shape received: "
                    "(1, 2, 5)");
    }
}

TEST(global_average_pooling1d_counts_what_the_mask_leaves)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(1, 3, 1), 1, 2, 9);
        cn_tensor *mask = cn_array((bool[]){true, true, false}, CN_BOOL, cn_shape(1, 3));
        cn_tensor *y = cn_call(cn_global_average_pooling1d(), x, .mask = mask);
        REQUIRE(y);
        check_close(cn_floats(y), ((float[]){1.5f}), 1, 1e-6, 0);
        CHECK(!cn_mask_of(y));
    }
}
