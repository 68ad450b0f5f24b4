/* Bidirectional and TimeDistributed. */
#include "layers/check_layer.h"

#include <stdio.h>

#include "cornu/models.h"
#include "ops/gradient_check.h"

static cn_tensor *sequence(cn_shape shape)
{
    return cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(5));
}

static double difference(cn_tensor *a, cn_tensor *b)
{
    return cn_item(cn_max(cn_abs(cn_sub(a, b))));
}

/* As Keras, which builds the layers within before the one around them when it reads a file. */
TEST(both_directions_read_from_a_file_have_short_paths)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(4, 3);
        cn_model *m =
            cn_functional(x, cn_call(cn_bidirectional(cn_lstm(2, .name = "l"), .name = "both"), x));
        cn_model *again = cn_model_from_json(cn_model_to_json(m));
        REQUIRE(again);
        check_text(cn_variable_path(cn_nth(cn_weights(m), 0)), "both/forward_l/lstm_cell/kernel");
        check_text(cn_variable_path(cn_nth(cn_weights(again), 0)), "forward_l/lstm_cell/kernel");
        check_text(cn_variable_path(cn_nth(cn_weights(again), 3)), "backward_l/lstm_cell/kernel");
    }
}

TEST(bidirectional_contract)
{
    CN_SCOPE {
        check_layer(cn_bidirectional(cn_lstm(4)), .in = cn_shape(2, 5, 3), .out = cn_shape(2, 8),
                    .open = cn_shape(CN_ANY, CN_ANY, 3), .open_out = cn_shape(CN_ANY, 8),
                    .trainable = 6);
        check_layer(cn_bidirectional(cn_gru(4, .return_sequences = true), .merge_mode = "ave"),
                    .in = cn_shape(2, 5, 3), .out = cn_shape(2, 5, 4), .trainable = 6);
    }
}

TEST(bidirectional_is_two_layers)
{
    CN_SCOPE {
        cn_layer *layer =
            cn_bidirectional(cn_lstm(2, .return_sequences = true, .name = "cells"), .name = "both");
        cn_tensor *x = sequence(cn_shape(2, 4, 3)), *y = cn_call(layer, x);
        REQUIRE(y && layer->layers->count == 2);
        cn_layer *forward = cn_nth(layer->layers, 0), *backward = cn_nth(layer->layers, 1);
        check_text(forward->name, "forward_cells");
        check_text(backward->name, "backward_cells");
        cn_tensor *back = cn_flip(cn_call(backward, x), (cn_axes){{1}});
        CHECK(difference(y, cn_concat(cn_list_of(cn_call(forward, x), back), -1)) == 0);
        check_text(cn_variable_path(cn_nth(cn_weights(layer), 3)),
                   "both/backward_cells/lstm_cell/kernel");
    }
}

TEST(bidirectional_states)
{
    CN_SCOPE {
        cn_layer *layer = cn_bidirectional(cn_gru(2, .return_state = true), .merge_mode = NULL);
        cn_tensor *x = sequence(cn_shape(1, 4, 3)), *a = sequence(cn_shape(1, 2));
        cn_tensor *b = cn_mul(a, 2), *y = cn_call(layer, x, a, b);
        REQUIRE(y && y->results->count == 4);
        CHECK(difference(cn_nth(y, 0), cn_nth(y, 2)) == 0);
        cn_layer *backward = cn_nth(layer->layers, 1);
        CHECK(difference(cn_nth(y, 1), cn_nth(cn_call(backward, x, b), 0)) == 0);
    }
}

TEST(bidirectional_refuses)
{
    CN_SCOPE {
        CHECK(!cn_bidirectional(cn_lstm(2), .merge_mode = "max"));
        check_error("Invalid merge mode. Received: max. Merge mode should be one of {\"sum\", "
                    "\"mul\", \"ave\", \"concat\", None}");
        CHECK(!cn_bidirectional(cn_lstm(2), .backward_layer = cn_lstm(2)));
        check_error("Forward layer and backward layer should have different `go_backwards` value. "
                    "Received: forward_layer.go_backwards=False, "
                    "backward_layer.go_backwards=False");
        CHECK(!cn_bidirectional(cn_lstm(2), .backward_layer = cn_gru(2, .go_backwards = true,
                                                                     .return_sequences = true)));
        check_error("Forward layer and backward layer are expected to have the same value for "
                    "attribute \"return_sequences\", got \"False\" for forward layer and \"True\" "
                    "for backward layer");
        CHECK(!cn_bidirectional(NULL));
        check_error("Bidirectional: the argument 'layer' is required");
    }
}

TEST(bidirectional_travels_in_files)
{
    CN_SCOPE {
        cn_tensor *in = cn_input(5, .dtype = CN_INT32);
        cn_tensor *x = cn_call(cn_embedding(9, 3, .mask_zero = true), in);
        x = cn_call(cn_bidirectional(cn_lstm(2, .return_sequences = true)), x);
        x = cn_call(cn_bidirectional(cn_rnn(cn_list_of(cn_gru_cell(2), cn_lstm_cell(3))),
                                     .merge_mode = "sum"),
                    x);
        cn_model *model = cn_functional(in, x);
        cn_tensor *ids =
            cn_array((int32_t[]){1, 2, 3, 0, 0, 4, 0, 5, 6, 7}, CN_INT32, cn_shape(2, 5));
        REQUIRE(model && cn_save(model, "two_ways.keras") && cn_save(model, "two_ways.h5"));
        cn_tensor *y = cn_predict(model, ids);
        CHECK(difference(y, cn_predict(cn_load_model("two_ways.keras"), ids)) == 0);
        CHECK(difference(y, cn_predict(cn_load_model("two_ways.h5"), ids)) == 0);
        remove("two_ways.keras");
        remove("two_ways.h5");
    }
}

