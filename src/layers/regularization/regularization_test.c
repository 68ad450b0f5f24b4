#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(noise_contract)
{
    CN_SCOPE {
        for (int training = 0; training < 2; training++) {
            cn_layer *layers[] = {cn_dropout(0.5),
                                  cn_dropout(0.5, {CN_ANY, 1, 1}),
                                  cn_alpha_dropout(0.5),
                                  cn_spatial_dropout1d(0.5),
                                  cn_gaussian_noise(0.5),
                                  cn_gaussian_dropout(0.5),
                                  cn_activity_regularization(.l2 = 0.1)};
            for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
                check_layer(layers[i], .in = cn_shape(4, 3, 2), .out = cn_shape(4, 3, 2),
                            .training = training, .no_step = true,
                            .open = cn_shape(CN_ANY, CN_ANY, 2),
                            .open_out = cn_shape(CN_ANY, CN_ANY, 2));
        }
        check_layer(cn_spatial_dropout2d(0.5), .in = cn_shape(2, 3, 4, 5),
                    .out = cn_shape(2, 3, 4, 5), .training = true, .no_step = true);
        check_layer(cn_spatial_dropout3d(0.5, "channels_first"), .in = cn_shape(2, 3, 4, 5, 2),
                    .out = cn_shape(2, 3, 4, 5, 2), .training = true, .no_step = true);
    }
}

TEST(dropout_keeps_the_mean)
{
    CN_SCOPE {
        cn_tensor *x = cn_ones(cn_shape(100, 100), CN_FLOAT32);
        cn_layer *layer = cn_dropout(0.2, .seed = 7);
        cn_tensor *y = cn_call(layer, x, .training = true);
        REQUIRE(y);
        double kept = cn_item(cn_mean(cn_cast(cn_not_equal(y, 0), CN_FLOAT32)));
        CHECK(kept > 0.78 && kept < 0.82); /* 5 standard deviations of 0.004 */
        CHECK(cn_item(cn_max(y)) == 1.25);
        cn_tensor *again = cn_call(layer, x, .training = true);
        CHECK(cn_item(cn_sum(cn_abs(cn_sub(y, again)))) > 0); /* each call draws anew */
        cn_tensor *equal = cn_call(cn_dropout(0.2, .seed = 7), x, .training = true);
        CHECK(cn_item(cn_sum(cn_abs(cn_sub(y, equal)))) == 0);
        CHECK(cn_call(layer, x) == x);
        CHECK(cn_item(cn_sum(cn_call(cn_dropout(1), x, .training = true))) == 0);
    }
}

TEST(spatial_dropout_drops_whole_channels)
{
    CN_SCOPE {
        cn_tensor *x = cn_ones(cn_shape(20, 3, 4, 10), CN_FLOAT32);
        cn_tensor *y = cn_call(cn_spatial_dropout2d(0.5, .seed = 1), x, .training = true);
        REQUIRE(y);
        cn_tensor *spread = cn_sub(cn_max(y, {1, 2}), cn_min(y, {1, 2}));
        CHECK(cn_item(cn_max(spread)) == 0 && cn_item(cn_max(y)) == 2 && cn_item(cn_min(y)) == 0);
    }
}

TEST(noise_arguments)
{
    CN_SCOPE {
        check_config(cn_dropout(0.5), "noise_shape", "null");
        check_config(cn_dropout(0.5), "seed", "null");
        check_config(cn_dropout(0.5, {CN_ANY, 1, 4}), "noise_shape", "[null, 1, 4]");
        check_config(cn_spatial_dropout2d(0.5), "dtype", "\"float32\"");
        check_config(cn_spatial_dropout2d(0.5), "trainable", "absent");
        CHECK(!cn_dropout(1.5));
        check_error("Dropout: expected a number from 0 to 1 for 'rate'. Received: rate=1.5");
        CHECK(!cn_dropout());
        check_error("Dropout: the argument 'rate' is required");
        CHECK(!cn_gaussian_noise(-1));
        check_error("GaussianNoise: expected a number from 0 to 1 for 'stddev'. Received: "
                    "stddev=-1");
        CHECK(!cn_dropout(0.5, {-2}));
        check_error("Dropout: expected positive integers or None for 'noise_shape'. Received: "
                    "noise_shape[0]=-2");
        cn_tensor *x = cn_ones(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_call(cn_dropout(0.5, {2}, .name = "d"), x, .training = true));
        check_error("Dropout 'd': noise_shape (2, 3) does not fit an input of shape (2, 3)");
    }
}

TEST(activity_regularization_adds_the_mean_of_the_batch)
{
    CN_SCOPE {
        cn_list *losses = cn_list_new();
        cn_call_scope scope;
        cn_call_scope_begin(&scope, 1, losses, NULL);
        cn_call(cn_activity_regularization(1, 0.5), cn_values(cn_shape(2, 2), 1, -2, 3, 0));
        cn_call_scope_end(&scope);
        REQUIRE(cn_list_length(losses) == 1);
        CHECK(cn_item(cn_list_item(losses, 0)) == (6 + 0.5 * 14) / 2);
    }
}
