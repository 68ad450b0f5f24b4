/* Cells: layers that are led along sequences, one step a time, by what rnn.h has. See the methods
 * state_size, begin, project and step in cornu/layer.h. */
#ifndef CN_LAYERS_RNN_CELL_H
#define CN_LAYERS_RNN_CELL_H

#include "layers/arguments.h"
#include "ops/ops.h"

/* Does it have the methods of a cell? */
bool cn_is_cell(const void *layer);
/* The shapes of its states without the batch; how many there are, or -1 with an error recorded. */
int cn_cell_states(const cn_layer *cell, cn_shape sizes[CN_MAX_STATES]);
/* Zeros for a state of this shape (without the batch), the batch being x's first axis. */
cn_tensor *cn_batch_zeros(cn_tensor *x, cn_shape rest, cn_dtype dtype);
/* Zeros for all states; a new list. */
cn_list *cn_cell_zeros(const cn_layer *cell, cn_tensor *x);

/* What happens once before the steps. */
bool cn_cell_begin(cn_layer *cell, cn_tensor *x, bool training);
/* What steps get in place of x: several tensors, or x alone where the cell does not project. The
 * leading axes of x are free. */
cn_list *cn_cell_project(cn_layer *cell, cn_tensor *x);
/* One step: the output, then the new states. `in` is what was projected, then the states. */
cn_list *cn_cell_step(cn_layer *cell, const cn_list *in, bool training);
/* The call of a cell that projects: all of that for one step. */
cn_tensor *cn_cell_call(void *cell, const cn_inputs *in);

/* Dropout masks of one sequence: ones of that shape, a share `rate` of them 0 and the others larger
 * for it. */
typedef struct cn_mask_draw {
    int count;
    bool different; /* else one mask is all of them */
    bool training;
    cn_tensor *x;   /* the batch is its first axis */
    cn_shape shape; /* without the batch */
    double rate;
} cn_mask_draw;
/* masks[0], …: NULL where nothing is dropped. */
bool cn_draw_masks(void *cell, cn_tensor **masks, const cn_mask_draw *draw);

/* ---- cells of dense gates: SimpleRNNCell, GRUCell, LSTMCell ---- */

enum { CN_MAX_GATES = 4 };

/* Their kernels have the gates side by side, and so have the products that the steps get. */
typedef struct cn_gates {
    cn_layer layer;
    int count;
    bool per_gate; /* each gate has dropout masks of its own */
    int64_t units;
    double dropout, recurrent_dropout;
    cn_tensor *kernel, *recurrent_kernel, *bias;
    cn_tensor *input_masks[CN_MAX_GATES], *state_masks[CN_MAX_GATES]; /* of this sequence */
} cn_gates;

#define CN_GATES_STRUCT(id, table) \
    typedef struct id {            \
        cn_gates gates;            \
        table(CN_FIELD_)           \
    } id;                          \
    CN_LAYER_METHODS_(id, id)      \
    CN_OWN_ROWS(id, table, CN_LAYER_PARAMS, name)

/* For init: checks the units and shares; `count` gates. */
#define CN_GATES_INIT(self, count) \
    cn_gates_init(&(self)->gates, count, (self)->units, (self)->dropout, (self)->recurrent_dropout)
bool cn_gates_init(cn_gates *gates, int count, int units, double dropout, double recurrent);
/* Checks alone: the words name `layer`'s class. */
bool cn_check_units(const void *layer, int units, double dropout, double recurrent);
/* For build: kernel (features, count units), recurrent_kernel (units, count units), and the bias
 * of that shape. */
bool cn_gates_build(cn_gates *gates, const cn_shapes *in, bool use_bias, const cn_shape *bias);

/* Draws the dropout masks. */
bool cn_gates_begin(void *gates, cn_tensor *x, bool training);
/* Of all gates side by side: x kernel + bias, where `bias` may be NULL; and h recurrent_kernel. */
cn_tensor *cn_gates_of_input(cn_gates *gates, cn_tensor *x, cn_tensor *bias);
cn_tensor *cn_gates_of_state(cn_gates *gates, cn_tensor *h);
/* One gate's part of h recurrent_kernel, and h as that product takes it. */
cn_tensor *cn_gate_of_state(cn_gates *gates, cn_tensor *h, int gate);
cn_tensor *cn_gate_state(cn_gates *gates, cn_tensor *h, int gate);
/* A gate's part of a weight, along its last axis. */
cn_tensor *cn_gate_part(const cn_gates *gates, cn_tensor *weight, int gate);
/* Sets the part of a bias of four gates that is the second's to ones. */
bool cn_unit_forget_bias(cn_tensor *bias, int64_t units);

#endif
