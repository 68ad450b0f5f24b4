/* (x - mean) / deviation, with statistics that are given or learnt from data before training.
 * keras.layers.Normalization */
#include "config/array_json.h"
#include "cornu/data.h"
#include "cornu/random.h"
#include "layers/arguments.h"
#include "layers/normalization/normalize.h"

#include <string.h>

CN_LAYER_STRUCT(normalization, CN_NORMALIZATION, cn_tensor *means, *variances, *count;)

/* No axis is kept: one mean and one variance for all. */
static bool is_whole(const normalization *self)
{
    return self->axis.d[0] == CN_UNSET;
}

static bool init(normalization *self)
{
    if (!self->mean != !self->variance)
        return cn_fail(CN_EINVAL,
                       "Normalization: When setting values directly, both `mean` and `variance` "
                       "must be set. Received: mean=%s and variance=%s",
                       self->mean ? self->mean : "None", self->variance ? self->variance : "None");
    return true;
}

/* Where nothing is kept Keras has an empty list. */
static bool read_config(cn_json *config)
{
    const cn_json *axis = cn_json_get(config, "axis");
    bool none = cn_json_is(axis, CN_JSON_LIST) && !axis->count;
    return !none || cn_json_set(config, "axis", cn_json_null());
}

static bool write_numbers(cn_json *config, const char *name, const char *text)
{
    return !text || cn_json_set(config, name, cn_json_parse(text, strlen(text)));
}

static bool write_config(const normalization *self, cn_json *config)
{
    int n = is_whole(self) ? 0 : cn_axes_count(self->axis);
    return cn_write_sizes(config, "axis", self->axis.d, n) &&
           write_numbers(config, "mean", self->mean) &&
           write_numbers(config, "variance", self->variance);
}

static bool build(normalization *self, const cn_shapes *in)
{
    cn_shape shape = CN_SCALAR;
    if (!is_whole(self)) {
        cn_sort_axes(&self->axis);
        if (!cn_shape_along(in->shape[0], self->axis, &shape))
            return false;
    }
    if (self->mean)
        return true;
    self->means = cn_add_weight(self, "mean", shape, .initializer = "zeros", .trainable = false);
    self->variances =
        cn_add_weight(self, "variance", shape, .initializer = "ones", .trainable = false);
    self->count = cn_add_weight(self, "count", CN_SCALAR, .dtype = CN_INT64, .initializer = "zeros",
                                .trainable = false);
    return self->means && self->variances && self->count;
}

/* What is given, or learnt, so that it broadcasts to x. Given numbers of fewer axes than are kept
 * belong to the last ones. */
static cn_tensor *statistic(const normalization *self, const char *given, cn_tensor *learnt,
                            cn_tensor *x)
{
    cn_json *json = given ? cn_json_parse(given, strlen(given)) : NULL;
    cn_tensor *value = given ? cn_array_of_json(json) : learnt;
    cn_json_free(json);
    value = cn_cast(value, x->dtype);
    if (!value || !value->shape.rank)
        return value;
    int kept = is_whole(self) ? 0 : cn_axes_count(self->axis), rank = value->shape.rank;
    if (rank > kept)
        return cn_fail_null(CN_EINVAL,
                            "The rank of `mean` must be less than or equal to the number of axes "
                            "(%d). Received: mean shape %s",
                            kept, cn_shape_text(value->shape));
    cn_axes axes = {{0}};
    memcpy(axes.d, self->axis.d + kept - rank, (size_t)rank * sizeof axes.d[0]);
    return cn_fits_weight(value, axes, x->shape) ? cn_spread(value, axes, x->shape) : NULL;
}

static cn_tensor *call(normalization *self, const cn_inputs *in)
{
    cn_tensor *x = cn_cast(in->x[0], cn_layer_dtype(self));
    cn_tensor *mean = statistic(self, self->mean, self->means, x);
    cn_tensor *variance = statistic(self, self->variance, self->variances, x);
    cn_tensor *deviation = cn_maximum(cn_sqrt(variance), cn_epsilon());
    return self->invert ? cn_add(mean, cn_mul(x, deviation)) : cn_div(cn_sub(x, mean), deviation);
}

CN_BUILTIN_LAYER(normalization, "Normalization", NULL, .init = init, .build = build, .call = call,
                 .read_config = read_config, .write_config = write_config, .one_input = true)

/* ---- learning ---- */

/* The mean over the axes that are not kept. */
static cn_tensor *mean_of(const normalization *self, cn_tensor *x)
{
    unsigned kept = 0;
    cn_axes others = {{0}};
    int n = 0;
    if (!is_whole(self) && !cn_axes_mask(self->axis, x->shape.rank, &kept, "axis"))
        return NULL;
    for (int i = 0; i < x->shape.rank; i++)
        if (!(kept >> i & 1))
            others.d[n++] = i;
    return n ? cn_mean(x, others) : x;
}

bool cn_adapt_to(void *layer, cn_dataset *data)
{
    cn_batch all;
    normalization *self = layer;
    if (!layer || !data)
        return false;
    if (((const cn_instance *)layer)->cls != &cn_normalization_class)
        return cn_fail(CN_EINVAL, "cn_adapt: %s '%s' learns nothing from data before training",
                       cn_class_name(layer), self->layer.name);
    if (self->mean)
        return cn_fail(CN_ESTATE, "cn_adapt: Normalization '%s' was given its mean and variance",
                       self->layer.name);
    bool ok = false;
    CN_SCOPE {
        if (cn_dataset_all(data, &all) && cn_call_one(self, all.x)) {
            cn_tensor *x = cn_widen(all.x), *mean = mean_of(self, x);
            cn_tensor *off =
                cn_sub(x, is_whole(self) ? mean : cn_spread(mean, self->axis, x->shape));
            ok = cn_assign(self->means, mean) &&
                 cn_assign(self->variances, mean_of(self, cn_square(off))) &&
                 cn_compute(cn_list_new());
        }
    }
    return ok;
}
