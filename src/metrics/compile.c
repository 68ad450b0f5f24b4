/* What compile makes of names: keras.src.trainers.compile_utils */
#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "losses/loss.h"
#include "metrics/metric.h"

static bool same_word(cn_str a, cn_str b)
{
    while (*a && tolower((unsigned char)*a) == *b)
        a++, b++;
    return !*a && !*b;
}

/* "binary_", "sparse_categorical_" or "categorical_". */
static cn_str kind_of(cn_shape y_true, cn_shape y_pred)
{
    int64_t true_last = y_true.rank ? y_true.dim[y_true.rank - 1] : 1;
    int64_t pred_last = y_pred.rank ? y_pred.dim[y_pred.rank - 1] : 1;
    if (pred_last == 1)
        return "binary_";
    if (y_true.rank < y_pred.rank || (true_last == 1 && pred_last > 1))
        return "sparse_categorical_";
    return "categorical_";
}

/* The full name of an abbreviation that goes by the shapes; others as they are. */
static cn_str full_name(cn_str spec, cn_shape y_true, cn_shape y_pred)
{
    if (same_word(spec, "accuracy") || same_word(spec, "acc"))
        return cn_fmt("%saccuracy", kind_of(y_true, y_pred));
    if (same_word(spec, "crossentropy") || same_word(spec, "ce"))
        return cn_fmt("%scrossentropy", kind_of(y_true, y_pred));
    return spec;
}

cn_metric *cn_metric_for(cn_str spec, cn_shape y_true, cn_shape y_pred)
{
    if (!spec)
        return cn_fail_null(CN_EINVAL, "metrics: expected a spec, found NULL");
    cn_metric *metric = cn_metric_new(full_name(spec, y_true, y_pred));
    if (metric && cn_is_plain_name(spec) && !cn_metric_rename(metric, spec))
        return NULL;
    return metric;
}

cn_loss *cn_loss_for(cn_str spec, cn_shape y_true, cn_shape y_pred)
{
    return spec ? cn_loss_new(full_name(spec, y_true, y_pred)) : cn_loss_new(spec);
}
