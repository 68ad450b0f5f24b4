/* LSTM, GRU, SimpleRNN, RNN over cells: shapes, states, errors, gradients. Numbers from Keras are
 * in tests/parity/golden/layers_rnn.npz. */
#include "layers/check_layer.h"

#include <math.h>
#include <stdio.h>

#include "cornu/models.h"
#include "ops/gradient_check.h"

static cn_tensor *sequence(cn_shape shape)
{
    return cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(11));
}

static double difference(cn_tensor *a, cn_tensor *b)
{
    return cn_item(cn_max(cn_abs(cn_sub(a, b))));
}

TEST(rnn_contracts)
{
    CN_SCOPE {
        cn_shape in = cn_shape(2, 5, 3), open = cn_shape(CN_ANY, CN_ANY, 3);
        check_layer(cn_lstm(4), .in = in, .out = cn_shape(2, 4), .open = open,
                    .open_out = cn_shape(CN_ANY, 4), .trainable = 3);
        check_layer(cn_gru(4, .return_sequences = true), .in = in, .out = cn_shape(2, 5, 4),
                    .open = open, .open_out = cn_shape(CN_ANY, CN_ANY, 4), .trainable = 3);
        check_layer(cn_simple_rnn(4, .use_bias = false, .go_backwards = true), .in = in,
                    .out = cn_shape(2, 4), .open = open, .open_out = cn_shape(CN_ANY, 4),
                    .trainable = 2);
        check_layer(cn_rnn(cn_lstm_cell(4)), .in = in, .out = cn_shape(2, 4), .trainable = 3);
        check_layer(cn_rnn(cn_list_of(cn_gru_cell(4), cn_simple_rnn_cell(2))), .in = in,
                    .out = cn_shape(2, 2), .trainable = 6);
        check_layer(cn_lstm(3, .dropout = 0.5, .recurrent_dropout = 0.5), .in = in,
                    .out = cn_shape(2, 3), .trainable = 3, .training = true, .no_step = true);
    }
}

TEST(rnn_parameters)
{
    CN_SCOPE {
        cn_layer *gru = cn_gru(4), *before = cn_gru(4, .reset_after = false);
        cn_tensor *x = sequence(cn_shape(1, 2, 3));
        cn_call(gru, x);
        cn_call(before, x);
        check_text(cn_shape_text(((cn_tensor *)cn_nth(cn_weights(gru), 2))->shape), "(2, 12)");
        check_text(cn_shape_text(((cn_tensor *)cn_nth(cn_weights(before), 2))->shape), "(12,)");
        cn_layer *lstm = cn_lstm(2, .bias_initializer = "constant(3)");
        cn_call(lstm, x);
        check_tensor(cn_nth(cn_weights(lstm), 2), cn_shape(8), 3, 3, 1, 1, 3, 3, 3, 3);
        check_config(lstm, "unit_forget_bias", "true");
        check_config(lstm, "recurrent_activation", "\"sigmoid\"");
        check_config(lstm, "cell", "absent");
        check_config(cn_simple_rnn(2), "seed", "absent");
    }
}

/* From states to states: the second half goes on where the first ended. */
TEST(rnn_states_go_in_and_out)
{
    CN_SCOPE {
        cn_layer *layers[] = {
            cn_lstm(3, .return_state = true), cn_gru(3, .return_state = true),
            cn_rnn(cn_list_of(cn_gru_cell(3), cn_lstm_cell(2)), .return_state = true)};
        cn_tensor *x = sequence(cn_shape(2, 6, 3));
        for (int i = 0; i < 3; i++) {
            cn_list *whole = cn_results_of(cn_call(layers[i], x));
            cn_list *half = cn_results_of(cn_call(layers[i], cn_slice(x, ":, :3")));
            REQUIRE(whole && half);
            cn_replace(&half->items[0], cn_slice(x, ":, 3:"));
            cn_list *rest = cn_results_of(cn_call(layers[i], .inputs = half));
            REQUIRE(rest && rest->count == whole->count);
            for (size_t k = 0; k < whole->count; k++)
                CHECK(difference(whole->items[k], rest->items[k]) < 1e-6);
        }
    }
}

