/* keras.layers: recurrent layers, and what works along the steps of a sequence. See
 * cornu/layers.h.
 *
 * Sequences are (batch, steps, features). A mask (batch, steps), which comes with the tensor or as
 * .mask of cn_call, leaves steps out: states pass them unchanged, and the output of the step before
 * stands for theirs (zeros with zero_output_for_mask). Further inputs of a call are the initial
 * states, one tensor each: cn_call(layer, x, h, c). */
#ifndef CORNU_LAYERS_RNN_H
#define CORNU_LAYERS_RNN_H

#include <cornu/layers_core.h>

/* What all layers take that lead a cell along a sequence. With `stateful` the states stay from call
 * to call, for which the batch size must be known (cn_input's batch_size), until cn_reset_state;
 * they are not saved. */
#define CN_RNN_PARAMS_(P)                                                                  \
    P(bool, return_sequences, false, "the outputs of all steps, not of the last alone")    \
    P(bool, return_state, false, "the last states follow the output, as more results")     \
    P(bool, go_backwards, false, "from the last step to the first; outputs in that order") \
    P(bool, stateful, false, "a call begins with the states of the call before")           \
    P(bool, unroll, false, "taken from Keras; the numbers are the same")                   \
    P(bool, zero_output_for_mask, false, "zeros where the mask leaves a step out")
/* The weights of cells, and dropout. Its masks are drawn once for each sequence. */
#define CN_CELL_WEIGHTS_(P)                                                                  \
    P(bool, use_bias, true, "add a bias vector")                                             \
    P(cn_initializer, kernel_initializer, "glorot_uniform", "how the input's kernel starts") \
    P(cn_initializer, recurrent_initializer, "orthogonal", "how the state's kernel starts")  \
    P(cn_initializer, bias_initializer, "zeros", "how the bias starts")
#define CN_CELL_LIMITS_(P)                                                               \
    P(cn_regularizer, kernel_regularizer, NULL, "penalty for the input's kernel")        \
    P(cn_regularizer, recurrent_regularizer, NULL, "penalty for the state's kernel")     \
    P(cn_regularizer, bias_regularizer, NULL, "penalty for the bias")                    \
    P(cn_constraint, kernel_constraint, NULL, "what the input's kernel must satisfy")    \
    P(cn_constraint, recurrent_constraint, NULL, "what the state's kernel must satisfy") \
    P(cn_constraint, bias_constraint, NULL, "what the bias must satisfy")                \
    P(float, dropout, 0.0, "share of the inputs that training sets to 0, from 0 to 1")   \
    P(float, recurrent_dropout, 0.0, "share of the states that training sets to 0")
#define CN_CELL_SEED_(P) P(int, seed, CN_NONE, "seed of the dropout; default: random")
#define CN_RNN_ACTIVITY_(P) P(cn_regularizer, activity_regularizer, NULL, "penalty for the output")

/* activation(x kernel + h recurrent_kernel + bias) of one step: x (batch, features), h (batch,
 * units) -> the output and the new h, which are the same. keras.layers.SimpleRNNCell */
#define CN_SIMPLE_RNN_CELL(P)                               \
    P(int, units, CN_REQUIRED, "width of state and output") \
    P(cn_activation, activation, "tanh", "of the output")   \
    CN_CELL_WEIGHTS_(P)                                     \
    CN_CELL_LIMITS_(P)                                      \
    CN_CELL_SEED_(P)
