#include "config/text_class.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/error.h"

/* They live as long as the program: instances of them may, to its very end. */
typedef struct text_class {
    cn_class cls;
    cn_any_function function;
    struct text_class *next;
} text_class;

static text_class *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static text_class *add(void)
{
    text_class *made = cn_mem_calloc(1, sizeof *made);
    if (!made)
        return NULL;
    pthread_mutex_lock(&lock);
    made->next = all;
    all = made;
    pthread_mutex_unlock(&lock);
    return made;
}

bool cn_register_text_class(cn_family family, cn_str name, cn_str arguments, const void *methods,
                            size_t size, cn_any_function function)
{
    if (!name || !function)
        return cn_fail(CN_EINVAL, "register: expected a name and a function, found NULL");
    text_class *made = add();
    if (!made)
        return false;
    made->function = function;
    made->cls = (cn_class){.family = family,
                           .name = cn_mem_strdup(name),
                           .arguments = cn_mem_strdup(arguments),
                           .methods = methods,
                           .size = size};
    if (!made->cls.name || (arguments && !made->cls.arguments))
        return false;
    return cn_register_class(&made->cls);
}

cn_any_function cn_text_function(const void *instance)
{
    return ((const text_class *)((const cn_instance *)instance)->cls)->function;
}
