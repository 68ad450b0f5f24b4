/* Values whose variance is scale / n, where n counts a weight's inputs, outputs or both.
 * keras.initializers.VarianceScaling, GlorotUniform, GlorotNormal, HeNormal, HeUniform,
 * LecunNormal, LecunUniform */
#include <math.h>
#include <string.h>

#include "graph/shape.h"
#include "initializers/random.h"
#include "base/error.h"

enum { FAN_IN, FAN_OUT, FAN_AVG };

static bool product(cn_shape shape, cn_axes axes, double *out)
{
    unsigned mask;
    if (!cn_axes_mask(axes, shape.rank, &mask, "cn_initialize"))
        return false;
    *out = 1;
    for (int i = 0; i < shape.rank; i++)
        *out *= mask >> i & 1 ? (double)shape.dim[i] : 1;
    return true;
}

/* Kernels of convolutions are (spatial..., in, out): each of in, out is seen by the whole window.
 */
static void fans_of(cn_shape shape, double *in, double *out)
{
    double window = 1;
    for (int i = 0; i < shape.rank - 2; i++)
        window *= (double)shape.dim[i];
    *out = shape.rank ? window * (double)shape.dim[shape.rank - 1] : 1;
    *in = shape.rank > 1 ? window * (double)shape.dim[shape.rank - 2] : *out;
}

static bool given(cn_axes axes)
{
    return axes.d[0] != CN_UNSET;
}

/* The deviation that the values shall have; NaN with an error recorded. */
static double deviation(cn_shape shape, double scale, int mode, cn_axes in_axes, cn_axes out_axes)
{
    double in, out;
    if (!given(in_axes) || !given(out_axes))
        fans_of(shape, &in, &out);
    else if (!product(shape, in_axes, &in) || !product(shape, out_axes, &out))
        return NAN;
    double n = mode == FAN_IN ? in : mode == FAN_OUT ? out : (in + out) / 2;
    return sqrt(scale / fmax(1, n));
}

static cn_tensor *scaled(cn_shape shape, cn_dtype dtype, cn_distribution distribution, double sigma,
                         int seed)
{
    if (isnan(sigma))
        return NULL;
    if (distribution == CN_UNIFORM) {
        double limit = sqrt(3) * sigma;
        return cn_initial_values(shape, dtype, CN_UNIFORM, -limit, 2 * limit, seed);
    }
    if (distribution == CN_TRUNCATED_NORMAL)
        sigma /= 0.87962566103423978; /* the deviation that truncation leaves of 1 */
    return cn_initial_values(shape, dtype, distribution, 0, sigma, seed);
}

#define AXES_(P)                                                                   \
    P(cn_axes, input_axes, CN_ALL_AXES, "axes that count as inputs; both or none") \
    P(cn_axes, output_axes, CN_ALL_AXES, "axes that count as outputs")
#define VARIANCE_SCALING(P)                                                                      \
    P(float, scale, 1.0, "the factor")                                                           \
    P(cn_str, mode, "fan_in", "fan_in, fan_out or fan_avg")                                      \
    P(cn_str, distribution, "truncated_normal", "truncated_normal, untruncated_normal, uniform") \
    CN_SEED_PARAM_(P)                                                                            \
    AXES_(P)
CN_THING(variance_scaling, cn_instance, VARIANCE_SCALING, int fan; cn_distribution shape;)

static int find(const char *const *names, int n, const char *name)
{
    for (int i = 0; name && i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

static bool init(variance_scaling *self)
{
    static const char *const modes[] = {"fan_in", "fan_out", "fan_avg"};
    static const char *const names[] = {"uniform", "untruncated_normal", "truncated_normal",
                                        "normal"};
    int shape = find(names, 4, self->distribution);
    self->fan = find(modes, 3, self->mode);
    if (self->scale <= 0)
        return cn_fail(CN_EINVAL, "Argument `scale` must be positive float. Received: scale=%g",
                       self->scale);
    if (self->fan < 0)
        return cn_fail(CN_EINVAL,
                       "Invalid `mode` argument: %s. Please use one of {'fan_in', 'fan_out', "
                       "'fan_avg'}",
                       self->mode);
    if (shape < 0)
        return cn_fail(CN_EINVAL,
                       "Invalid `distribution` argument: %s. Please use one of {'uniform', "
                       "'truncated_normal', 'untruncated_normal'}",
                       self->distribution);
    self->shape = shape == 3 ? CN_TRUNCATED_NORMAL : (cn_distribution)shape;
    return true;
}

static cn_tensor *call(variance_scaling *self, cn_shape shape, cn_dtype dtype)
{
    double sigma = deviation(shape, self->scale, self->fan, self->input_axes, self->output_axes);
    return scaled(shape, dtype, self->shape, sigma, self->seed);
}

/* Keras writes "normal" as what it means. */
static bool write(const variance_scaling *self, cn_json *config)
{
    return strcmp(self->distribution, "normal") != 0 ||
           cn_json_set(config, "distribution", cn_json_string("truncated_normal"));
}
CN_INITIALIZER(variance_scaling, "VarianceScaling", NULL, .init = init, .call = call,
               .write_config = write, .read_config = cn_read_seed)

/* The named cases: only the seed and the axes are free. */
#define NAMED(P) CN_SEED_PARAM_(P) AXES_(P)
#define FAN(id, name, scale, mode, distribution)                                           \
    CN_THING(id, cn_instance, NAMED, )                                                     \
    static cn_tensor *id##_call(id *self, cn_shape shape, cn_dtype dtype)                  \
    {                                                                                      \
        double sigma = deviation(shape, scale, mode, self->input_axes, self->output_axes); \
        return scaled(shape, dtype, distribution, sigma, self->seed);                      \
    }                                                                                      \
    CN_INITIALIZER(id, name, NULL, .call = id##_call, .read_config = cn_read_seed)

FAN(glorot_uniform, "GlorotUniform", 1, FAN_AVG, CN_UNIFORM)
FAN(glorot_normal, "GlorotNormal", 1, FAN_AVG, CN_TRUNCATED_NORMAL)
FAN(he_uniform, "HeUniform", 2, FAN_IN, CN_UNIFORM)
FAN(he_normal, "HeNormal", 2, FAN_IN, CN_TRUNCATED_NORMAL)
FAN(lecun_uniform, "LecunUniform", 1, FAN_IN, CN_UNIFORM)
FAN(lecun_normal, "LecunNormal", 1, FAN_IN, CN_TRUNCATED_NORMAL)
