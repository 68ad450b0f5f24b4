/* In training, normal noise: added, or multiplied with.
 * keras.layers.GaussianNoise, GaussianDropout */
#include <math.h>

#include "layers/regularization/noise.h"

CN_LAYER_STRUCT(gaussian_noise, CN_GAUSSIAN_NOISE, )
CN_LAYER_STRUCT(gaussian_dropout, CN_GAUSSIAN_DROPOUT, )

static bool init_noise(gaussian_noise *self)
{
    return cn_check_share(self, "stddev", self->stddev) && (self->stddev == 0 || cn_add_seed(self));
}

static cn_tensor *call_noise(gaussian_noise *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (!in->training || self->stddev == 0)
        return x;
    return cn_add(x, cn_random_normal_like(x, 0, self->stddev, cn_layer_seed(self)));
}

static bool init_dropout(gaussian_dropout *self)
{
    return cn_check_share(self, "rate", self->rate) && (self->rate == 0 || cn_add_seed(self));
}

static cn_tensor *call_dropout(gaussian_dropout *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    if (!in->training || self->rate == 0)
        return x;
    double stddev = sqrt(self->rate / (1 - self->rate));
    return cn_mul(x, cn_random_normal_like(x, 1, stddev, cn_layer_seed(self)));
}

CN_BUILTIN_LAYER(gaussian_noise, "GaussianNoise", NULL, .init = init_noise, .call = call_noise,
                 .one_input = true)
CN_BUILTIN_LAYER(gaussian_dropout, "GaussianDropout", NULL, .init = init_dropout,
                 .call = call_dropout, .one_input = true)
