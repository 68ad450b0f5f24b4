/* Resized images: what the op and the layers share. */
#ifndef CN_OPS_RESIZE_H
#define CN_OPS_RESIZE_H

#include "ops/ops.h"

/* What of the images becomes the new ones: all; the largest window of the new proportions, from
 * the middle; all and something beside it; the middle as it is, or where that is too small as
 * CN_FIT_CROP. */
enum { CN_FIT_STRETCH, CN_FIT_CROP, CN_FIT_PAD, CN_FIT_CENTER };

/* `size` and `axis` are of rows and columns; with `factors` the size is a multiple of x's. Plain
 * data, zeroed before it is filled: attributes. */
typedef struct cn_resize_spec {
    int64_t size[2];
    int32_t axis[2];
    int32_t factors;
    int32_t interpolation; /* place in cn_interpolations */
    int32_t antialias;
    int32_t corners; /* places are those of the pixels' corners, not of their centres */
    int32_t fit;
    int32_t side;   /* for cn_resize_weights: 0 rows, 1 columns */
    int32_t places; /* for cn_resize_weights: see there */
} cn_resize_spec;

/* Keras's names, the last NULL; "nearest" is the first. */
extern const char *const cn_interpolations[];
/* The place of a name; -1: there is none. */
int cn_interpolation(const char *name);

/* Along one of the axes: float32 (new, old), the share of each old place in each new one; or with
 * `places` int32 (new,), the old place nearest to each. Depends on x's shape alone. */
cn_tensor *cn_resize_weights(cn_tensor *x, const cn_resize_spec *spec);
/* x in that size. An axis behind the columns is that of channels. */
cn_tensor *cn_resize_by(cn_tensor *x, const cn_resize_spec *spec, double fill_value);

#endif
