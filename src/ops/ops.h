/* What the library itself uses of the ops: the public headers, and the few internal doors. */
#ifndef CN_OPS_OPS_H
#define CN_OPS_OPS_H

#include "cornu/nn.h"
#include "cornu/ops.h"
#include "cornu/random.h"
#include "graph/shape.h"
#include "graph/tensor.h"

/* The gradient `dy` of a broadcast result, summed back to the shape of the operand `x`. */
cn_tensor *cn_sum_like(cn_tensor *dy, cn_tensor *x);
/* x broadcast to the shape of `like`, which may be unknown yet. */
cn_tensor *cn_broadcast_like(cn_tensor *x, cn_tensor *like);
/* a and b, masks of which NULL is all true: NULL where both are. */
cn_tensor *cn_both(cn_tensor *a, cn_tensor *b);
/* x in memory of its own. */
cn_tensor *cn_copy(cn_tensor *x);
/* What a variable is now, whatever is assigned to it later. */
cn_tensor *cn_value_now(cn_tensor *variable);
/* x, the result of an operation that has nothing to do: of a variable a view of what it is now,
 * since a result does not change. */
cn_tensor *cn_unchanged(cn_tensor *x);
/* x under the shape of `like`. */
cn_tensor *cn_reshape_like(cn_tensor *x, cn_tensor *like);
/* A reshape in which CN_DIM(i) stands for x's dimension i, so that several unknown dimensions can
 * be kept; one more may be CN_ANY. */
#define CN_DIM(i) (-2 - (i))
cn_tensor *cn_regroup(cn_tensor *x, cn_shape shape);
/* {CN_DIM(0), CN_DIM(1), …}: x as it is. */
cn_shape cn_same_dims(int rank);
/* The dtype that loops and kernels are written for: float16 and bfloat16 become float32,
 * narrow ints and bool int32, unsigned ones int64. */
cn_dtype cn_computable(cn_dtype dtype);
/* Whether this thread's casts from float32 to bfloat16 are loose from now on (elementwise/cast.c);
 * returns whether they were. */
bool cn_cast_loosely(bool on);
/* Indices as int64; error unless their dtype is an int one. */
cn_tensor *cn_indices(cn_tensor *indices, const char *who);

/* On integers of any dtype; bool counts as int32. */
cn_tensor *cn_bitwise_and(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_bitwise_or(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_bitwise_xor(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_left_shift(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_right_shift(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_gcd(cn_tensor *a, cn_tensor *b);
cn_tensor *cn_lcm(cn_tensor *a, cn_tensor *b);

/* How many zeros a pad has along each axis, if these are around pixels (N, pixels..., C) alone. */
bool cn_pads_pixels(const cn_tensor *node, const int64_t **before, const int64_t **after);

/* What files need to know of nodes of these ops: axis i of the result is axis perm[i] of x; the
 * axis along which inputs follow one another. */
extern const cn_op cn_op_transpose, cn_op_concat;
const int32_t *cn_transpose_perm(const cn_tensor *node);
int cn_concat_axis(const cn_tensor *node);

#endif
