/* Classes made at run time from a function and a text of arguments. */
#ifndef CN_CONFIG_TEXT_CLASS_H
#define CN_CONFIG_TEXT_CLASS_H

#include "base/error.h"
#include "config/instance.h"

/* Registers `name` in the family: an instance is a cn_text_instance of `size` bytes (at least that
 * struct's), whose class has these methods, and whose function is cn_text_function(instance).
 * `function` is any function pointer. */
bool cn_register_text_class(cn_family family, cn_str name, cn_str arguments, const void *methods,
                            size_t size, void (*function)(void));
typedef void (*cn_any_function)(void);
cn_any_function cn_text_function(const void *instance);
/* The function of such a class; and the class of the family that was registered with it, or NULL.
 */
cn_any_function cn_class_function(const cn_class *cls);
const cn_class *cn_class_of_function(cn_family family, cn_any_function function);
/* What a user's function returned: NULL where it is, or where it recorded an error (`before`: what
 * stood before the call), whose message then says whose function it is, "loss 'dice': …". */
cn_tensor *cn_text_result(const void *instance, const cn_caller *before, cn_tensor *result);

#endif
