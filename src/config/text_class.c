#include "config/text_class.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/registry.h"

/* They live as long as the program: instances of them may, to its very end. */
typedef struct text_class {
    cn_class cls;
    cn_any_function function;
    atomic_bool known; /* registered: no other class had the name */
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

const cn_class *cn_class_of_function(cn_family family, cn_any_function function)
{
    pthread_mutex_lock(&lock);
    const text_class *one = all;
    while (one &&
           !(one->function == function && one->cls.family == family && atomic_load(&one->known)))
        one = one->next;
    pthread_mutex_unlock(&lock);
    return one ? &one->cls : NULL;
}

/* A name that a spec can hold: "dice", or with its package, "shop>dice". */
static bool check_name(cn_family family, cn_str name)
{
    const char *bare = strchr(name, '>') ? strchr(name, '>') + 1 : name;
    bool ok = isalpha((unsigned char)*bare) || *bare == '_';
    for (const char *c = bare; *c; c++)
        ok = ok && (isalnum((unsigned char)*c) || *c == '_' || *c == '.' || *c == '-');
    return ok || cn_fail(CN_EINVAL,
                         "register: expected the name of a %s of letters, digits and '_', found "
                         "'%s'",
                         cn_family_name(family), name);
}

static bool check_arguments(cn_family family, cn_str name, cn_str arguments)
{
    char *text = cn_mem_printf("%s(%s)", name, arguments ? arguments : "");
    cn_json *spec = text ? cn_spec_parse(text) : NULL;
    const cn_json *bare = cn_json_at(cn_json_get(spec, "args"), 0);
    bool ok = spec && (!bare || cn_fail(CN_EINVAL,
                                        "register: expected arguments with defaults, "
                                        "\"smooth=1.0\", for the %s '%s', found \"%s\"",
                                        cn_family_name(family), name, arguments));
    cn_json_free(spec);
    cn_mem_free(text);
    return ok;
}

static bool same_text(cn_str a, cn_str b)
{
    return !strcmp(a ? a : "", b ? b : "");
}

/* The same once more does nothing. */
static bool is_again(const text_class *made)
{
    const cn_class *before = cn_class_of_function(made->cls.family, made->function);
    return before && !strcmp(before->name, made->cls.name) &&
           same_text(before->defaults, made->cls.defaults);
}

bool cn_register_text_class(cn_family family, cn_str name, cn_str arguments, const void *methods,
                            size_t size, cn_any_function function)
{
    if (!name || !function)
        return cn_fail(CN_EINVAL, "register: expected a name and a function, found NULL");
    if (!check_name(family, name) || !check_arguments(family, name, arguments))
        return false;
    text_class *made = add();
    if (!made)
        return false;
    const char *sign = strchr(name, '>');
    made->function = function;
    made->cls = (cn_class){.family = (unsigned short)family,
                           .name = cn_mem_strdup(sign ? sign + 1 : name),
                           .package = sign ? cn_mem_strndup(name, (size_t)(sign - name)) : NULL,
                           .defaults = cn_mem_strdup(arguments),
                           .methods = methods,
                           .size = size};
    if (!made->cls.name || (arguments && !made->cls.defaults) || (sign && !made->cls.package))
        return false;
    if (is_again(made))
        return true;
    bool known = cn_register_class(&made->cls);
    atomic_store(&made->known, known);
    return known;
}

cn_any_function cn_class_function(const cn_class *cls)
{
    return ((const text_class *)cls)->function;
}

cn_any_function cn_text_function(const void *instance)
{
    return cn_class_function(((const cn_instance *)instance)->cls);
}

cn_tensor *cn_text_result(const void *instance, const cn_caller *before, cn_tensor *result)
{
    const cn_class *cls = ((const cn_instance *)instance)->cls;
    cn_caller_again(before);
    if (result && (before->code || !cn_error_code()))
        return result;
    if (!cn_error_code())
        cn_fail(CN_EINVAL, "its function returned NULL");
    if (!before->code)
        cn_error_prefix("%s '%s'", cn_family_name(cls->family), cls->name);
    return NULL;
}
