/* Picking by index, and its reverse: what gather, take_along_axis, gather_nd and the scatters
 * share. All of them are one gather or one sum along an axis, by indices that are flat places where
 * they speak of several axes. */
#ifndef CN_OPS_GATHER_H
#define CN_OPS_GATHER_H

#include "ops/ops.h"

extern const cn_op cn_op_checked_ids, cn_op_gather_sum;

typedef struct cn_gather_attrs {
    int64_t axis;
    cn_shape shape;       /* of gather_sum's result, where its third input does not say */
    int64_t inner, dtype; /* elements of its rows, where it goes by lists */
} cn_gather_attrs;

/* Is y rows of its first input by ids that are checked already, and not computed yet? */
bool cn_takes_checked_rows(const cn_tensor *y);
/* Zeros shaped as `like` with rows of dy added at the indices along an axis: the gradient of
 * cn_gather. dy (shape before the axis, indices' shape, shape after it). */
cn_tensor *cn_gather_sum(cn_tensor *dy, cn_tensor *indices, int axis, cn_tensor *like);
/* The same where the shape is written out and known. */
cn_tensor *cn_gather_sum_to(cn_tensor *dy, cn_tensor *indices, int axis, cn_shape shape);
/* Zeros shaped as `like` with dy added where cn_take_along_axis would have read. */
cn_tensor *cn_along_sum(cn_tensor *dy, cn_tensor *indices, int axis, cn_tensor *like);
/* x (rows, …) with updates (places' shape, …) met at the rows `places`: `how` is "max", "min" or
 * "mul"; another is an error. */
cn_tensor *cn_fold_rows(cn_tensor *x, cn_tensor *places, cn_tensor *updates, const char *how);
/* int64 places in the row-major elements of x: for take_along_axis's indices, those that it reads;
 * for indices (..., k), those in the merged first k axes. Checked when it runs, with `who`. */
cn_tensor *cn_along_places(cn_tensor *indices, cn_tensor *x, int axis, const char *who);
cn_tensor *cn_nd_places(cn_tensor *indices, cn_shape shape, cn_tensor *like, const char *who);
/* int64 ids, each of which must lie in [0, limit) when it runs; `who` begins the error, and lives
 * as long as the program. */
cn_tensor *cn_checked_ids(cn_tensor *ids, int64_t limit, const char *who);
/* Records where the index stands and what it should have been. */
bool cn_index_outside(const char *who, int64_t index, const cn_view *indices, int64_t at, int axis,
                      int64_t dim);
/* Are int64 indices along an axis of so many rows in [-rows, rows)? */
bool cn_check_indices(const cn_view *indices, int axis, int64_t rows);

#endif
