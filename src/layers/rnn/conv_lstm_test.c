/* ConvLSTM1D, ConvLSTM2D, ConvLSTM3D. Numbers from Keras are in
 * tests/parity/golden/layers_rnn.npz. */
#include "layers/check_layer.h"

#include "ops/ops.h"

static cn_tensor *values(cn_shape shape)
{
    return cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(2));
}

TEST(conv_lstm_contracts)
{
    CN_SCOPE {
        check_layer(cn_conv_lstm1d(2, {3}), .in = cn_shape(2, 3, 6, 2), .out = cn_shape(2, 4, 2),
                    .trainable = 3);
        check_layer(cn_conv_lstm2d(2, {2, 3}, .padding = "same", .return_sequences = true),
                    .in = cn_shape(2, 3, 4, 5, 2), .out = cn_shape(2, 3, 4, 5, 2),
                    .open = cn_shape(CN_ANY, CN_ANY, 4, 5, 2),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4, 5, 2), .trainable = 3);
        check_layer(cn_conv_lstm3d(1, {2}, .use_bias = false), .in = cn_shape(1, 2, 3, 3, 3, 2),
                    .out = cn_shape(1, 2, 2, 2, 1), .trainable = 2);
        check_layer(cn_conv_lstm2d(2, {2}, .data_format = "channels_first", .strides = {2}),
                    .in = cn_shape(2, 3, 2, 6, 6), .out = cn_shape(2, 2, 3, 3), .trainable = 3);
        check_layer(cn_conv_lstm1d(2, {3}, .dropout = 0.5, .recurrent_dropout = 0.5),
                    .in = cn_shape(2, 3, 6, 2), .out = cn_shape(2, 4, 2), .trainable = 3,
                    .training = true, .no_step = true);
    }
}

/* Channels first or last, the numbers are the same. */
TEST(conv_lstm_channels_first)
{
    CN_SCOPE {
        cn_layer *last = cn_conv_lstm2d(2, {3}, .return_sequences = true),
                 *first = cn_conv_lstm2d(2, {3}, .return_sequences = true,
                                         .data_format = "channels_first");
        cn_tensor *x = values(cn_shape(2, 3, 5, 4, 2)), *y = cn_call(last, x);
        cn_tensor *turned = cn_transpose(x, {0, 1, 4, 2, 3});
        REQUIRE(y && cn_call(first, turned));
        for (int i = 0; i < 3; i++)
            cn_set_data(cn_nth(cn_weights(first), i), cn_data(cn_nth(cn_weights(last), i)));
        cn_tensor *other = cn_transpose(cn_call(first, turned), {0, 1, 3, 4, 2});
        CHECK(cn_item(cn_max(cn_abs(cn_sub(y, other)))) < 1e-6);
    }
}

/* A mask of steps: what it leaves out changes nothing. */
TEST(conv_lstm_mask)
{
    CN_SCOPE {
        cn_layer *layer = cn_conv_lstm1d(2, {2});
        cn_tensor *x = values(cn_shape(1, 3, 4, 2));
        cn_tensor *mask = cn_array((bool[]){true, false, true}, CN_BOOL, cn_shape(1, 3));
        cn_tensor *y = cn_call(layer, x, .mask = mask),
                  *shorter = cn_call(
                      layer, cn_concat(cn_list_of(cn_slice(x, ":, :1"), cn_slice(x, ":, 2:")), 1));
        REQUIRE(y && shorter);
        CHECK(cn_item(cn_max(cn_abs(cn_sub(y, shorter)))) < 1e-6);
    }
}

TEST(conv_lstm_refuses)
{
    CN_SCOPE {
        CHECK(!cn_conv_lstm2d(0, {3}));
        check_error("ConvLSTM2D: expected filters > 0. Received: filters=0");
        CHECK(!cn_call(cn_conv_lstm2d(2, {3}, .name = "c"), values(cn_shape(1, 5, 5, 2))));
        check_error("ConvLSTM2D 'c': expected ndim=5, found ndim=4. Full shape received: (1, 5, 5, "
                    "2)");
        CHECK(!cn_conv_lstm1d(2, {3}, .dropout = 2));
        check_error("ConvLSTM1D: expected a number from 0 to 1 for 'dropout'. Received: dropout=2");
    }
}
