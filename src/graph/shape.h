/* Shapes, axes and dtypes: NumPy's and Keras's rules. `who` in these functions is the public
 * function's name
 * ("cn_add"), for the message. */
#ifndef CN_GRAPH_SHAPE_H
#define CN_GRAPH_SHAPE_H

#include "cornu/tensor.h"

/* The number of elements; CN_ANY while a dimension is. Sizes beyond 2^62 saturate there. */
int64_t cn_shape_size(cn_shape shape);
bool cn_shape_equal(cn_shape a, cn_shape b);
bool cn_shape_known(cn_shape shape);                     /* no CN_ANY */
bool cn_shape_matches(cn_shape pattern, cn_shape shape); /* CN_ANY in either matches all */
/* "(None, 28, 28, 1)", "(3,)", "()"; in one of 8 rotating per-thread buffers. */
const char *cn_shape_text(cn_shape shape);
bool cn_shapes_broadcast(cn_shape a, cn_shape b, cn_shape *out); /* without a message */
bool cn_broadcast(cn_shape a, cn_shape b, cn_shape *out, const char *who);
/* The axis made non-negative; error CN_EINVAL when it is not in [-rank, rank). */
bool cn_axis(int64_t axis, int rank, int *out, const char *who);
/* Bit i is set for each axis in the list (CN_ALL_AXES: all). An axis named twice is an error. */
bool cn_axes_mask(cn_axes axes, int rank, unsigned *mask, const char *who);
int cn_axes_count(cn_axes axes); /* CN_ALL_AXES: 0 */
int cn_dims_count(cn_dims dims);
cn_shape cn_shape_insert(cn_shape shape, int axis, int64_t dim);
cn_shape cn_shape_remove(cn_shape shape, int axis);

bool cn_dtype_is_float(cn_dtype dtype);
bool cn_dtype_is_int(cn_dtype dtype); /* signed or not; not bool */
/* The dtype of a op b as Keras has it: wider of a kind; int with float gives that float; a weak
 * operand gives way (but a weak float makes ints float32). */
cn_dtype cn_promote(const cn_tensor *a, const cn_tensor *b);

#endif
