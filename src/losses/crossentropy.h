/* What crossentropies of classes have in common. */
#ifndef CN_LOSSES_CROSSENTROPY_H
#define CN_LOSSES_CROSSENTROPY_H

#include "losses/functions.h"
#include "losses/loss.h"

#define CN_CROSSENTROPY_PARAMS(P)                                                    \
    P(bool, from_logits, false, "y_pred is logits, not probabilities")               \
    P(float, label_smoothing, 0.0, "how far labels are drawn to the middle, 0 to 1") \
    P(int, axis, -1, "the axis of the classes")
#define CN_CROSSENTROPY_OF(self) \
    ((cn_crossentropy){(self)->from_logits, (self)->label_smoothing, (self)->axis})

#endif
