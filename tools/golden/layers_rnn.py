"""Cases of recurrent layers, their cells and what wraps them."""

import numpy as np
from keras import layers

from golden.layer_case import LayerCases
from golden.store import normal

MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1]], bool)
KINDS = ("LSTM", "GRU", "SimpleRNN")


def add_cases(store):
    cases = LayerCases(store)
    for name in KINDS:
        recurrent(cases, name)
    rnn(cases)
    bidirectional(cases)
    time_distributed(cases)
    conv_lstm(cases)


def recurrent(cases, name):
    kind, cell = getattr(layers, name), getattr(layers, name + "Cell")
    x = normal(2, 5, 3)

    def add(label, mask=None, **options):
        cases(f"{name}.{label}", lambda: kind(3, **options), x, mask=mask)

    add("mask_last", MASK)
    add("mask_states", MASK, return_sequences=True, return_state=True)
    add("mask_zeros", MASK, return_sequences=True, zero_output_for_mask=True)
    add("mask_zeros_last", ~MASK, zero_output_for_mask=True)
    add("mask_backwards", MASK, return_sequences=True, go_backwards=True)
    add("mask_backwards_last", MASK, return_state=True, go_backwards=True)
    add("backwards_zeros", MASK, go_backwards=True, zero_output_for_mask=True)
    add("unroll", unroll=True, return_sequences=True)
    add("dropout_off", dropout=0.4, recurrent_dropout=0.3)
    if name != "SimpleRNN":  # which Keras on JAX refuses
        cases(f"{name}.float64", lambda: kind(2, dtype="float64"), x.astype("float64"))
    cases(f"{name}.cell", lambda: layers.RNN(cell(3), return_sequences=True, return_state=True), x,
          mask=MASK)
    if name == "GRU":
        add("before", reset_after=False, return_sequences=True)
        add("before_mask", MASK, reset_after=False, use_bias=False)


def rnn(cases):
    x = normal(2, 5, 3)

    def stack():
        return [layers.GRUCell(3), layers.LSTMCell(2), layers.SimpleRNNCell(4)]

    cases("RNN.stack", lambda: layers.RNN(stack(), return_sequences=True), x)
    cases("RNN.stack_mask", lambda: layers.RNN(stack()), x, mask=MASK)
    cases("RNN.stacked_cells",
          lambda: layers.RNN(layers.StackedRNNCells(stack()), go_backwards=True), x)


def bidirectional(cases):
    x = normal(2, 5, 3)
    for mode in ("sum", "mul", "ave", "concat", None):
        cases(f"Bidirectional.{mode}_last",
              lambda: layers.Bidirectional(layers.LSTM(2), merge_mode=mode), x)
        cases(f"Bidirectional.{mode}_mask",
              lambda: layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=mode),
              x, mask=MASK)
    cases("Bidirectional.states",
          lambda: layers.Bidirectional(layers.LSTM(2, return_sequences=True, return_state=True)), x)
    cases("Bidirectional.states_apart",
          lambda: layers.Bidirectional(layers.SimpleRNN(2, return_state=True), merge_mode=None), x)
    cases("Bidirectional.other",
          lambda: layers.Bidirectional(layers.LSTM(2), backward_layer=layers.GRU(
              3, go_backwards=True)), x)
    cases("Bidirectional.cells", lambda: layers.Bidirectional(layers.RNN(layers.LSTMCell(2))), x)


def time_distributed(cases):
    cases("TimeDistributed.conv",
          lambda: layers.TimeDistributed(layers.Conv2D(3, 2, activation="relu")),
          normal(2, 3, 4, 5, 2))
    cases("TimeDistributed.lstm",
          lambda: layers.TimeDistributed(layers.LSTM(2)), normal(2, 3, 4, 2))
    cases("TimeDistributed.batch_norm",
          lambda: layers.TimeDistributed(layers.BatchNormalization()), normal(4, 3, 2))
    cases("TimeDistributed.batch_norm_training",
          lambda: layers.TimeDistributed(layers.BatchNormalization()), normal(4, 3, 2),
          training=True)


def conv_lstm(cases):
    line, plane = normal(2, 3, 6, 2), normal(2, 3, 5, 4, 2)

    def add(rank, label, x, **options):
        kind = getattr(layers, f"ConvLSTM{rank}D")
        cases(f"ConvLSTM{rank}D.{label}", lambda: kind(2, **options), x)

    add(1, "valid", line, kernel_size=3)
    add(1, "same", line, kernel_size=2, padding="same", return_sequences=True)
    add(1, "strides", line, kernel_size=3, strides=2, return_state=True)
    add(2, "valid", plane, kernel_size=2)
    add(2, "dilated", plane, kernel_size=2, dilation_rate=2, return_sequences=True)
    add(2, "backwards", plane, kernel_size=3, padding="same", go_backwards=True, use_bias=False)
    add(3, "valid", normal(1, 2, 4, 3, 3, 2), kernel_size=2, return_sequences=True)
