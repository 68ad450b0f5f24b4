/* Any cell along a sequence.  keras.layers.RNN */
#include "layers/rnn/rnn.h"

CN_RNN_STRUCT(rnn, CN_RNN)

/* A list of cells is a stack of them, of the dtype of the first. */
static bool stack(rnn *self)
{
    const cn_list *list = self->cell;
    const void *first = list->count ? list->items[0] : NULL;
    cn_layer *cells = cn_stacked_rnn_cells(
        self->cell, .dtype = cn_is_a(first, CN_LAYERS) ? ((const cn_layer *)first)->dtype : NULL);
    cn_replace(&self->cell, cells);
    return cells;
}

static bool init(void *layer)
{
    rnn *self = layer;
    if (!self->cell)
        return cn_fail(CN_EINVAL, "RNN: the argument 'cell' is required");
    if (cn_is(self->cell, &cn_list_kind) && !stack(self))
        return false;
    if (!cn_is_cell(self->cell))
        return cn_fail(CN_EINVAL,
                       "RNN: expected a cell, a layer with the method state_size, for 'cell'. "
                       "Received: cell=%s",
                       cn_is_a(self->cell, CN_LAYERS) ? cn_class_name(self->cell)
                                                      : "something else");
    return cn_rnn_hold(&self->head, self->cell, 0);
}

CN_BUILTIN_LAYER(rnn, "RNN", NULL, .init = init, CN_RNN_METHODS)