/* What comes before the first step that counts is zero, whatever the states are. */
TEST(rnn_masked_first_step_with_states)
{
    CN_SCOPE {
        cn_layer *layer = cn_gru(2, .return_sequences = true, .return_state = true);
        cn_tensor *x = sequence(cn_shape(1, 3, 2)), *h = cn_ones(cn_shape(1, 2), CN_FLOAT32);
        cn_tensor *mask = cn_array((bool[]){false, true, false}, CN_BOOL, cn_shape(1, 3));
        cn_tensor *y = cn_call(layer, x, h, .mask = mask);
        cn_tensor *one = cn_call(layer, cn_slice(x, ":, 1:2"), h);
        REQUIRE(y && one);
        check_tensor(cn_slice(cn_nth(y, 0), "0, 0"), cn_shape(2), 0, 0);
        CHECK(difference(cn_slice(cn_nth(y, 0), ":, 2"), cn_nth(one, 1)) < 1e-7);
        CHECK(difference(cn_nth(y, 1), cn_nth(one, 1)) < 1e-7);
        CHECK(cn_mask_of(cn_nth(y, 0)) == mask && !cn_mask_of(cn_nth(y, 1)));
    }
}

TEST(rnn_stateful)
{
    CN_SCOPE {
        cn_layer *plain = cn_lstm(3), *layer = cn_lstm(3, .stateful = true, .name = "kept");
        cn_tensor *x = sequence(cn_shape(2, 6, 3));
        cn_call(plain, x);
        cn_model *model = cn_sequential(cn_input(3, 3, .batch_size = 2), layer);
        REQUIRE(model && cn_count_params(model) == cn_count_params(plain));
        for (int i = 0; i < 3; i++)
            cn_set_data(cn_nth(cn_weights(layer), i), cn_data(cn_nth(cn_weights(plain), i)));
        cn_tensor *first = cn_predict(model, cn_copy(cn_slice(x, ":, :3")));
        CHECK(difference(first, cn_call(plain, cn_slice(x, ":, :3"))) < 1e-6);
        cn_tensor *second = cn_predict(model, cn_copy(cn_slice(x, ":, 3:")));
        CHECK(difference(second, cn_call(plain, x)) < 1e-6);
        CHECK(cn_reset_state(model));
        CHECK(difference(cn_call(model, cn_slice(x, ":, :3")), first) < 1e-6);
        CHECK(!cn_call(layer, sequence(cn_shape(4, 3, 3))));
        check_error("LSTM 'kept': If an RNN is stateful, the batch size of the input sequences "
                    "must be the same as the batch size of the initial state. Expected batch size: "
                    "2. Received batch size: 4");
        CHECK(!cn_call(cn_gru(3, .stateful = true, .name = "g"), cn_input(3, 3)));
        check_error("GRU 'g': When using `stateful=True` in a RNN, the batch size must be static. "
                    "Found dynamic batch size: sequence.shape=(None, 3, 3)");
    }
}

TEST(rnn_refuses)
{
    CN_SCOPE {
        CHECK(!cn_lstm(0));
        check_error("LSTM: expected units > 0. Received: units=0");
        CHECK(!cn_gru_cell(-1));
        check_error("GRUCell: expected units > 0. Received: units=-1");
        CHECK(!cn_simple_rnn(2, .recurrent_dropout = 1.5));
        check_error("SimpleRNN: expected a number from 0 to 1 for 'recurrent_dropout'. Received: "
                    "recurrent_dropout=1.5");
        CHECK(!cn_call(cn_lstm(2, .name = "l"), cn_input(5)));
        check_error("LSTM 'l': expected ndim=3, found ndim=2. Full shape received: (None, 5)");
        cn_layer *layer = cn_lstm(2, .name = "l");
        cn_call(layer, sequence(cn_shape(1, 2, 3)));
        CHECK(!cn_call(layer, sequence(cn_shape(1, 2, 4))));
        check_error("LSTM 'l': expected axis 2 of input shape to have value 3, but received input "
                    "with shape (2, 1, 4)");
        cn_tensor *h = cn_ones(cn_shape(1, 2), CN_FLOAT32);
        CHECK(!cn_call(layer, sequence(cn_shape(1, 2, 3)), h));
        check_error("LSTM 'l': expected 2 tensors for 'initial_state', found 1");
        CHECK(!cn_call(cn_gru(2, .unroll = true, .name = "g"), cn_input(CN_ANY, 3)));
        check_error("GRU 'g': Cannot unroll a RNN if the time dimension is undefined. Specify it "
                    "in the shape of the cn_input.");
        CHECK(!cn_rnn(NULL));
        check_error("RNN: the argument 'cell' is required");
        CHECK(!cn_rnn(cn_dense(3)));
        check_error("RNN: expected a cell, a layer with the method state_size, for 'cell'. "
                    "Received: cell=Dense");
        CHECK(!cn_rnn(cn_list_of(cn_lstm_cell(2), cn_dense(3))));
        check_error("StackedRNNCells: expected cells, layers with the method state_size, for "
                    "'cells'. Received: a Dense");
    }
}

