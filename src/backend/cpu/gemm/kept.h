/* Weights as products and convolutions read them, kept from one prediction to the next: for few
 * pixels, packing them at each call would cost more than multiplying. */
#ifndef CN_BACKEND_CPU_KEPT_H
#define CN_BACKEND_CPU_KEPT_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "base/object.h"

/* Weights are kept for up to so many pixels or rows, large ones for half as many; beyond, packing
 * them takes little of the time. Those of convolutions of single pixels are floats: split ones are
 * quicker to multiply with, but half as large again, which a large network has no room for. */
enum { CN_KEPT_FEW = 256 };

typedef enum cn_kept_form {
    CN_KEPT_FLOATS, /* (panels, taps, channels, width of a panel of tiles) */
    CN_KEPT_SPLIT,  /* (panels, steps of channels, taps, CN_AMX_STEP), for matrix units */
    CN_KEPT_FORMS
} cn_kept_form;

/* Of weights (taps, channels, filters), floats; each form is packed when it is first wanted after
 * they have changed. */
typedef struct cn_kept {
    cn_object object;
    ptrdiff_t taps, channels, filters;
    const uint64_t *changes; /* another number when they have been written; not held */
    pthread_mutex_t lock;
    struct {
        void *data;
        struct cn_shelf *shelf; /* on which it lies; or NULL */
        _Atomic uint64_t seen;  /* of `changes`, when it was packed */
    } form[CN_KEPT_FORMS];
} cn_kept;

cn_kept *cn_kept_new(ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t filters,
                     const uint64_t *changes);
/* From any thread, with its scratch; NULL with CN_ENOMEM. `w`: the weights. */
const void *cn_kept_take(cn_kept *k, cn_kept_form form, const float *w);

/* How wide a panel of floats is. */
ptrdiff_t cn_kept_width(ptrdiff_t filters);

#endif
