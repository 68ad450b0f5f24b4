/* Initializers: values for a new weight. */
#ifndef CN_INITIALIZERS_INITIALIZER_H
#define CN_INITIALIZERS_INITIALIZER_H

#include "config/define.h"
#include "cornu/initializers.h"

#define CN_INITIALIZER_METHODS_(id, self_type)                                \
    typedef struct id##_methods {                                             \
        CN_COMMON_METHODS(self_type)                                          \
        cn_tensor *(*call)(self_type * self, cn_shape shape, cn_dtype dtype); \
    } id##_methods;
CN_INITIALIZER_METHODS_(cn_initializer, void)
/* The record of a built-in one, after CN_THING(id, cn_instance, TABLE, state). */
#define CN_INITIALIZER(id, name, aliases, ...) \
    CN_INITIALIZER_METHODS_(id, id)            \
    CN_BUILTIN_CLASS(id, CN_INITIALIZERS, name, aliases, "keras.initializers", __VA_ARGS__)

#endif
