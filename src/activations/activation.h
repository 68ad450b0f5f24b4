/* Activations by name. */
#ifndef CN_ACTIVATIONS_ACTIVATION_H
#define CN_ACTIVATIONS_ACTIVATION_H

#include "config/define.h"
#include "cornu/initializers.h"

#define CN_ACTIVATION_METHODS_(id, self_type)               \
    typedef struct id##_methods {                           \
        CN_COMMON_METHODS(self_type)                        \
        cn_tensor *(*call)(self_type * self, cn_tensor *x); \
    } id##_methods;
CN_ACTIVATION_METHODS_(cn_activation, void)
/* The record of a built-in one, after CN_THING(id, cn_instance, TABLE, state). */
#define CN_ACTIVATION(id, name, aliases, ...) \
    CN_ACTIVATION_METHODS_(id, id)            \
    CN_BUILTIN_CLASS(id, CN_ACTIVATIONS, name, aliases, "keras.activations", __VA_ARGS__)

/* One without arguments: its value in terms of x. */
#define CN_PLAIN_ACTIVATION(id, name, aliases, expression)           \
    CN_THING(id##_activation, cn_instance, CN_NO_PARAMS, )           \
    static cn_tensor *id##_call(id##_activation *self, cn_tensor *x) \
    {                                                                \
        (void)self;                                                  \
        return expression;                                           \
    }                                                                \
    CN_ACTIVATION(id##_activation, name, aliases, .call = id##_call)
/* One with the arguments of `table`, in terms of x and self. */
#define CN_TABLE_ACTIVATION(id, table, name, expression)             \
    CN_THING(id##_activation, cn_instance, table, )                  \
    static cn_tensor *id##_call(id##_activation *self, cn_tensor *x) \
    {                                                                \
        return expression;                                           \
    }                                                                \
    CN_ACTIVATION(id##_activation, name, NULL, .call = id##_call)

#endif