/* ---- TimeDistributed ---- */

TEST(time_distributed_contract)
{
    CN_SCOPE {
        check_layer(cn_time_distributed(cn_dense(4)), .in = cn_shape(2, 5, 3),
                    .out = cn_shape(2, 5, 4), .open = cn_shape(CN_ANY, CN_ANY, 3),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4), .trainable = 2);
        check_layer(cn_time_distributed(cn_conv2d(2, {2})), .in = cn_shape(2, 3, 4, 4, 2),
                    .out = cn_shape(2, 3, 3, 3, 2), .open = cn_shape(CN_ANY, 3, 4, 4, 2),
                    .open_out = cn_shape(CN_ANY, 3, 3, 3, 2), .trainable = 2);
        check_layer(cn_time_distributed(cn_batch_normalization()), .in = cn_shape(4, 3, 2),
                    .out = cn_shape(4, 3, 2), .trainable = 2, .fixed = 2, .training = true,
                    .no_step = true);
    }
}

/* In training each step has statistics of its own, and the averages move once for each. */
TEST(time_distributed_batch_normalization)
{
    CN_SCOPE {
        cn_layer *inner = cn_batch_normalization(.momentum = 0.5, .epsilon = 0),
                 *layer = cn_time_distributed(inner);
        cn_tensor *x = cn_values(cn_shape(2, 2, 1), 1, 10, 3, 20);
        cn_tensor *y = cn_call(layer, x, .training = 1);
        check_tensor(y, cn_shape(2, 2, 1), -1, -1, 1, 1);
        check_tensor(cn_nth(inner->weights, 2), cn_shape(1), 0.5 * (0.5 * 0 + 0.5 * 2) + 0.5 * 15);
    }
}

/* x minus its mean over the batch: samples are not alone. */
#define CENTER(P) P(bool, twice, false, "adds the loss twice")
CN_LAYER(center_of_test, CENTER, )

static cn_tensor *call(center_of_test *self, const cn_inputs *in)
{
    cn_tensor *mean = cn_mean(in->x[0], {0}, true);
    if (self->twice)
        cn_add_loss(self, cn_sum(mean));
    cn_add_loss(self, cn_sum(mean));
    return cn_sub(in->x[0], mean);
}

CN_REGISTER_LAYER(center_of_test, .call = call)
#define center(...) CN_MAKE(center_of_test, CENTER, __VA_ARGS__)

TEST(time_distributed_over_what_mixes_samples)
{
    CN_SCOPE {
        cn_list *losses = cn_list_new();
        cn_call_scope scope;
        cn_call_scope_begin(&scope, 0, losses, NULL);
        cn_tensor *x = cn_values(cn_shape(2, 2, 1), 1, 10, 3, 20);
        cn_tensor *y = cn_call(cn_time_distributed(center(.twice = true)), x);
        cn_call_scope_end(&scope);
        check_tensor(y, cn_shape(2, 2, 1), -1, -5, 1, 5);
        REQUIRE(losses->count == 1);
        CHECK(cn_item(losses->items[0]) == 2 * (2 + 15));

        /* operations between layers may do so, too */
        cn_tensor *in = cn_input(1), *h = cn_call(cn_identity(), in);
        cn_model *model = cn_functional(in, cn_sub(h, cn_mean(h, {0}, true)));
        check_tensor(cn_call(cn_time_distributed(model), x), cn_shape(2, 2, 1), -1, -5, 1, 5);
    }
}

TEST(time_distributed_masks_and_several_results)
{
    CN_SCOPE {
        cn_layer *layer = cn_time_distributed(cn_lstm(2, .return_state = true));
        cn_tensor *x = sequence(cn_shape(2, 3, 4, 2));
        cn_tensor *mask = cn_greater(sequence(cn_shape(2, 3, 4)), 0);
        cn_tensor *y = cn_call(layer, x, .mask = mask);
        REQUIRE(y && y->results->count == 3);
        cn_layer *lstm = cn_nth(layer->layers, 0);
        for (int t = 0; t < 3; t++) {
            cn_tensor *one = cn_call(lstm, cn_slice(x, cn_fmt(":, %d", t)),
                                     .mask = cn_slice(mask, cn_fmt(":, %d", t)));
            for (int i = 0; i < 3; i++)
                CHECK(difference(cn_nth(one, i), cn_slice(cn_nth(y, i), cn_fmt(":, %d", t))) <
                      1e-6);
        }
        mask = cn_array((bool[]){true, false}, CN_BOOL, cn_shape(1, 2));
        y = cn_call(cn_time_distributed(cn_dense(1)), sequence(cn_shape(1, 2, 3)), .mask = mask);
        CHECK(cn_mask_of(y) == mask);
    }
}

TEST(time_distributed_refuses)
{
    CN_SCOPE {
        CHECK(!cn_call(cn_time_distributed(cn_dense(2), .name = "t"), cn_input(3)));
        check_error("TimeDistributed 't': `TimeDistributed` Layer should be passed an "
                    "`input_shape` with at least 3 dimensions, received: (None, 3)");
        cn_tensor *mask = cn_ones(cn_shape(2), CN_BOOL);
        CHECK(!cn_call(cn_time_distributed(cn_dense(2), .name = "t"), sequence(cn_shape(2, 3, 1)),
                       .mask = mask));
        check_error("TimeDistributed 't': The `mask` passed to the `TimeDistributed` layer must be "
                    "at least 2D (e.g., `(batch_size, timesteps)`), but it has 1 dimension(s) with "
                    "shape (2,).");
        CHECK(!cn_time_distributed(cn_dense(0)));
        check_error("Dense: expected units > 0. Received: units=0");
    }
}
