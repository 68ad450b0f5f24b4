/* Shapes, axes and dtypes: NumPy's and Keras's rules. `who` in these functions is the public
 * function's name
 * ("cn_add"), for the message. */
#ifndef CN_GRAPH_SHAPE_H
#define CN_GRAPH_SHAPE_H

#include "cornu/tensor.h"

/* Shapes, sizes and axes are handed on by their address, which the macros below take: each is long,
 * and there are a thousand such calls. So no result of a call may stand there, but in tests. */
#ifdef CORNU_TESTING
#define CN_ADDRESS_(type, x) ((const type[]){x})
#else
#define CN_ADDRESS_(type, x) (&(x))
#endif
#define CN_SHAPE_(x) CN_ADDRESS_(cn_shape, x)

/* The number of elements; CN_ANY while a dimension is. Sizes beyond 2^62 saturate there. */
#define cn_shape_size(shape) cn_shape_size_(CN_SHAPE_(shape))
#define cn_shape_equal(a, b) cn_shape_equal_(CN_SHAPE_(a), CN_SHAPE_(b))
#define cn_shape_known(shape) cn_shape_known_(CN_SHAPE_(shape)) /* no CN_ANY */
/* CN_ANY in either matches all */
#define cn_shape_matches(pattern, shape) cn_shape_matches_(CN_SHAPE_(pattern), CN_SHAPE_(shape))
/* "(None, 28, 28, 1)", "(3,)", "()"; in one of 8 rotating per-thread buffers. */
#define cn_shape_text(shape) cn_shape_text_(CN_SHAPE_(shape))
/* cn_shapes_broadcast does not record a message. */
#define cn_shapes_broadcast(a, b, out) cn_shapes_broadcast_(CN_SHAPE_(a), CN_SHAPE_(b), out)
#define cn_broadcast(a, b, out, who) cn_broadcast_(CN_SHAPE_(a), CN_SHAPE_(b), out, who)
/* The axis made non-negative; error CN_EINVAL when it is not in [-rank, rank). */
bool cn_axis(int64_t axis, int rank, int *out, const char *who);
/* Bit i is set for each axis in the list (CN_ALL_AXES: all). An axis named twice is an error. */
#define cn_axes_mask(axes, rank, mask, who) \
    cn_axes_mask_(CN_ADDRESS_(cn_axes, axes), rank, mask, who)
#define cn_axes_count(axes) cn_axes_count_(CN_ADDRESS_(cn_axes, axes)) /* CN_ALL_AXES: 0 */
#define cn_dims_count(dims) cn_dims_count_(CN_ADDRESS_(cn_dims, dims))
cn_shape cn_shape_insert(cn_shape shape, int axis, int64_t dim);
cn_shape cn_shape_remove(cn_shape shape, int axis);

int64_t cn_shape_size_(const cn_shape *shape);
bool cn_shape_equal_(const cn_shape *a, const cn_shape *b);
bool cn_shape_known_(const cn_shape *shape);
bool cn_shape_matches_(const cn_shape *pattern, const cn_shape *shape);
const char *cn_shape_text_(const cn_shape *shape);
bool cn_shapes_broadcast_(const cn_shape *a, const cn_shape *b, cn_shape *out);
bool cn_broadcast_(const cn_shape *a, const cn_shape *b, cn_shape *out, const char *who);
bool cn_axes_mask_(const cn_axes *axes, int rank, unsigned *mask, const char *who);
int cn_axes_count_(const cn_axes *axes);
int cn_dims_count_(const cn_dims *dims);

bool cn_dtype_is_float(cn_dtype dtype);
bool cn_dtype_is_int(cn_dtype dtype); /* signed or not; not bool */
/* The dtype of a op b as Keras has it: wider of a kind; int with float gives that float; a weak
 * operand gives way (but a weak float makes ints float32). */
cn_dtype cn_promote(const cn_tensor *a, const cn_tensor *b);

#endif
