/* An LSTM whose products are convolutions: of the input as the arguments say, of the state with
 * stride 1 and padding "same".  x (batch, steps, spatial…, channels), h and c (batch, spatial…,
 * filters).  keras.layers.ConvLSTM1D, ConvLSTM2D, ConvLSTM3D */
#include "layers/convolutional/windows.h"
#include "layers/rnn/rnn.h"
#include "layers/rnn/steps.h"

enum { INPUT, FORGET, CANDIDATE, OUTPUT, GATES };

/* The cell has the layer's options, but is no layer of Keras's. */
typedef struct conv_lstm_cell {
    cn_layer layer;
    CN_CONV_LSTM(CN_FIELD_)
    int spatial;           /* axes */
    cn_shape input, state; /* without the batch */
    cn_tensor *kernel, *recurrent_kernel, *bias;
    cn_tensor *input_masks[GATES], *state_masks[GATES]; /* of this sequence */
} conv_lstm_cell;
CN_LAYER_METHODS_(conv_lstm_cell, conv_lstm_cell)
typedef cn_conv_lstm_options cn_conv_lstm_cell_options;
CN_OWN_ROWS(conv_lstm_cell, CN_CONV_LSTM, CN_LAYER_PARAMS, name)
CN_RNN_STRUCT(conv_lstm, CN_CONV_LSTM)

/* ---- the cell ---- */

static cn_window input_window(const conv_lstm_cell *self)
{
    return (cn_window){.size = self->kernel_size,
                       .strides = self->strides,
                       .dilation = self->dilation_rate,
                       .padding = self->padding,
                       .data_format = self->data_format};
}

static int channel_axis(const conv_lstm_cell *self, int rank)
{
    return cn_channel_axis(self->data_format, rank);
}

static bool check_shape(const conv_lstm_cell *self, cn_shape x)
{
    cn_shape places = cn_shape_remove(cn_shape_remove(x, channel_axis(self, x.rank)), 0);
    return cn_shape_known(places) ||
           cn_fail(CN_EINVAL,
                   "ConvLSTM layers only support static input shapes for the spatial dimension. "
                   "Received invalid input shape: input_shape=%s",
                   cn_shape_text(x));
}

/* The states are as large as what the convolution makes of the input. */
static bool find_state(conv_lstm_cell *self, cn_shape x)
{
    cn_window window = input_window(self);
    cn_shape kernel = cn_kernel_shape(self->kernel_size, self->spatial,
                                      self->kernel->shape.dim[self->spatial], self->filters);
    bool ok = false;
    self->input = cn_shape_remove(x, 0);
    CN_INNER_SCOPE
    {
        cn_tensor *y = cn_conv(cn_placeholder(x, CN_FLOAT32, false),
                               cn_placeholder(kernel, CN_FLOAT32, false), &window);
        ok = y != NULL;
        if (ok)
            self->state = cn_shape_remove(y->shape, 0);
    }
    return ok;
}

static bool build_cell(conv_lstm_cell *self, const cn_shapes *in)
{
    cn_shape x = in->shape[0];
    cn_window window = input_window(self);
    int64_t width = GATES * (int64_t)self->filters;
    self->spatial = x.rank - 2;
    int64_t channels = cn_conv_channels(x, self->spatial, self->data_format);
    if (channels < 0 || !check_shape(self, x) || !cn_window_fits(x, &window, "kernel_size"))
        return false;
    cn_shape kernel = cn_kernel_shape(self->kernel_size, self->spatial, channels, width);
    cn_shape recurrent = cn_kernel_shape(self->kernel_size, self->spatial, self->filters, width);
    self->kernel = cn_add_weight_of(self, "kernel", "kernel", kernel);
    self->recurrent_kernel = cn_add_weight_of(self, "recurrent_kernel", "recurrent", recurrent);
    if (self->use_bias)
        self->bias = cn_add_weight_of(self, "bias", "bias", cn_shape(width));
    return self->kernel && self->recurrent_kernel && find_state(self, x) &&
           (!self->use_bias || (self->bias && (!self->unit_forget_bias ||
                                               cn_unit_forget_bias(self->bias, self->filters))));
}

static int state_size(const conv_lstm_cell *self, cn_shape *sizes)
{
    sizes[0] = sizes[1] = self->state;
    return 2;
}

static bool begin(conv_lstm_cell *self, cn_tensor *x, bool training)
{
    cn_mask_draw draw = {.count = GATES,
                         .different = true,
                         .x = x,
                         .training = training,
                         .shape = self->input,
                         .rate = self->dropout};
    if (!cn_draw_masks(self, self->input_masks, &draw))
        return false;
    draw.shape = self->state;
    draw.rate = self->recurrent_dropout;
    return cn_draw_masks(self, self->state_masks, &draw);
}

/* x (…, batch, spatial…, channels), of one step or of all. */
static cn_tensor *convolve(const conv_lstm_cell *self, cn_tensor *x, cn_tensor *kernel,
                           const cn_window *window)
{
    if (!x || x->shape.rank == self->spatial + 2)
        return cn_conv(x, kernel, window);
    return cn_unfold_steps(cn_conv(cn_fold_steps(x), kernel, window), x);
}

