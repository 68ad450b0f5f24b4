/* Classes made at run time from a function and a text of arguments. */
#ifndef CN_CONFIG_TEXT_CLASS_H
#define CN_CONFIG_TEXT_CLASS_H

#include "config/instance.h"

/* Registers `name` in the family: an instance is a cn_text_instance of `size` bytes (at least that
 * struct's), whose class has these methods, and whose function is cn_text_function(instance).
 * `function` is any function pointer. */
bool cn_register_text_class(cn_family family, cn_str name, cn_str arguments, const void *methods,
                            size_t size, void (*function)(void));
typedef void (*cn_any_function)(void);
cn_any_function cn_text_function(const void *instance);

#endif
