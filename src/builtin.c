/* All built-in classes: the rows of each folder's builtin.def. */
#include "config/registry.h"

#define CN_BUILTIN(id) extern const cn_class cn_##id##_class;
#include "activations/builtin.def"
#include "callbacks/builtin.def"
#include "constraints/builtin.def"
#include "initializers/builtin.def"
#include "layers/builtin.def"
#include "losses/builtin.def"
#include "metrics/builtin.def"
#include "models/builtin.def"
#include "optimizers/builtin.def"
#include "optimizers/schedules/builtin.def"
#include "regularizers/builtin.def"
#undef CN_BUILTIN

const cn_class *const cn_builtin_classes[] = {
#define CN_BUILTIN(id) &cn_##id##_class,
#include "activations/builtin.def"
#include "callbacks/builtin.def"
#include "constraints/builtin.def"
#include "initializers/builtin.def"
#include "layers/builtin.def"
#include "losses/builtin.def"
#include "metrics/builtin.def"
#include "models/builtin.def"
#include "optimizers/builtin.def"
#include "optimizers/schedules/builtin.def"
#include "regularizers/builtin.def"
#undef CN_BUILTIN
    NULL};
