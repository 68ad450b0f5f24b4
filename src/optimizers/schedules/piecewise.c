/* values[i] up to and with boundaries[i], the last value beyond.
 * keras.optimizers.schedules.PiecewiseConstantDecay */
#include <string.h>

#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/schedules/schedule.h"

/* Both are lists of numbers, kept as JSON text. */
#define PIECEWISE(P)                                                            \
    P(cn_str, boundaries, NULL, "steps after which the rate changes: [10, 20]") \
    P(cn_str, values, NULL, "the rates, one more: [0.1, 0.05, 0.01]")           \
    P(cn_str, name, "PiecewiseConstant", "a name")
CN_THING(piecewise_constant_decay, cn_instance, PIECEWISE, cn_json *at; cn_json * rates;)

static cn_json *numbers(const char *text, const char *name)
{
    cn_json *list = text ? cn_json_parse(text, strlen(text)) : NULL;
    bool ok = cn_json_is(list, CN_JSON_LIST);
    for (size_t i = 0; ok && i < list->count; i++)
        ok = cn_json_is_number(list->items[i]);
    if (ok)
        return list;
    cn_json_free(list);
    return cn_fail_null(CN_EINVAL, "PiecewiseConstantDecay: expected a list of numbers for '%s'",
                        name);
}

static bool init(piecewise_constant_decay *self)
{
    self->at = numbers(self->boundaries, "boundaries");
    self->rates = self->at ? numbers(self->values, "values") : NULL;
    if (!self->rates)
        return false;
    return self->at->count + 1 == self->rates->count ||
           cn_fail(CN_EINVAL,
                   "The length of boundaries should be 1 less than the length of values. Received: "
                   "boundaries=%s of length %zu, and values=%s of length %zu.",
                   self->boundaries, self->at->count, self->values, self->rates->count);
}

static void destroy(piecewise_constant_decay *self)
{
    cn_json_free(self->at);
    cn_json_free(self->rates);
}

static cn_tensor *call(const piecewise_constant_decay *self, cn_tensor *step)
{
    size_t last = self->at->count;
    cn_tensor *rate =
        cn_full(CN_SCALAR, cn_json_as_double(self->rates->items[last], 0), CN_FLOAT32);
    for (size_t i = last; i--;) {
        double limit = cn_json_as_double(self->at->items[i], 0);
        double value = cn_json_as_double(self->rates->items[i], 0);
        rate = cn_select(cn_less_equal(step, limit), value, rate);
    }
    return rate;
}
CN_SCHEDULE(piecewise_constant_decay, "PiecewiseConstantDecay", .init = init, .destroy = destroy,
            .call = call)
