/* i, f, o = recurrent_activation(x kernel + h recurrent_kernel + bias) of their gates
 * c' = f c + i activation(… of the gate c)
 * h' = o activation(c')
 * x (batch, features); h, c (batch, units).  keras.layers.LSTMCell, LSTM */
#include "layers/rnn/rnn.h"

CN_GATES_STRUCT(lstm_cell, CN_LSTM_CELL)
CN_RNN_STRUCT(lstm, CN_LSTM)

enum { INPUT, FORGET, CANDIDATE, OUTPUT, GATES };

static bool init_cell(lstm_cell *self)
{
    return CN_GATES_INIT(self, GATES);
}

static bool build_cell(lstm_cell *self, const cn_shapes *in)
{
    return cn_gates_build(&self->gates, in, self->use_bias, &cn_shape(GATES * self->units)) &&
           (!self->use_bias || !self->unit_forget_bias ||
            cn_unit_forget_bias(self->gates.bias, self->units));
}

static int state_size(const lstm_cell *self, cn_shape *sizes)
{
    sizes[0] = sizes[1] = cn_shape(self->units);
    return 2;
}

static bool begin(lstm_cell *self, cn_tensor *x, bool training)
{
    return cn_gates_begin(&self->gates, x, training);
}

static cn_tensor *project(lstm_cell *self, cn_tensor *x)
{
    return cn_gates_of_input(&self->gates, x, self->gates.bias);
}

static cn_tensor *step(lstm_cell *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *h_before = in->x[1], *c_before = in->x[2];
    cn_list *gates = cn_split(cn_add(x, cn_gates_of_state(&self->gates, h_before)), GATES, -1);
    cn_tensor *i = cn_activate(self->recurrent_activation, cn_list_item(gates, INPUT));
    cn_tensor *f = cn_activate(self->recurrent_activation, cn_list_item(gates, FORGET));
    cn_tensor *candidate = cn_activate(self->activation, cn_list_item(gates, CANDIDATE));
    cn_tensor *o = cn_activate(self->recurrent_activation, cn_list_item(gates, OUTPUT));
    cn_tensor *c = cn_add(cn_mul(f, c_before), cn_mul(i, candidate));
    cn_tensor *h = cn_mul(o, cn_activate(self->activation, c));
    return h && c ? cn_tuple(cn_list_of(h, h, c)) : NULL;
}

static cn_tensor *call_cell(lstm_cell *self, const cn_inputs *in)
{
    return cn_cell_call(self, in);
}

CN_BUILTIN_LAYER(lstm_cell, "LSTMCell", NULL, .init = init_cell, .build = build_cell,
                 .call = call_cell, .state_size = state_size, .begin = begin, .project = project,
                 .step = step, .inputs = "inputs states*", .ends_mask = true)

/* ---- along a sequence ---- */

static bool init(void *layer)
{
    lstm *self = layer;
    return cn_check_units(self, self->units, self->dropout, self->recurrent_dropout) &&
           cn_rnn_hold(&self->head,
                       cn_lstm_cell_new(
                           &(cn_lstm_cell_options){CN_CELL_OPTIONS(CN_LSTM_CELL, "lstm_cell")}),
                       3);
}

CN_BUILTIN_LAYER(lstm, "LSTM", NULL, .init = init, CN_RNN_METHODS)
