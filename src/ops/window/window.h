/* How windows slide over images of one to three spatial axes: what convolutions and pools share. */
#ifndef CN_OPS_WINDOW_H
#define CN_OPS_WINDOW_H

#include "graph/shape.h"
#include "graph/tensor.h"

enum { CN_MAX_SPATIAL = 3 };

/* Given: by the attributes, which no door makes but passes of plans. The transposed ones are
 * Keras's rules for transposed convolutions, where `in` follows from `out`. */
typedef enum cn_padding {
    CN_PAD_VALID,
    CN_PAD_SAME,
    CN_PAD_CAUSAL,
    CN_PAD_GIVEN,
    CN_PAD_TRANSPOSED_VALID,
    CN_PAD_TRANSPOSED_SAME,
} cn_padding;

/* Attributes of convolutions, pools and their gradients; what an op has no use for is zero. */
typedef struct cn_window_attrs {
    int32_t spatial, padding;
    int32_t epilogue;             /* conv: the word of backend/cpu/gemm/epilogue.h */
    int32_t has_output_padding;   /* transposed rules only */
    int64_t groups, bfloat16;     /* the latter as cn_matmul_attrs has it */
    int64_t size[CN_MAX_SPATIAL]; /* of the window; convolutions take it from their kernel */
    int64_t stride[CN_MAX_SPATIAL], dilation[CN_MAX_SPATIAL], output_padding[CN_MAX_SPATIAL];
    int64_t image[CN_MAX_SPATIAL]; /* of the result, for gradients with respect to the image;
                                      CN_ANY: as the last input has it */
    int64_t before[CN_MAX_SPATIAL], after[CN_MAX_SPATIAL]; /* places around it, of given padding */
} cn_window_attrs;

/* Sizes along axis i, CN_ANY where they are not known: of the result from the image's, and (the
 * transposed rules) back. */
int64_t cn_window_out(const cn_window_attrs *w, int i, int64_t in, int64_t size);
int64_t cn_window_in(const cn_window_attrs *w, int i, int64_t out, int64_t size);
/* Whether the image's size follows from the result's. */
bool cn_window_inverts(const cn_window_attrs *w);
/* How many places before the image the first window starts. */
int64_t cn_window_before(const cn_window_attrs *w, int i, int64_t in, int64_t out, int64_t size);

/* Everything along three axes, those that are missing being of size 1 and first. Place o of the
 * result reads the image at o * stride + k * dilation - before for each k < size. */
typedef struct cn_geometry {
    int64_t batch, channels, filters, groups; /* channels of the image, filters of the result */
    int64_t in[3], out[3], size[3], stride[3], dilation[3], before[3];
    bool bfloat16;
} cn_geometry;

/* image (batch, in..., channels), result (batch, out..., filters); `size` by spatial axis. */
cn_geometry cn_window_geometry(const cn_window_attrs *w, cn_shape image, cn_shape result,
                               const int64_t *size);
/* After the image, so that the last window fits; 0 where it ends inside. */
int64_t cn_geometry_after(const cn_geometry *g, int axis);
/* The padding becomes a given one, of the same places. */
void cn_window_give(cn_window_attrs *w, const cn_geometry *g);
/* The same windows over what the image pads with zeros, which they leave out. False: it is no pad.
 */
bool cn_window_unpad(cn_window_attrs *w, const cn_geometry *g, const cn_tensor *image);
/* Whether the first axis is like the batch, so that two axes are left; then it is joined to it. */
bool cn_geometry_flat(cn_geometry *g);

#endif