CN_OPTIONS(simple_rnn_cell, CN_SIMPLE_RNN_CELL, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_simple_rnn_cell_new(const cn_simple_rnn_cell_options *options);
#define cn_simple_rnn_cell(...) CN_MAKE(simple_rnn_cell, CN_SIMPLE_RNN_CELL, __VA_ARGS__)

/* That cell along a sequence: (batch, steps, features) -> (batch, units), or (batch, steps, units)
 * with return_sequences. keras.layers.SimpleRNN */
#define CN_SIMPLE_RNN(P) CN_SIMPLE_RNN_CELL(P) CN_RNN_PARAMS_(P) CN_RNN_ACTIVITY_(P)
CN_OPTIONS(simple_rnn, CN_SIMPLE_RNN, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_simple_rnn_new(const cn_simple_rnn_options *options);
#define cn_simple_rnn(...) CN_MAKE(simple_rnn, CN_SIMPLE_RNN, __VA_ARGS__)

/* One step of a GRU: x (batch, features), h (batch, units) -> the output and the new h, which are
 * the same. Kernels have the gates z, r, h side by side. With reset_after the reset gate is applied
 * to the state's product and the bias is (2, 3 units); without, to the state before it.
 * keras.layers.GRUCell */
#define CN_GRU_CELL(P)                                                          \
    P(int, units, CN_REQUIRED, "width of state and output")                     \
    P(cn_activation, activation, "tanh", "of the candidate")                    \
    P(cn_activation, recurrent_activation, "sigmoid", "of the gates")           \
    CN_CELL_WEIGHTS_(P)                                                         \
    CN_CELL_LIMITS_(P)                                                          \
    P(bool, reset_after, true, "reset gate after the product, as cuDNN has it") \
    CN_CELL_SEED_(P)
CN_OPTIONS(gru_cell, CN_GRU_CELL, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_gru_cell_new(const cn_gru_cell_options *options);
#define cn_gru_cell(...) CN_MAKE(gru_cell, CN_GRU_CELL, __VA_ARGS__)

/* That cell along a sequence. keras.layers.GRU */
#define CN_GRU(P) CN_GRU_CELL(P) CN_RNN_PARAMS_(P) CN_RNN_ACTIVITY_(P)
CN_OPTIONS(gru, CN_GRU, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_gru_new(const cn_gru_options *options);
#define cn_gru(...) CN_MAKE(gru, CN_GRU, __VA_ARGS__)

/* One step of an LSTM: x (batch, features), h and c (batch, units) -> the output, the new h (which
 * is the output) and the new c. Kernels and bias have the gates i, f, c, o side by side.
 * keras.layers.LSTMCell */
#define CN_LSTM_CELL(P)                                                   \
    P(int, units, CN_REQUIRED, "width of states and output")              \
    P(cn_activation, activation, "tanh", "of candidate and output")       \
    P(cn_activation, recurrent_activation, "sigmoid", "of the gates")     \
    CN_CELL_WEIGHTS_(P)                                                   \
    P(bool, unit_forget_bias, true, "the forget gate's bias starts as 1") \
    CN_CELL_LIMITS_(P)                                                    \
    CN_CELL_SEED_(P)
CN_OPTIONS(lstm_cell, CN_LSTM_CELL, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_lstm_cell_new(const cn_lstm_cell_options *options);
#define cn_lstm_cell(...) CN_MAKE(lstm_cell, CN_LSTM_CELL, __VA_ARGS__)

/* That cell along a sequence: (batch, steps, features) -> (batch, units), or (batch, steps, units)
 * with return_sequences; with return_state h and c follow (cn_nth(y, 1), cn_nth(y, 2)).
 * keras.layers.LSTM */
#define CN_LSTM(P) CN_LSTM_CELL(P) CN_RNN_PARAMS_(P) CN_RNN_ACTIVITY_(P)
CN_OPTIONS(lstm, CN_LSTM, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_lstm_new(const cn_lstm_options *options);
#define cn_lstm(...) CN_MAKE(lstm, CN_LSTM, __VA_ARGS__)

/* Any cell along a sequence: one of the above, several (a cn_list of them is a stack), or one of
 * your own: a layer with the method state_size. (batch, steps, ...) -> (batch, ...), or (batch,
 * steps, ...) with return_sequences; with return_state the states follow. keras.layers.RNN */
#define CN_RNN(P)                                                        \
    P(cn_layers, cell, CN_REQUIRED_LAYERS, "a cell, or a list of cells") \
    CN_RNN_PARAMS_(P)
CN_OPTIONS(rnn, CN_RNN, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_rnn_new(const cn_rnn_options *options);
#define cn_rnn(...) CN_MAKE(rnn, CN_RNN, __VA_ARGS__)

/* Cells one behind the other, as one cell: cn_stacked_rnn_cells(cn_list_of(a, b)).
 * keras.layers.StackedRNNCells */
#define CN_STACKED_RNN_CELLS(P) P(cn_layers, cells, CN_REQUIRED_LAYERS, "a list of cells")
CN_OPTIONS(stacked_rnn_cells, CN_STACKED_RNN_CELLS, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_stacked_rnn_cells_new(const cn_stacked_rnn_cells_options *options);
#define cn_stacked_rnn_cells(...) CN_MAKE(stacked_rnn_cells, CN_STACKED_RNN_CELLS, __VA_ARGS__)

/* The arguments of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D. */
#define CN_CONV_LSTM(P)                                                                        \
    P(int, filters, CN_REQUIRED, "number of output channels")                                  \
    P(cn_dims, kernel_size, CN_REQUIRED_SIZES, "size of the window; one number: for all axes") \
    P(cn_dims, strides, {{1}}, "how far the input's window moves")                             \
    P(cn_str, padding, "valid", "of the input: \"valid\" or \"same\"")                         \
    P(cn_str, data_format, NULL, "\"channels_last\" (default) or \"channels_first\"")          \
    P(cn_dims, dilation_rate, {{1}}, "how far apart the input's window's places are")          \
    P(cn_activation, activation, "tanh", "of candidate and output")                            \
    P(cn_activation, recurrent_activation, "sigmoid", "of the gates")                          \
    CN_CELL_WEIGHTS_(P)                                                                        \
    P(bool, unit_forget_bias, true, "the forget gate's bias starts as 1")                      \
    CN_CELL_LIMITS_(P)                                                                         \
    CN_CELL_SEED_(P) CN_RNN_PARAMS_(P) CN_RNN_ACTIVITY_(P)
CN_OPTIONS(conv_lstm, CN_CONV_LSTM, CN_LAYER_PARAMS)

/* An LSTM whose products are convolutions: (batch, steps, places, channels) -> (batch, new places,
 * filters), or with the steps, with return_sequences. keras.layers.ConvLSTM1D */
typedef cn_conv_lstm_options cn_conv_lstm1d_options;
CN_API cn_layer *cn_conv_lstm1d_new(const cn_conv_lstm1d_options *options);
#define cn_conv_lstm1d(...) CN_MAKE(conv_lstm1d, CN_CONV_LSTM, __VA_ARGS__)

/* (batch, steps, rows, columns, channels) -> (batch, new rows, columns, filters), or with the
 * steps. keras.layers.ConvLSTM2D */
typedef cn_conv_lstm_options cn_conv_lstm2d_options;
CN_API cn_layer *cn_conv_lstm2d_new(const cn_conv_lstm2d_options *options);
#define cn_conv_lstm2d(...) CN_MAKE(conv_lstm2d, CN_CONV_LSTM, __VA_ARGS__)

/* (batch, steps, depth, rows, columns, channels) -> (batch, new depth, rows, columns, filters), or
 * with the steps. keras.layers.ConvLSTM3D */
typedef cn_conv_lstm_options cn_conv_lstm3d_options;
CN_API cn_layer *cn_conv_lstm3d_new(const cn_conv_lstm3d_options *options);
#define cn_conv_lstm3d(...) CN_MAKE(conv_lstm3d, CN_CONV_LSTM, __VA_ARGS__)

/* A recurrent layer from the first step to the last and one from the last to the first. Both are
 * made anew from `layer`, but for a `backward_layer` that is given. merge_mode: "concat", "sum",
 * "mul", "ave"; NULL: the two outputs as two results. With return_state the states of the one, then
 * of the other follow. Steps that are masked have the output 0. keras.layers.Bidirectional */
#define CN_BIDIRECTIONAL(P)                                                          \
    P(cn_layers, layer, CN_REQUIRED_LAYERS, "a recurrent layer")                     \
    P(cn_str, merge_mode, "concat", "\"concat\", \"sum\", \"mul\", \"ave\" or None") \
    P(cn_layers, backward_layer, NULL, "the layer that goes backwards; default: like the other")
CN_OPTIONS(bidirectional, CN_BIDIRECTIONAL, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_bidirectional_new(const cn_bidirectional_options *options);
#define cn_bidirectional(...) CN_MAKE(bidirectional, CN_BIDIRECTIONAL, __VA_ARGS__)

/* A layer or whole model at each step: (batch, steps, ...) -> (batch, steps, ...).
 * keras.layers.TimeDistributed */
#define CN_TIME_DISTRIBUTED(P) P(cn_layers, layer, CN_REQUIRED_LAYERS, "a layer or model")
CN_OPTIONS(time_distributed, CN_TIME_DISTRIBUTED, CN_LAYER_PARAMS)
/* Makes the layer from its options. */
CN_API cn_layer *cn_time_distributed_new(const cn_time_distributed_options *options);
#define cn_time_distributed(...) CN_MAKE(time_distributed, CN_TIME_DISTRIBUTED, __VA_ARGS__)

#endif