/* ---- gradients ---- */

static cn_layer *checked;
static cn_tensor *mask;

static cn_tensor *sum_of_call(cn_tensor *const *x)
{
    return cn_call(checked, x[0], .mask = mask);
}

TEST(rnn_gradients_of_inputs)
{
    CN_SCOPE {
        cn_layer *layers[] = {
            cn_lstm(2, .return_sequences = true, .dtype = "float64"),
            cn_gru(2, .go_backwards = true, .return_sequences = true, .dtype = "float64"),
            cn_gru(2, .reset_after = false, .dtype = "float64"),
            cn_simple_rnn(2, .zero_output_for_mask = true, .dtype = "float64"),
            cn_rnn(
                cn_list_of(cn_lstm_cell(2, .dtype = "float64"), cn_gru_cell(2, .dtype = "float64")),
                .dtype = "float64")};
        bool kept[] = {true, true, false, false, true, true};
        for (int i = 0; i < 10; i++) {
            checked = layers[i / 2];
            mask = i % 2 ? cn_array(kept, CN_BOOL, cn_shape(2, 3)) : NULL;
            check_gradients(sum_of_call, gradient_values(cn_shape(2, 3, 2), i));
        }
    }
}

/* ---- own cells ---- */

/* h' = h + rate x, the output is twice that; the loss gets the sum of h'. */
#define LEAKY(P) P(float, rate, 0.5, "how much comes in")
CN_LAYER(leaky_cell_of_test, LEAKY, cn_tensor *scale; int64_t width;)

static bool build(leaky_cell_of_test *self, const cn_shapes *in)
{
    self->width = in->shape[0].dim[1];
    self->scale = cn_add_weight(self, "scale", cn_shape(self->width), .initializer = "ones");
    return self->scale;
}

static int state_size(const leaky_cell_of_test *self, cn_shape *sizes)
{
    sizes[0] = cn_shape(self->width);
    return 1;
}

static cn_tensor *call(leaky_cell_of_test *self, const cn_inputs *in)
{
    cn_tensor *h = cn_add(in->x[1], cn_mul(cn_mul(in->x[0], self->scale), self->rate));
    cn_add_loss(self, cn_sum(h));
    return cn_tuple(cn_list_of(cn_mul(h, 2), h));
}

CN_REGISTER_LAYER(leaky_cell_of_test, .build = build, .call = call, .state_size = state_size)
#define leaky_cell(...) CN_MAKE(leaky_cell_of_test, LEAKY, __VA_ARGS__)

