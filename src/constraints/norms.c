/* Weights kept within bounds: norms along axes, or signs.
 * keras.constraints.MaxNorm, UnitNorm, MinMaxNorm, NonNeg */
#include "constraints/constraint.h"
#include "ops/ops.h"

static cn_tensor *norms(cn_tensor *w, cn_axes axis)
{
    return cn_sqrt(cn_sum(cn_square(w), .axis = axis, .keepdims = true));
}

/* w with norms made `wanted`. */
static cn_tensor *scaled(cn_tensor *w, cn_tensor *wanted, cn_tensor *norm)
{
    return cn_mul(w, cn_div(wanted, cn_add(norm, cn_epsilon())));
}

/* Keras writes a single axis as a number. */
static bool write_axis(cn_axes axis, cn_json *config)
{
    return cn_axes_count(axis) > 1 || axis.d[0] == CN_UNSET ||
           cn_json_set(config, "axis", cn_json_int(axis.d[0]));
}

#define AXIS_(P) P(cn_axes, axis, {{0}}, "the axes over which a norm is taken")

#define MAX_NORM(P)                            \
    P(float, max_value, 2, "the largest norm") \
    AXIS_(P)
CN_THING(max_norm, cn_instance, MAX_NORM, )

static cn_tensor *call_max(max_norm *self, cn_tensor *w)
{
    cn_tensor *norm = norms(w, self->axis);
    return scaled(w, cn_clip(norm, 0, self->max_value), norm);
}

static bool write_max(const max_norm *self, cn_json *config)
{
    return write_axis(self->axis, config);
}
CN_CONSTRAINT(max_norm, "MaxNorm", NULL, .call = call_max, .write_config = write_max)

#define UNIT_NORM(P) AXIS_(P)
CN_THING(unit_norm, cn_instance, UNIT_NORM, )

static cn_tensor *call_unit(unit_norm *self, cn_tensor *w)
{
    return cn_div(w, cn_add(norms(w, self->axis), cn_epsilon()));
}

static bool write_unit(const unit_norm *self, cn_json *config)
{
    return write_axis(self->axis, config);
}
CN_CONSTRAINT(unit_norm, "UnitNorm", NULL, .call = call_unit, .write_config = write_unit)

#define MIN_MAX_NORM(P)                                     \
    P(float, min_value, 0.0, "the smallest norm")           \
    P(float, max_value, 1.0, "the largest norm")            \
    P(float, rate, 1.0, "how far to go towards the bounds") \
    AXIS_(P)
CN_THING(min_max_norm, cn_instance, MIN_MAX_NORM, )

static cn_tensor *call_min_max(min_max_norm *self, cn_tensor *w)
{
    cn_tensor *norm = norms(w, self->axis);
    cn_tensor *within = cn_clip(norm, self->min_value, self->max_value);
    cn_tensor *wanted = cn_add(cn_mul(within, self->rate), cn_mul(norm, 1 - self->rate));
    return scaled(w, wanted, norm);
}

static bool write_min_max(const min_max_norm *self, cn_json *config)
{
    return write_axis(self->axis, config);
}
CN_CONSTRAINT(min_max_norm, "MinMaxNorm", NULL, .call = call_min_max, .write_config = write_min_max)

#define NON_NEG(P)
CN_THING(non_neg, cn_instance, NON_NEG, )

static cn_tensor *call_non_neg(non_neg *self, cn_tensor *w)
{
    (void)self;
    return cn_maximum(w, 0);
}
CN_CONSTRAINT(non_neg, "NonNeg", NULL, .call = call_non_neg)
