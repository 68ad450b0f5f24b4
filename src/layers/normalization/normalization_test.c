#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(batch_normalization_contract)
{
    CN_SCOPE {
        check_layer(cn_batch_normalization(), .in = cn_shape(4, 3), .out = cn_shape(4, 3),
                    .trainable = 2, .fixed = 2);
        check_layer(cn_batch_normalization(.momentum = 0.5), .in = cn_shape(4, 2, 3),
                    .out = cn_shape(4, 2, 3), .trainable = 2, .fixed = 2, .training = true,
                    .open = cn_shape(CN_ANY, CN_ANY, 3), .open_out = cn_shape(CN_ANY, CN_ANY, 3));
        check_layer(cn_batch_normalization(1, .center = false), .in = cn_shape(4, 2, 3, 2),
                    .out = cn_shape(4, 2, 3, 2), .trainable = 1, .fixed = 2, .training = true);
        check_layer(cn_batch_normalization(.scale = false, .center = false), .in = cn_shape(4, 2),
                    .out = cn_shape(4, 2), .fixed = 2);
    }
}

static float mean_of(cn_layer *layer)
{
    return *cn_floats(cn_list_item(cn_non_trainable_weights(layer), 0));
}

TEST(batch_normalization_follows_the_batches)
{
    CN_SCOPE {
        cn_layer *layer = cn_batch_normalization(.momentum = 0.75, .name = "b");
        cn_tensor *x = cn_values(cn_shape(2, 1), 2, 6);
        REQUIRE(cn_call(layer, x, .training = true));
        CHECK(mean_of(layer) == 1);
        REQUIRE(cn_call(layer, x, .training = true));
        CHECK(mean_of(layer) == 1.75f);
        REQUIRE(cn_call(layer, x));
        CHECK(mean_of(layer) == 1.75f);
        layer->trainable = false; /* frozen: as in inference */
        REQUIRE(cn_call(layer, x, .training = true));
        CHECK(mean_of(layer) == 1.75f);
        CHECK(!cn_call(layer, cn_zeros(cn_shape(2, 3), CN_FLOAT32)));
        check_error("BatchNormalization 'b': expected axis 1 of input shape to have value 1, but "
                    "received input with shape (2, 3)");
        CHECK(!cn_call(layer, x, .mask = cn_ones(cn_shape(2, 1), CN_BOOL)));
        check_error("BatchNormalization 'b': the mask provided should be one dimension less than "
                    "the inputs. Received: mask.shape=(2, 1), inputs.shape=(2, 1)");
        CHECK(!cn_batch_normalization(.renorm = true));
        check_error("not supported: BatchNormalization with renorm=True");
    }
}

TEST(layer_normalization_contract)
{
    CN_SCOPE {
        check_layer(cn_layer_normalization(), .in = cn_shape(4, 2, 3), .out = cn_shape(4, 2, 3),
                    .trainable = 2, .open = cn_shape(CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 3));
        check_layer(cn_layer_normalization({1, 2}), .in = cn_shape(4, 2, 3),
                    .out = cn_shape(4, 2, 3), .trainable = 2);
        check_layer(cn_layer_normalization(.rms_scaling = true), .in = cn_shape(4, 3),
                    .out = cn_shape(4, 3), .trainable = 1);
        check_layer(cn_rms_normalization(), .in = cn_shape(4, 3), .out = cn_shape(4, 3),
                    .trainable = 1);
        check_layer(cn_unit_normalization(), .in = cn_shape(4, 3), .out = cn_shape(4, 3));
        cn_layer *layer = cn_layer_normalization();
        check_config(layer, "axis", "-1");
        REQUIRE(cn_call(layer, cn_zeros(cn_shape(2, 3), CN_FLOAT32)));
        check_config(layer, "axis", "[-1]");
        check_config(cn_layer_normalization({2, 1}), "axis", "[2, 1]");
    }
}

TEST(group_normalization_contract)
{
    CN_SCOPE {
        check_layer(cn_group_normalization(2), .in = cn_shape(3, 5, 4), .out = cn_shape(3, 5, 4),
                    .trainable = 2, .open = cn_shape(CN_ANY, CN_ANY, 4),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        check_layer(cn_group_normalization(-1, 1), .in = cn_shape(3, 5, 4),
                    .out = cn_shape(3, 5, 4), .trainable = 2);
        CHECK(!cn_group_normalization(0));
        check_error("GroupNormalization: expected groups > 0 (or -1 for instance normalization). "
                    "Received: groups=0");
        cn_tensor *x = cn_zeros(cn_shape(2, 6), CN_FLOAT32);
        CHECK(!cn_call(cn_group_normalization(.name = "g"), x));
        check_error("GroupNormalization 'g': number of groups (32) cannot be more than the number "
                    "of channels (6)");
        CHECK(!cn_call(cn_group_normalization(4, .name = "h"), x));
        check_error("GroupNormalization 'h': number of groups (4) must divide the number of "
                    "channels (6)");
    }
}
