/* What the tables of operations read their arguments with. An argument is looked for by its place
 * in the call (-1: it has none), then by name in the call, then in the operation's configuration,
 * where Keras keeps what the constructor was given. None counts as absent. */
#ifndef CN_SAVING_OPERATION_ARGS_H
#define CN_SAVING_OPERATION_ARGS_H

#include "ops/ops.h"
#include "saving/operations/operations.h"

typedef struct cn_operation {
    const char *name;
    const cn_json *config, *args, *kwargs;
    cn_operation_resolver resolve;
    void *context;
    cn_list *results; /* set by operations with several results */
} cn_operation;

/* NULL (no error) when it is absent. */
const cn_json *cn_op_value(const cn_operation *op, int place, const char *name);
/* A tensor, a number (a weak one), or an array written as a list. Error when it is absent. */
cn_tensor *cn_op_tensor(const cn_operation *op, int place, const char *name);
/* The same, but absent is `otherwise`. */
cn_tensor *cn_op_tensor_or(const cn_operation *op, int place, const char *name,
                           cn_tensor *otherwise);
cn_list *cn_op_tensors(const cn_operation *op, int place, const char *name);
/* The tensor of any value. */
cn_tensor *cn_op_tensor_of(const cn_operation *op, const cn_json *value);
int64_t cn_op_int(const cn_operation *op, const char *name, int64_t otherwise);
double cn_op_double(const cn_operation *op, const char *name, double otherwise);
bool cn_op_bool(const cn_operation *op, const char *name, bool otherwise);
const char *cn_op_text(const cn_operation *op, const char *name, const char *otherwise);
/* "dtype", or `otherwise`. False: an error. */
bool cn_op_dtype(const cn_operation *op, cn_dtype otherwise, cn_dtype *dtype);
/* An int or a list of ints: their count, -1 with an error when there are too many or others. An
 * absent one has 0. */
int cn_op_ints(const cn_operation *op, int place, const char *name, int64_t *ints);
/* None: all axes. As a mask over `rank` axes; an empty list is 0. */
bool cn_op_axes_mask(const cn_operation *op, const char *name, int rank, unsigned *mask);
cn_axes cn_axes_of_mask(unsigned mask);
/* "not supported: …" for an argument. */
cn_tensor *cn_op_refuse(const cn_operation *op, const char *what);

typedef cn_tensor *(*cn_operation_function)(cn_operation *op);
typedef struct cn_operation_row {
    /* Keras's class behind a digit, one pointer for both: 1: `unary`, 2: `binary`, 0: `call`. */
    const char *name;
    union {
        cn_tensor *(*unary)(cn_tensor *);
        cn_tensor *(*binary)(cn_tensor *, cn_tensor *);
        cn_operation_function call;
    };
} cn_operation_row;

/* One table a subject; the last row has no name. */
extern const cn_operation_row cn_operations_elementwise[], cn_operations_reduce[],
    cn_operations_move[], cn_operations_join[], cn_operations_index[], cn_operations_window[],
    cn_operations_order[], cn_operations_nn[], cn_operations_linear[], cn_operations_linalg[],
    cn_operations_image[];

/* Neighbouring axes `axis` and `axis + 1` made one, and one made two, the second of that size. */
cn_tensor *cn_op_merge(cn_tensor *x, int axis);
cn_tensor *cn_op_split(cn_tensor *x, int axis, int64_t inner);

#endif
