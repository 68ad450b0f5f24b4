/* How built-in classes that have no C constructor are written down: one struct, one table, one
 * record.
 *
 *     #define L2(P) P(float, l2, 0.01, "the factor")
 *     CN_THING(l2, cn_instance, L2, )
 *     static cn_tensor *call(l2 *self, cn_tensor *x) { … }
 *     CN_REGULARIZER(l2, "L2", NULL, .call = call)
 *
 * and a row CN_BUILTIN(l2) in the folder's builtin.def. */
#ifndef CN_CONFIG_DEFINE_H
#define CN_CONFIG_DEFINE_H

#include "config/instance.h"

/* The options, the struct (`...` are fields beyond the table's) and the rows of `id`. */
#define CN_THING(id, head_type, table, ...) \
    CN_OPTIONS(id, table, CN_NO_PARAMS)     \
    typedef struct id {                     \
        head_type head;                     \
        table(CN_FIELD_) __VA_ARGS__        \
    } id;                                   \
    CN_ROWS(id, table, CN_NO_PARAMS, CN_ROW_)

/* The record cn_<id>_class of a class with the struct, table and methods' types of `base`. */
#define CN_BUILTIN_CLASS_OF(base, id, family_, name_, aliases_, module_, ...) \
    static const base##_methods id##_methods_ = {__VA_ARGS__};                \
    extern const cn_class cn_##id##_class;                                    \
    const cn_class cn_##id##_class = {.family = family_,                      \
                                      .name = name_,                          \
                                      .aliases = aliases_,                    \
                                      .built_in = true,                       \
                                      .package = module_,                     \
                                      .params = base##_params,                \
                                      .defaults = &base##_defaults,           \
                                      .size = sizeof(base),                   \
                                      .methods = &id##_methods_};
#define CN_BUILTIN_CLASS(id, family, name, aliases, module, ...) \
    CN_BUILTIN_CLASS_OF(id, id, family, name, aliases, module, __VA_ARGS__)

#endif
