/* Moving averages of a model's weights, beside the weights:
 *
 *     cn_ema *ema = cn_ema_new(model, 0.9999);      before the first step
 *     cn_fit(model, data);                          each step: average = m average + (1 - m) weight
 *     cn_ema_apply(ema);                            the averages take the weights' place …
 *     cn_predict(model, x);                         (or cn_save, cn_evaluate)
 *     cn_ema_reset(ema);                            … and give it back: training goes on as if
 *                                                   nothing had been
 *
 * An optimizer's own averages (use_ema) are another thing: of the trainable weights, in its slots.
 */
#ifndef CORNU_EMA_H
#define CORNU_EMA_H

#include <cornu/models.h>

typedef struct cn_ema cn_ema;

/* Averages of all weights of the model, statistics that do not train included; they start as what
 * the weights are, and follow every training step of cn_fit, cn_train_on_batch and
 * cn_apply_gradients (once for each call), as a part of its plan. They are saved with the
 * optimizer's state: for a model that was loaded from such a file they go on. Errors: CN_EINVAL for
 * a momentum outside [0, 1]; CN_ESTATE for a model without weights, one that has been trained since
 * it was compiled or loaded, or one that has an average of another momentum. */
CN_API cn_ema *cn_ema_new(cn_model *model, double momentum);
/* Averages and weights change places, and back. Training in between is an error, as are a second
 * cn_ema_apply and a cn_ema_reset before it (CN_ESTATE). */
CN_API bool cn_ema_apply(cn_ema *ema);
CN_API bool cn_ema_reset(cn_ema *ema);
/* The averages in the order of cn_weights. A new list. */
CN_API cn_list *cn_ema_averages(cn_ema *ema);
/* How many steps they have followed, those before a file was written included. */
CN_API int64_t cn_ema_updates(cn_ema *ema);

#endif
