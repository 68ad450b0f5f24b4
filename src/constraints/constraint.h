/* Constraints: what a weight is made after each step. */
#ifndef CN_CONSTRAINTS_CONSTRAINT_H
#define CN_CONSTRAINTS_CONSTRAINT_H

#include "config/define.h"
#include "cornu/initializers.h"

#define CN_CONSTRAINT_METHODS_(id, self_type)                    \
    typedef struct id##_methods {                                \
        CN_COMMON_METHODS(self_type)                             \
        cn_tensor *(*call)(self_type * self, cn_tensor *weight); \
    } id##_methods;
CN_CONSTRAINT_METHODS_(cn_constraint, void)
/* The record of a built-in one, after CN_THING(id, cn_instance, TABLE, state). */
#define CN_CONSTRAINT(id, name, aliases, ...) \
    CN_CONSTRAINT_METHODS_(id, id)            \
    CN_BUILTIN_CLASS(id, CN_CONSTRAINTS, name, aliases, "keras.constraints", __VA_ARGS__)

#endif
