#include "optimizers/schedules/schedule.h"

#include "base/error.h"
#include "config/text_class.h"
#include "ops/ops.h"

cn_tensor *cn_schedule_call(const cn_instance *schedule, cn_tensor *step)
{
    const cn_schedule_methods *methods = schedule->cls->methods;
    return step ? methods->call(schedule, cn_cast(step, CN_FLOAT32)) : NULL;
}

cn_tensor *cn_schedule_value(cn_str spec, cn_tensor *step)
{
    const cn_instance *schedule = step ? cn_instance_of_spec(CN_SCHEDULES, spec) : NULL;
    return schedule ? cn_schedule_call(schedule, step) : NULL;
}

bool cn_schedule_positive(double value, const char *name)
{
    return value > 0 ||
           cn_fail(CN_EINVAL, "Argument `%s` must be > 0. Received: %s=%g", name, name, value);
}

static cn_tensor *call_own(const void *self, cn_tensor *step)
{
    return ((cn_schedule_function)cn_text_function(self))(step,
                                                          &((const cn_text_instance *)self)->args);
}

static const cn_schedule_methods own = {.call = call_own};

bool cn_register_schedule(cn_str name, cn_schedule_function function, cn_str arguments)
{
    return cn_register_text_class(CN_SCHEDULES, name, arguments, &own, sizeof(cn_text_instance),
                                  (cn_any_function)function);
}