TEST(rnn_over_an_own_cell)
{
    CN_SCOPE {
        cn_layer *layer =
            cn_rnn(leaky_cell(.rate = 2), .return_sequences = true, .return_state = true);
        cn_tensor *x = cn_values(cn_shape(1, 3, 1), 1, 2, 3);
        cn_list *losses = cn_list_new();
        cn_call_scope scope;
        cn_call_scope_begin(&scope, 0, losses, NULL);
        cn_tensor *y = cn_call(layer, x);
        cn_call_scope_end(&scope);
        REQUIRE(y && losses->count == 1);
        check_tensor(cn_nth(y, 0), cn_shape(1, 3, 1), 4, 12, 24);
        check_tensor(cn_nth(y, 1), cn_shape(1, 1), 12);
        CHECK(cn_item(losses->items[0]) == 2 + 6 + 12);
        cn_tensor *kept = cn_array((bool[]){false, true, false}, CN_BOOL, cn_shape(1, 3));
        check_tensor(cn_nth(cn_call(layer, x, .mask = kept), 0), cn_shape(1, 3, 1), 0, 8, 8);
        check_tensor(cn_nth(cn_call(cn_rnn(leaky_cell()), x), 0), cn_shape(1, 1), 6);

        cn_model *model = cn_sequential(cn_input(3, 1), cn_rnn(leaky_cell(.rate = 2)));
        REQUIRE(model && cn_save(model, "own_cell.keras"));
        cn_model *again = cn_load_model("own_cell.keras");
        REQUIRE(again);
        check_tensor(cn_call(again, x), cn_shape(1, 1), 24);
        remove("own_cell.keras");
    }
}

static cn_tensor *bad_call(leaky_cell_of_test *self, const cn_inputs *in)
{
    (void)self;
    return cn_tuple(cn_list_of(in->x[0], in->x[1], in->x[1]));
}

static const leaky_cell_of_test_methods bad_methods = {
    .build = build, .call = bad_call, .state_size = state_size};
static const cn_class bad_class = {.family = CN_LAYERS,
                                   .name = "bad_cell",
                                   .params = leaky_cell_of_test_params,
                                   .defaults = &leaky_cell_of_test_defaults,
                                   .size = sizeof(leaky_cell_of_test),
                                   .methods = &bad_methods};

TEST(rnn_says_what_a_cell_must_give)
{
    CN_SCOPE {
        cn_layer *cell = cn_layer_new(&bad_class, NULL);
        CHECK(!cn_call(cn_rnn(cell, .name = "r"), cn_ones(cn_shape(1, 2, 1), CN_FLOAT32)));
        check_error("RNN 'r': the cell 'bad_cell': expected its output and 1 states from a call, "
                    "found 3 tensors");
    }
}

/* A cell is a layer like others, too. */
TEST(rnn_cells_alone)
{
    CN_SCOPE {
        cn_layer *cell = cn_lstm_cell(2, .name = "alone"), *layer = cn_rnn(cell);
        cn_tensor *x = sequence(cn_shape(3, 1, 4)), *zero = cn_zeros(cn_shape(3, 2), CN_FLOAT32);
        cn_tensor *y = cn_call(layer, x), *one = cn_call(cell, cn_slice(x, ":, 0"), zero, zero);
        REQUIRE(y && one && one->results->count == 3);
        CHECK(difference(y, cn_nth(one, 0)) < 1e-7 && difference(y, cn_nth(one, 1)) < 1e-7);
        CHECK(!cn_call(cell, cn_slice(x, ":, 0"), zero));
        check_error("LSTMCell 'alone': expected an input and 2 states, found 2 tensors");
        cn_layer *stack = cn_stacked_rnn_cells(cn_list_of(cn_gru_cell(2), cn_simple_rnn_cell(3)));
        check_text(cn_class_name(stack), "StackedRNNCells");
        cn_shape sizes[CN_MAX_STATES];
        CHECK(cn_methods_of(stack)->state_size(stack, sizes) == 2 && sizes[1].dim[0] == 3);
    }
}

/* What stands behind the first result of their last node is no output of the model. */
TEST(models_end_in_nodes_of_several_results)
{
    CN_SCOPE {
        cn_tensor *x = cn_ones(cn_shape(3, 4, 2), CN_FLOAT32);
        cn_layer *last[] = {cn_lstm(1), cn_simple_rnn(1), cn_max_pooling1d(4)};
        for (int i = 0; i < 3; i++) {
            cn_model *m = cn_sequential(cn_input(4, 2), last[i]);
            REQUIRE(cn_compile(m, "sgd", .loss = {"mse"}));
            cn_tensor *y = cn_predict(m, x);
            CHECK(cn_fit(m, cn_from_arrays(x, cn_zeros_like(y)), .verbose = 0));
            CHECK(!cn_nth(y, 1));
            check_error("cn_nth: expected an index below 1, found 1");
        }
    }
}