/* One of each gate: as one convolution where all gates see the same. */
static cn_list *of_gates(const conv_lstm_cell *self, cn_tensor *x, cn_tensor *const *masks,
                         cn_tensor *kernel, const cn_window *window)
{
    if (!masks[0]) {
        cn_tensor *y = convolve(self, x, kernel, window);
        return y ? cn_split(y, GATES,
                            cn_is_channels_first(self->data_format) ? -1 - self->spatial : -1)
                 : NULL;
    }
    cn_list *list = cn_list_new(), *kernels = cn_split(kernel, GATES, -1);
    for (int g = 0; list && kernels && g < GATES; g++)
        if (!cn_list_add(list, convolve(self, cn_mul(x, masks[g]), kernels->items[g], window)))
            return NULL;
    return kernels ? list : NULL;
}

/* (filters,), or (filters, 1, …) where the channels come first. */
static cn_tensor *bias_of(const conv_lstm_cell *self, cn_list *biases, int gate)
{
    cn_tensor *bias = biases->items[gate];
    for (int i = 0; i < self->spatial && cn_is_channels_first(self->data_format); i++)
        bias = cn_expand_dims(bias, -1);
    return bias;
}

static cn_tensor *project(conv_lstm_cell *self, cn_tensor *x)
{
    cn_window window = input_window(self);
    cn_list *y = of_gates(self, x, self->input_masks, self->kernel, &window);
    cn_list *biases = self->bias ? cn_split(self->bias, GATES, 0) : NULL;
    cn_list *list = y && (biases || !self->bias) ? cn_list_new() : NULL;
    for (int g = 0; list && g < GATES; g++) {
        cn_tensor *one = y->items[g];
        if (!cn_list_add(list, biases ? cn_add(one, bias_of(self, biases, g)) : one))
            return NULL;
    }
    return cn_tuple(list);
}

static cn_tensor *gate(const cn_inputs *in, const cn_list *of_state, int i, cn_str activation)
{
    return cn_activate(activation, cn_add(in->x[i], (cn_tensor *)of_state->items[i]));
}

static cn_tensor *step(conv_lstm_cell *self, const cn_inputs *in)
{
    cn_window window = {.size = self->kernel_size,
                        .strides = {{1}},
                        .dilation = {{1}},
                        .padding = "same",
                        .data_format = self->data_format};
    cn_list *y = of_gates(self, in->x[GATES], self->state_masks, self->recurrent_kernel, &window);
    if (!y)
        return NULL;
    cn_tensor *i = gate(in, y, INPUT, self->recurrent_activation);
    cn_tensor *f = gate(in, y, FORGET, self->recurrent_activation);
    cn_tensor *candidate = gate(in, y, CANDIDATE, self->activation);
    cn_tensor *o = gate(in, y, OUTPUT, self->recurrent_activation);
    cn_tensor *c = cn_add(cn_mul(f, in->x[GATES + 1]), cn_mul(i, candidate));
    cn_tensor *h = cn_mul(o, cn_activate(self->activation, c));
    return h && c ? cn_tuple(cn_list_of(h, h, c)) : NULL;
}

static cn_tensor *call_cell(conv_lstm_cell *self, const cn_inputs *in)
{
    return cn_cell_call(self, in);
}

static bool init_cell(conv_lstm_cell *self)
{
    return (self->dropout == 0 && self->recurrent_dropout == 0) || cn_add_seed(self);
}

static const conv_lstm_cell_methods cell_methods = {.init = init_cell,
                                                    .build = build_cell,
                                                    .call = call_cell,
                                                    .state_size = state_size,
                                                    .begin = begin,
                                                    .project = project,
                                                    .step = step,
                                                    .inputs = "inputs states*",
                                                    .ends_mask = true};
static const cn_class cell_class = {.family = CN_LAYERS,
                                    .name = "ConvLSTMCell",
                                    .built_in = true,
                                    .package = "keras.layers",
                                    .params = conv_lstm_cell_params,
                                    .defaults = &conv_lstm_cell_defaults,
                                    .size = sizeof(conv_lstm_cell),
                                    .methods = &cell_methods};

/* ---- along a sequence ---- */

static bool check(conv_lstm *self)
{
    cn_conv_arguments arguments = {.kernel_size = &self->kernel_size,
                                   .strides = &self->strides,
                                   .dilation_rate = &self->dilation_rate,
                                   .padding = &self->padding,
                                   .data_format = &self->data_format};
    return cn_check_positive(self, "filters", self->filters) &&
           cn_check_share(self, "dropout", self->dropout) &&
           cn_check_share(self, "recurrent_dropout", self->recurrent_dropout) &&
           cn_set_conv_arguments(self, &arguments);
}

static bool init(void *layer)
{
    conv_lstm *self = layer;
    return check(self) &&
           cn_rnn_hold(&self->head,
                       cn_layer_new(&cell_class, &(cn_conv_lstm_options){CN_CELL_OPTIONS(
                                                     CN_CONV_LSTM, "conv_lstm_cell")}),
                       cn_spatial_rank(self) + 3);
}

CN_BUILTIN_LAYER_OF(conv_lstm, conv_lstm1d, "ConvLSTM1D", NULL, .init = init, CN_RNN_METHODS)
CN_BUILTIN_LAYER_OF(conv_lstm, conv_lstm2d, "ConvLSTM2D", NULL, .init = init, CN_RNN_METHODS)
CN_BUILTIN_LAYER_OF(conv_lstm, conv_lstm3d, "ConvLSTM3D", NULL, .init = init, CN_RNN_METHODS)
