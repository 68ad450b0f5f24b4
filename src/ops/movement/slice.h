/* Regular slices: what cn_slice, cn_strided_slice, split, flip and their gradients share. */
#ifndef CN_OPS_SLICE_H
#define CN_OPS_SLICE_H

#include "ops/ops.h"

/* One axis of a slice, as Python's slice(start, stop, step) with CN_UNSET for None. `count` other
 * than CN_ANY asks for exactly that many elements, whatever `stop` says; too few are an error. */
typedef struct cn_range {
    int64_t start, stop, step, count;
} cn_range;
#define CN_WHOLE ((cn_range){CN_UNSET, CN_UNSET, 1, CN_ANY})

typedef struct cn_slice_spec {
    cn_range axis[CN_MAX_RANK]; /* those beyond the rank are all zero */
} cn_slice_spec;

/* A spec that keeps `rank` whole axes. */
cn_slice_spec cn_slice_whole(int rank);
/* x[spec]; same rank. */
cn_tensor *cn_slice_by(cn_tensor *x, const cn_slice_spec *spec);
/* A range as files have it, in a text of CN_RANGE_TEXT bytes; returns its length. */
enum { CN_RANGE_TEXT = 160 };
size_t cn_range_text(const cn_range *range, char *text, size_t size);
/* x from start to stop (CN_UNSET: to the end) along one axis. */
cn_tensor *cn_slice_axis(cn_tensor *x, int axis, int64_t start, int64_t stop, int64_t step);
/* Zeros shaped as `like`, with y at the places of the spec: the gradient of a slice. */
cn_tensor *cn_unslice(cn_tensor *y, const cn_slice_spec *spec, cn_tensor *like);

#endif
