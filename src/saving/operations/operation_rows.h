/* Short words for the tables of operations; only their files include this. */
#ifndef CN_SAVING_OPERATION_ROWS_H
#define CN_SAVING_OPERATION_ROWS_H

#include "saving/operations/operation_args.h"

/* The first argument, as most operations call it. */
#define X cn_op_tensor(op, 0, "x")
/* Rows: of a function of one tensor, of two, and of what reads its arguments itself. */
#define U(keras_name, function)                   \
    {                                             \
        .name = "1" keras_name, .unary = function \
    }
#define B(keras_name, function)                    \
    {                                              \
        .name = "2" keras_name, .binary = function \
    }
#define C(keras_name, function)                  \
    {                                            \
        .name = "0" keras_name, .call = function \
    }

#endif
