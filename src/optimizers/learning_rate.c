/* Learning rates: a variable, or a schedule over the iterations. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "optimizers/optimizer.h"
#include "optimizers/schedules/schedule.h"
#include "ops/ops.h"

/* The class's own parameter, as text or number; `number` is NaN where a schedule is meant. */
static bool given_rate(const cn_optimizer *self, double *number, const char **schedule)
{
    const cn_param *p = cn_param_find(((const cn_instance *)self)->cls, "learning_rate");
    const char *at = p ? (const char *)self + p->offset : NULL;
    *number = 0;
    if (p && p->type == CN_TYPE_float)
        *number = *(const double *)at;
    const char *text = p && p->type == CN_TYPE_cn_spec ? *(const char *const *)at : NULL;
    if (!text)
        return !p || p->type == CN_TYPE_float ||
               cn_fail(CN_EINVAL, "Argument `learning_rate` should be a number or a schedule, "
                                  "found none");
    if (strchr("0123456789+-.", *text))
        return cn_double_parse(text + (*text == '+'), strlen(text + (*text == '+')), number);
    *number = NAN;
    *schedule = text;
    return true;
}

/* lr / (1 + decay * iterations) */
static cn_instance *inverse_time(double rate, double decay)
{
    char *spec = cn_mem_printf("inverse_time_decay(%.17g, 1, %.17g)", rate, decay);
    cn_instance *schedule = spec ? cn_instance_of_spec(CN_SCHEDULES, spec) : NULL;
    cn_mem_free(spec);
    return schedule;
}

bool cn_rate_init(cn_optimizer *self)
{
    struct cn_optimizer_state *state = self->state_;
    const char *schedule = NULL;
    double rate;
    state->iterations = cn_add_state(self, "iteration", CN_SCALAR, CN_INT64, 0, false);
    if (!state->iterations || !given_rate(self, &rate, &schedule))
        return false;
    if (!schedule && self->decay == 0) {
        state->rate = cn_add_state(self, "learning_rate", CN_SCALAR, CN_FLOAT32, rate, false);
        return state->rate != NULL;
    }
    state->schedule = cn_retain(schedule ? cn_instance_of_spec(CN_SCHEDULES, schedule)
                                         : inverse_time(rate, self->decay));
    return state->schedule != NULL;
}

cn_tensor *cn_rate_now(cn_optimizer *self)
{
    struct cn_optimizer_state *state = self->state_;
    if (state->schedule)
        return cn_schedule_call(state->schedule, cn_trace_read(state->iterations));
    return cn_trace_read(state->rate);
}

bool cn_rate_write(const cn_optimizer *self, cn_json *config)
{
    const struct cn_optimizer_state *state = self->state_;
    if (!cn_json_get(config, "learning_rate"))
        return true;
    if (state->schedule)
        return cn_json_set(config, "learning_rate", cn_instance_serialize(state->schedule));
    double rate = NAN;
    CN_SCOPE {
        rate = cn_item(state->rate);
    }
    return cn_json_set(config, "learning_rate", cn_json_float(rate));
}

/* The optimizer whose rate is the rate: of one that holds another, that other. */
static cn_optimizer *rated(cn_optimizer *self)
{
    cn_list *inner = cn_inner_optimizers(self);
    if (!inner)
        return NULL;
    return inner->count == 1 ? inner->items[0] : self;
}

double cn_learning_rate(cn_optimizer *self)
{
    double rate = NAN;
    if (self)
        CN_SCOPE {
            self = rated(self);
            rate = self ? cn_item(cn_rate_now(self)) : NAN;
        }
    return rate;
}

bool cn_set_learning_rate(cn_optimizer *self, double rate)
{
    if (!self)
        return false;
    self = rated(self);
    if (!self)
        return false;
    cn_tensor *variable = self->state_->rate;
    if (!variable)
        return cn_fail(CN_ESTATE,
                       "This optimizer was created with a `LearningRateSchedule` object as its "
                       "`learning_rate` constructor argument, hence its learning rate is not "
                       "settable. If you need the learning rate to be settable, you should "
                       "instantiate the optimizer with a float `learning_rate` argument.");
    return cn_set_data(variable, &(float){(float)rate});
}

cn_tensor *cn_optimizer_iteration(void *optimizer)
{
    cn_optimizer *self = optimizer;
    if (!self)
        return NULL;
    int steps = self->gradient_accumulation_steps;
    cn_tensor *n = cn_trace_read(self->state_->iterations);
    return CN_IS_NONE(steps) || !steps ? n : cn_floor_divide(n, steps);
}

int64_t cn_iterations(cn_optimizer *self)
{
    double n = NAN;
    if (self)
        CN_SCOPE {
            n = cn_item(cn_optimizer_iteration(rated(self)));
        }
    return n == n ? (int64_t)n : -1;
}
