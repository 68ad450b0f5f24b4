/* In training, sets a random share `rate` of x to 0 and divides the rest by 1 - rate.
 * keras.layers.Dropout */
#include "layers/regularization/noise.h"

#include <math.h>

CN_LAYER_STRUCT(dropout, CN_DROPOUT, )

cn_tensor *cn_drop(void *layer, cn_tensor *x, double rate, cn_shape noise)
{
    if (rate >= 1)
        return cn_zeros_like(x);
    cn_tensor *kept = cn_random_bernoulli(noise, 1 - rate, CN_BOOL, x, cn_layer_seed(layer));
    return cn_mul(cn_select(kept, x, 0), 1 / (1 - rate));
}

bool cn_check_noise_shape(const void *layer, cn_dims noise_shape)
{
    for (int i = 0; i < cn_dims_count(noise_shape); i++)
        if (noise_shape.d[i] < 1 && noise_shape.d[i] != CN_ANY)
            return cn_fail(CN_EINVAL,
                           "%s: expected positive integers or None for 'noise_shape'. Received: "
                           "noise_shape[%d]=%lld",
                           cn_class_name(layer), i, (long long)noise_shape.d[i]);
    return true;
}

bool cn_noise_shape(cn_dims noise_shape, cn_shape x, cn_shape *noise)
{
    int n = cn_dims_count(noise_shape);
    *noise = x;
    for (int i = 0; i < n; i++) {
        if (noise_shape.d[i] != CN_ANY)
            noise->dim[i] = noise_shape.d[i];
        if (n != x.rank || (noise->dim[i] != 1 && noise->dim[i] != x.dim[i] && x.dim[i] >= 0))
            return cn_fail(CN_EINVAL, "noise_shape %s does not fit an input of shape %s",
                           cn_shape_text(*noise), cn_shape_text(x));
    }
    return true;
}

static bool init(dropout *self)
{
    return cn_check_share(self, "rate", self->rate) &&
           cn_check_noise_shape(self, self->noise_shape) && (self->rate == 0 || cn_add_seed(self));
}

static bool read_config(cn_json *config)
{
    return cn_read_open_sizes(config, "noise_shape");
}

static bool write_config(const dropout *self, cn_json *config)
{
    return cn_write_open_sizes(config, "noise_shape", self->noise_shape);
}

static cn_tensor *call(dropout *self, const cn_inputs *in)
{
    cn_shape noise;
    if (!in->training || self->rate == 0)
        return in->x[0];
    if (!cn_noise_shape(self->noise_shape, in->x[0]->shape, &noise))
        return NULL;
    return cn_drop(self, in->x[0], self->rate, noise);
}

/* What selu makes of minus infinity: what is dropped becomes it, and then mean and variance are
 * mended. */
static cn_tensor *call_alpha(dropout *self, const cn_inputs *in)
{
    const double low = -1.6732632423543772848 * 1.0507009873554804935;
    double rate = self->rate, a = 1 / sqrt((1 - rate) * (1 + rate * low * low));
    cn_shape noise;
    if (!in->training || rate == 0)
        return in->x[0];
    if (!cn_noise_shape(self->noise_shape, in->x[0]->shape, &noise))
        return NULL;
    cn_tensor *kept = cn_random_bernoulli(noise, 1 - rate, CN_BOOL, in->x[0], cn_layer_seed(self));
    return cn_add(cn_mul(cn_select(kept, in->x[0], low), a), -a * low * rate);
}

CN_BUILTIN_LAYER(dropout, "Dropout", NULL, .init = init, .write_config = write_config,
                 .read_config = read_config, .call = call, .one_input = true)
CN_BUILTIN_LAYER_OF(dropout, alpha_dropout, "AlphaDropout", NULL, .init = init,
                    .write_config = write_config, .read_config = read_config, .call = call_alpha,
                    .one_input = true)
