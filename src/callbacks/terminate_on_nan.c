/* keras.callbacks.TerminateOnNaN */
#include <math.h>

#include "base/error.h"
#include "callbacks/callback.h"
#include "utils/message.h"

CN_CALLBACK_STRUCT(terminate_on_nan, CN_TERMINATE_ON_NAN, )

static bool on_train_batch_end(terminate_on_nan *self, int64_t batch, cn_logs *logs)
{
    double loss = cn_logs_get(logs, "loss");
    if (!cn_logs_width(logs, "loss") || isfinite(loss))
        return true;
    if (self->raise_error)
        return cn_fail(CN_EINVAL,
                       "NaN or Inf loss encountered at batch %lld. Loss value: %s. Terminating "
                       "training immediately.",
                       (long long)batch,
                       isnan(loss) ? "nan"
                       : loss > 0  ? "inf"
                                   : "-inf");
    cn_say("Batch %lld: Invalid loss, terminating training\n", (long long)batch);
    self->callback.model->stop_training = true;
    return true;
}

CN_PUBLIC_CALLBACK(terminate_on_nan, "TerminateOnNaN", .on_train_batch_end = on_train_batch_end)
