/* Convolutions on matrix units (gemm/amx.h). Boxes of pixels are read in one order, all pixels of a
 * box following each other, so that from one output to the next and from one tap to the next are
 * distances; what comes out where an output's box would cross the end of a row is left out. Private
 * to the convolutions. */
#ifndef CN_BACKEND_CPU_CONV_AMX_H
#define CN_BACKEND_CPU_CONV_AMX_H

#include "backend/cpu/gemm/amx.h"
#include "backend/cpu/window/correlate.h"

/* Whether units are faster for outputs `step` apart which read `box` pixels each, up to `most`
 * times as many pixels of input as there are. */
bool cn_conv_suits_amx(const ptrdiff_t *out, const ptrdiff_t *step, const ptrdiff_t *box,
                       double most, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t filters);

/* Correlations: how many channels a block has, whole steps of k; 0: units are not faster. */
ptrdiff_t cn_correlate_amx_block(const cn_correlation *c);
/* Channels from .. from + count of the unit's outputs, filters of panels first .. last. The box
 * that the unit reads has at most CN_CONV_PATCH numbers in a block. `kept`: all weights as
 * CN_KEPT_SPLIT, or NULL. */
void cn_correlate_amx(const cn_correlation *c, const char *kept, const cn_unit *u, ptrdiff_t first,
                      ptrdiff_t last, ptrdiff_t from, ptrdiff_t count);

/* Correlations of few pixels with kept weights: whether this way suits; and where it does, the
 * correlation. *ok: false with ENOMEM. */
bool cn_correlate_suits_panels(const cn_correlation *c);
bool cn_correlate_panels(const cn_correlation *c, bool *ok);

/* Output `place`, filters from `j` on, whose sum is not finite, as floats are added: to t->c, as
 * `t` says. */
void cn_correlate_again(const cn_correlation *c, const ptrdiff_t *place, ptrdiff_t j,
                        const cn_gemm_tile *t);

enum { CN_CONV_AMX_PIXELS = 1024, CN_CONV_AMX_CHANNELS = 128 };

/* One unit's part of the gradient of weights. */
typedef struct cn_weights_unit {
    const cn_conv_shape *s;
    const cn_image *x;
    const float *dy;   /* all of it */
    const cn_unit *of; /* its box has CN_CONV_AMX_PIXELS at most, half of CN_CONV_PATCH numbers */
    ptrdiff_t channel, channels; /* best about CN_CONV_AMX_CHANNELS */
    ptrdiff_t first, last;       /* panels of filters */
    float *sums;                 /* all weights' */
    bool add;
} cn_weights_unit;

void cn_conv_weights_amx(const cn_weights_unit *u);
/* Sums of NaN are computed again as floats are added. */
void cn_conv_weights_amend(const cn_conv_shape *s, const float *x, const float *dy, float *dw);

#endif
