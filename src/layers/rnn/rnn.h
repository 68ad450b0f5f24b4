/* Layers that lead a cell along a sequence. Their structs begin with this head, and their methods
 * are those of CN_RNN_METHODS; what else they are asked (return_sequences, …) is found by name, as
 * Keras finds it. */
#ifndef CN_LAYERS_RNN_RNN_H
#define CN_LAYERS_RNN_RNN_H

#include "layers/rnn/cell.h"

typedef struct cn_rnn_head {
    cn_layer layer;
    cn_layer *cell;  /* a part of the layer */
    int rank;        /* of the input; 0: 3 or more */
    cn_list *states; /* variables, where they stay from call to call; held */
} cn_rnn_head;

#define CN_RNN_STRUCT(id, table)           \
    typedef struct id {                    \
        cn_rnn_head head;                  \
        table(CN_FIELD_)                   \
    } id;                                  \
    typedef cn_layer_methods id##_methods; \
    CN_OWN_ROWS(id, table, CN_LAYER_PARAMS, name)
#define CN_RNN_METHODS                                                               \
    .build = cn_rnn_build, .call = cn_rnn_call, .compute_mask = cn_rnn_compute_mask, \
    .reset_state = cn_rnn_reset_state, .destroy = cn_rnn_destroy,                    \
    .inputs = "sequences initial_state*"

/* For init: makes the cell the layer's, along with what of its options is the cell's. */
bool cn_rnn_hold(cn_rnn_head *self, void *cell, int rank);
/* The options of the cell, which the layer has too; `table` is the cell's. */
#define CN_CELL_OPTION_(type, field, otherwise, doc) .field = self->field,
#define CN_CELL_OPTIONS(table, name_)                                             \
    table(CN_CELL_OPTION_).name = name_, .trainable = self->head.layer.trainable, \
    .dtype = self->head.layer.dtype, .learning_rate_multiplier = 1

bool cn_rnn_build(void *self, const cn_shapes *in);
cn_tensor *cn_rnn_call(void *self, const cn_inputs *in);
cn_tensor *cn_rnn_compute_mask(void *self, const cn_inputs *in);
bool cn_rnn_reset_state(void *self);
void cn_rnn_destroy(void *self);

#endif
