/* Regularizers: a penalty for a weight or an activity. */
#ifndef CN_REGULARIZERS_REGULARIZER_H
#define CN_REGULARIZERS_REGULARIZER_H

#include "config/define.h"
#include "cornu/initializers.h"

#define CN_REGULARIZER_METHODS_(id, self_type)              \
    typedef struct id##_methods {                           \
        CN_COMMON_METHODS(self_type)                        \
        cn_tensor *(*call)(self_type * self, cn_tensor *x); \
    } id##_methods;
CN_REGULARIZER_METHODS_(cn_regularizer, void)
/* The record of a built-in one, after CN_THING(id, cn_instance, TABLE, state). */
#define CN_REGULARIZER(id, name, aliases, ...) \
    CN_REGULARIZER_METHODS_(id, id)            \
    CN_BUILTIN_CLASS(id, CN_REGULARIZERS, name, aliases, "keras.regularizers", __VA_ARGS__)

#endif
