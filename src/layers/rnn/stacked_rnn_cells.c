/* Cells one behind the other, as one cell: the output of each is the input of the next, and the
 * states of all follow one another.  keras.layers.StackedRNNCells */
#include "layers/rnn/cell.h"

CN_LAYER_STRUCT(stacked_rnn_cells, CN_STACKED_RNN_CELLS, )

static cn_layer *cell_at(const stacked_rnn_cells *self, size_t i)
{
    return self->layer.layers->items[i];
}

static size_t count_of(const stacked_rnn_cells *self)
{
    return self->layer.layers->count;
}

static bool add(stacked_rnn_cells *self, void *cell)
{
    return cn_is_cell(cell) ? cn_add_sublayer(self, "cells/", cell) != NULL
                            : cn_fail(CN_EINVAL,
                                      "StackedRNNCells: expected cells, layers with the method "
                                      "state_size, for 'cells'. Received: a %s",
                                      cn_is_a(cell, CN_LAYERS) ? cn_class_name(cell)
                                                               : "something "
                                                                 "else");
}

static bool init(stacked_rnn_cells *self)
{
    const cn_list *cells = self->cells;
    if (!cells || !cn_is(cells, &cn_list_kind) || !cells->count)
        return cn_fail(CN_EINVAL, "StackedRNNCells: expected a list of cells for 'cells'");
    for (size_t i = 0; i < cells->count; i++)
        if (!add(self, cells->items[i]))
            return false;
    return true;
}

static int state_size(const stacked_rnn_cells *self, cn_shape *sizes)
{
    int total = 0;
    for (size_t i = 0; i < count_of(self); i++) {
        cn_shape own[CN_MAX_STATES];
        int count = cn_cell_states(cell_at(self, i), own);
        if (count < 0 || total + count > CN_MAX_STATES)
            return -1;
        for (int k = 0; k < count; k++)
            sizes[total++] = own[k];
    }
    return total;
}

/* Every cell's output is taken to be as wide as its first state. */
static bool build(stacked_rnn_cells *self, const cn_shapes *in)
{
    cn_shape x = in->shape[0];
    for (size_t i = 0; i < count_of(self); i++) {
        cn_shape sizes[CN_MAX_STATES];
        if (!cn_layer_build(cell_at(self, i), &(cn_shapes){1, &x, in->dtype}) ||
            cn_cell_states(cell_at(self, i), sizes) < 0)
            return false;
        x = cn_shape_insert(sizes[0], 0, x.dim[0]);
    }
    return true;
}

static bool begin(stacked_rnn_cells *self, cn_tensor *x, bool training)
{
    for (size_t i = 0; i < count_of(self); i++)
        if (!cn_cell_begin(cell_at(self, i), x, training))
            return false;
    return true;
}

/* The first cell's. */
static cn_tensor *project(stacked_rnn_cells *self, cn_tensor *x)
{
    return cn_tuple(cn_cell_project(cell_at(self, 0), x));
}

/* One cell's step on what it gets; takes its states from in->x + *at, and adds the new ones. */
static cn_tensor *step_of(cn_layer *cell, cn_list *x, const cn_inputs *in, size_t *at,
                          cn_list *states)
{
    cn_shape sizes[CN_MAX_STATES];
    size_t count = (size_t)cn_cell_states(cell, sizes);
    if (!cn_list_add_all(x, (void *const *)(in->x + *at), count))
        return NULL;
    *at += count;
    cn_list *y = cn_cell_step(cell, x, in->training);
    return y && cn_list_add_all(states, y->items + 1, y->count - 1) ? y->items[0] : NULL;
}

static cn_tensor *step(stacked_rnn_cells *self, const cn_inputs *in)
{
    cn_shape sizes[CN_MAX_STATES];
    int total = state_size(self, sizes);
    cn_list *states = cn_list_new();
    size_t at = in->count - (size_t)total;
    cn_list *x = cn_list_make((void *const *)in->x, at);
    cn_tensor *y = NULL;
    for (size_t i = 0; i < count_of(self); i++) {
        y = step_of(cell_at(self, i), x, in, &at, states);
        if (!y || !states)
            return NULL;
        if (i + 1 < count_of(self))
            x = cn_cell_project(cell_at(self, i + 1), y);
    }
    cn_list *output = cn_list_of(y);
    return output ? cn_tuple(cn_list_concat(output, states)) : NULL;
}

static cn_tensor *call(stacked_rnn_cells *self, const cn_inputs *in)
{
    return cn_cell_call(self, in);
}

CN_BUILTIN_LAYER(stacked_rnn_cells, "StackedRNNCells", NULL, .init = init, .build = build,
                 .call = call, .state_size = state_size, .begin = begin, .project = project,
                 .step = step, .inputs = "inputs states*", .ends_mask = true)
