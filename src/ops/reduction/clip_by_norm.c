/* Tensors kept short: tf.clip_by_norm, tf.clip_by_average_norm, tf.clip_by_global_norm */
#include "base/error.h"
#include "ops/ops.h"

static bool check_norm(const char *who, double clip_norm)
{
    return clip_norm > 0 ||
           cn_fail(CN_EINVAL, "%s: expected clip_norm > 0, found %g", who, clip_norm);
}

/* x c / max(norm, c) */
static cn_tensor *shorten(cn_tensor *x, double c, cn_tensor *norm)
{
    return cn_mul(x, cn_div(c, cn_maximum(norm, c)));
}

cn_tensor *cn_clip_by_norm_with(const cn_clip_by_norm_options *o)
{
    if (!o->x || !check_norm("cn_clip_by_norm", o->clip_norm))
        return NULL;
    cn_tensor *squares = cn_sum(cn_square(o->x), .axis = o->axes, .keepdims = true);
    /* the larger before the root: whose slope at 0 has no limit */
    double c = o->clip_norm;
    return cn_mul(o->x, cn_div(c, cn_sqrt(cn_maximum(squares, c * c))));
}

cn_tensor *cn_clip_by_average_norm(cn_tensor *x, double clip_norm)
{
    if (!x || !check_norm("cn_clip_by_average_norm", clip_norm))
        return NULL;
    cn_tensor *count = cn_sum(cn_ones_like(x));
    return shorten(x, clip_norm, cn_div(cn_sqrt(cn_sum(cn_square(x))), count));
}

cn_tensor *cn_global_norm(const cn_list *tensors)
{
    cn_tensor *sum = cn_number_float(0);
    for (size_t i = 0; i < cn_list_length(tensors); i++) {
        cn_tensor *x = cn_list_item(tensors, i);
        if (!cn_is_none(x))
            sum = cn_add(sum, cn_sum(cn_square(x)));
    }
    return tensors ? cn_sqrt(sum) : NULL;
}

cn_list *cn_clip_by_global_norm(const cn_list *tensors, double clip_norm, cn_tensor *norm)
{
    if (!tensors || !check_norm("cn_clip_by_global_norm", clip_norm))
        return NULL;
    cn_list *clipped = cn_list_new();
    norm = norm ? norm : cn_global_norm(tensors);
    for (size_t i = 0; i < cn_list_length(tensors); i++) {
        cn_tensor *x = cn_list_item(tensors, i);
        if (!cn_list_add(clipped, cn_is_none(x) ? x : shorten(x, clip_norm, norm)))
            return NULL;
    }
    return clipped;
}
