/* Gradients kept within bounds: clipnorm, global_clipnorm, clipvalue. */
#include "ops/ops.h"
#include "optimizers/optimizer.h"

static bool is_set(double value)
{
    return !CN_IS_NONE(value) && value > 0;
}

static cn_tensor *norm_of(cn_tensor *g)
{
    return cn_sqrt(cn_sum(cn_square(g)));
}

/* The norm of all together. */
static cn_tensor *global_norm(const cn_gradient *pairs, size_t n)
{
    cn_tensor *sum = NULL;
    for (size_t i = 0; i < n; i++) {
        cn_tensor *squares = cn_sum(cn_square(pairs[i].value));
        sum = sum ? cn_add(sum, squares) : squares;
    }
    return cn_sqrt(sum);
}

/* min(1, limit / norm); NaN where the norm is not finite. */
static cn_tensor *global_factor(cn_tensor *norm, double limit)
{
    cn_tensor *factor = cn_mul(cn_minimum(cn_reciprocal(norm), 1 / limit), limit);
    return cn_add(factor, cn_sub(norm, norm));
}

bool cn_clip_gradients(const cn_optimizer *self, cn_gradient *pairs, size_t n)
{
    double norm = self->clipnorm, value = self->clipvalue, global = self->global_clipnorm;
    cn_tensor *factor = is_set(global) ? global_factor(global_norm(pairs, n), global) : NULL;
    for (size_t i = 0; i < n; i++) {
        cn_tensor **g = &pairs[i].value;
        if (is_set(norm))
            *g = cn_mul(*g, cn_div(norm, cn_maximum(norm_of(*g), norm)));
        else if (is_set(global))
            *g = cn_mul(*g, cn_cast(factor, pairs[i].weight->dtype));
        if (is_set(value))
            *g = cn_clip(*g, -value, value);
        if (!*g)
            return false;
    }
    return true;
}
