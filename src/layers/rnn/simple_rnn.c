/* h' = activation(x kernel + h recurrent_kernel + bias), which is the output too.
 * x (batch, features), h (batch, units).  keras.layers.SimpleRNNCell, SimpleRNN */
#include "layers/rnn/rnn.h"

CN_GATES_STRUCT(simple_rnn_cell, CN_SIMPLE_RNN_CELL)
CN_RNN_STRUCT(simple_rnn, CN_SIMPLE_RNN)

static bool init_cell(simple_rnn_cell *self)
{
    return CN_GATES_INIT(self, 1);
}

static bool build_cell(simple_rnn_cell *self, const cn_shapes *in)
{
    return cn_gates_build(&self->gates, in, self->use_bias, &cn_shape(self->units));
}

static int state_size(const simple_rnn_cell *self, cn_shape *sizes)
{
    sizes[0] = cn_shape(self->units);
    return 1;
}

static bool begin(simple_rnn_cell *self, cn_tensor *x, bool training)
{
    return cn_gates_begin(&self->gates, x, training);
}

static cn_tensor *project(simple_rnn_cell *self, cn_tensor *x)
{
    return cn_gates_of_input(&self->gates, x, self->gates.bias);
}

static cn_tensor *step(simple_rnn_cell *self, const cn_inputs *in)
{
    cn_tensor *h =
        cn_activate(self->activation, cn_add(in->x[0], cn_gates_of_state(&self->gates, in->x[1])));
    return h ? cn_tuple(cn_list_of(h, h)) : NULL;
}

static cn_tensor *call_cell(simple_rnn_cell *self, const cn_inputs *in)
{
    return cn_cell_call(self, in);
}

CN_BUILTIN_LAYER(simple_rnn_cell, "SimpleRNNCell", NULL, .init = init_cell, .build = build_cell,
                 .call = call_cell, .state_size = state_size, .begin = begin, .project = project,
                 .step = step, .inputs = "sequence states*", .ends_mask = true)

/* ---- along a sequence ---- */

static bool init(void *layer)
{
    simple_rnn *self = layer;
    return cn_check_units(self, self->units, self->dropout, self->recurrent_dropout) &&
           cn_rnn_hold(&self->head,
                       cn_simple_rnn_cell_new(&(cn_simple_rnn_cell_options){
                           CN_CELL_OPTIONS(CN_SIMPLE_RNN_CELL, "simple_rnn_cell")}),
                       3);
}

/* Keras forgets the seed of this one. */
static bool write_config(const void *self, cn_json *config)
{
    (void)self;
    cn_json_free(cn_json_remove(config, "seed"));
    return true;
}

CN_BUILTIN_LAYER(simple_rnn, "SimpleRNN", NULL, .init = init, .write_config = write_config,
                 CN_RNN_METHODS)
