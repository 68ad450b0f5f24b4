/* Schedules: a learning rate as a function of the step. */
#ifndef CN_OPTIMIZERS_SCHEDULES_SCHEDULE_H
#define CN_OPTIMIZERS_SCHEDULES_SCHEDULE_H

#include "config/define.h"
#include "cornu/optimizers.h"

#define CN_SCHEDULE_METHODS_(id, self_type)                                               \
    typedef struct id##_methods {                                                         \
        CN_COMMON_METHODS(self_type)                                                      \
        cn_tensor *(*call)(const self_type *self, cn_tensor *step); /* step: a float32 */ \
    } id##_methods;
CN_SCHEDULE_METHODS_(cn_schedule, void)
/* The record of a built-in one, after CN_THING(id, cn_instance, TABLE, state). */
#define CN_SCHEDULE(id, name, ...) \
    CN_SCHEDULE_METHODS_(id, id)   \
    CN_BUILTIN_CLASS(id, CN_SCHEDULES, name, NULL, "keras.optimizers.schedules", __VA_ARGS__)

/* The value of an instance at a step of any number type. */
cn_tensor *cn_schedule_call(const cn_instance *schedule, cn_tensor *step);
/* Error unless value > 0: Keras's text. */
bool cn_schedule_positive(double value, const char *name);

#endif
