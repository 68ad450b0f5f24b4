/* The registry of names, beyond what cornu/class.h shows. */
#ifndef CN_CONFIG_REGISTRY_H
#define CN_CONFIG_REGISTRY_H

#include "cornu/class.h"

/* All built-in classes, ended by NULL: src/builtin.c. */
extern const cn_class *const cn_builtin_classes[];

/* As cn_class_find, but an unknown name is no error. */
const cn_class *cn_class_lookup(cn_family family, cn_str name);
const char *cn_family_name(cn_family family); /* "layer", "loss", … */
void cn_snake_case(const char *name, char *out, size_t size);
/* All classes of a family, in order of registration. */
size_t cn_class_count(cn_family family);
const cn_class *cn_class_at(cn_family family, size_t i);

#endif
