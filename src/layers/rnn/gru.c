/* z, r = recurrent_activation(x kernel + h recurrent_kernel + bias) of their gates
 * candidate = activation(x kernel + r (h recurrent_kernel) + bias), the reset gate after the
 *     product, or with (r h) recurrent_kernel
 * h' = z h + (1 - z) candidate
 * x (batch, features); h (batch, units).  keras.layers.GRUCell, GRU */
#include "layers/rnn/rnn.h"

CN_GATES_STRUCT(gru_cell, CN_GRU_CELL)
CN_RNN_STRUCT(gru, CN_GRU)

enum { UPDATE, RESET, CANDIDATE, GATES };

static bool init_cell(gru_cell *self)
{
    return CN_GATES_INIT(self, GATES);
}

static bool build_cell(gru_cell *self, const cn_shapes *in)
{
    int64_t width = GATES * (int64_t)self->units;
    return cn_gates_build(&self->gates, in, self->use_bias,
                          self->reset_after ? &cn_shape(2, width) : &cn_shape(width));
}

static int state_size(const gru_cell *self, cn_shape *sizes)
{
    sizes[0] = cn_shape(self->units);
    return 1;
}

static bool begin(gru_cell *self, cn_tensor *x, bool training)
{
    return cn_gates_begin(&self->gates, x, training);
}

/* With reset_after there are two biases: of the input's product and of the state's. */
static cn_tensor *bias_of(const gru_cell *self, int which)
{
    cn_tensor *bias = self->gates.bias;
    if (!bias || !self->reset_after)
        return which ? NULL : bias;
    return cn_slice(bias, which ? "1" : "0");
}

static cn_tensor *project(gru_cell *self, cn_tensor *x)
{
    return cn_gates_of_input(&self->gates, x, bias_of(self, 0));
}

/* r (h recurrent_kernel + bias), or with the reset gate before the product. */
static cn_tensor *candidate_of(gru_cell *self, cn_tensor *h, cn_tensor *r, cn_tensor *of_state)
{
    if (self->reset_after)
        return cn_mul(r, of_state);
    return cn_matmul(cn_mul(r, cn_gate_state(&self->gates, h, CANDIDATE)),
                     cn_gate_part(&self->gates, self->gates.recurrent_kernel, CANDIDATE));
}

/* h recurrent_kernel + bias of the gates that need it before the reset gate is known. */
static cn_list *of_state(gru_cell *self, cn_tensor *h)
{
    if (!self->reset_after)
        return cn_list_of(cn_gate_of_state(&self->gates, h, UPDATE),
                          cn_gate_of_state(&self->gates, h, RESET));
    cn_tensor *y = cn_gates_of_state(&self->gates, h), *bias = bias_of(self, 1);
    return cn_split(bias ? cn_add(y, bias) : y, GATES, -1);
}

static cn_tensor *gate(gru_cell *self, const cn_list *x, const cn_list *h, size_t i)
{
    return cn_activate(self->recurrent_activation, cn_add(cn_list_item(x, i), cn_list_item(h, i)));
}

static cn_tensor *step(gru_cell *self, const cn_inputs *in)
{
    cn_tensor *before = in->x[1];
    cn_list *x = cn_split(in->x[0], GATES, -1), *state = of_state(self, before);
    if (!x || !state)
        return NULL;
    cn_tensor *z = gate(self, x, state, UPDATE), *r = gate(self, x, state, RESET);
    cn_tensor *y =
        candidate_of(self, before, r, self->reset_after ? cn_list_item(state, CANDIDATE) : NULL);
    cn_tensor *candidate = cn_activate(self->activation, cn_add(cn_list_item(x, CANDIDATE), y));
    cn_tensor *h = cn_add(cn_mul(z, before), cn_mul(cn_sub(1, z), candidate));
    return h ? cn_tuple(cn_list_of(h, h)) : NULL;
}

static cn_tensor *call_cell(gru_cell *self, const cn_inputs *in)
{
    return cn_cell_call(self, in);
}

CN_BUILTIN_LAYER(gru_cell, "GRUCell", NULL, .init = init_cell, .build = build_cell,
                 .call = call_cell, .state_size = state_size, .begin = begin, .project = project,
                 .step = step, .inputs = "inputs states*", .ends_mask = true)

/* ---- along a sequence ---- */

static bool init(void *layer)
{
    gru *self = layer;
    return cn_check_units(self, self->units, self->dropout, self->recurrent_dropout) &&
           cn_rnn_hold(
               &self->head,
               cn_gru_cell_new(&(cn_gru_cell_options){CN_CELL_OPTIONS(CN_GRU_CELL, "gru_cell")}),
               3);
}

CN_BUILTIN_LAYER(gru, "GRU", NULL, .init = init, CN_RNN_METHODS)
