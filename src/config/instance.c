#include "config/instance.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/keras_names.h"
#include "config/params.h"
#include "config/registry.h"
#include "graph/tensor.h"

static cn_family_hooks hooks[CN_FAMILY_COUNT];
static cn_family_files files[CN_FAMILY_COUNT];

void cn_family_set_hooks(cn_family family, cn_family_hooks h)
{
    hooks[family] = h;
}

void cn_family_set_files(cn_family family, cn_family_files f)
{
    files[family] = f;
}

cn_family_files cn_family_files_of(cn_family family)
{
    return files[family];
}

/* A class without methods has none of the common ones. */
static const cn_common_methods *methods(const cn_class *cls)
{
    static const cn_common_methods none = {0};
    return cls->methods ? cls->methods : &none;
}

const cn_param *cn_param_next(const cn_class *cls, const cn_param *param)
{
    static const cn_param none = {0}; /* arguments that are text have no rows */
    const cn_param *p = param ? param + 1 : cls->params ? cls->params() : &none;
    if (!p->name && p->type)
        p = hooks[cls->family].common;
    return p->name ? p : NULL;
}

_Static_assert(sizeof(cn_at) % sizeof(double) == 0, "options are laid out alike without it");

/* Where options of the class have that parameter (common ones count from where the table ends), or
 * else where the defaults have it. */
static const char *option_of(const cn_class *cls, const cn_param *p, const void *options)
{
    const cn_param *own = cls->params();
    while (own->name && own != p)
        own++;
    if (options)
        return (const char *)options + sizeof(cn_at) + (own == p ? 0 : own->option) + p->option;
    return (const char *)(own == p ? cls->defaults : hooks[cls->family].defaults) + p->option;
}

static void destroy(void *self)
{
    const cn_class *cls = ((cn_instance *)self)->cls;
    if (methods(cls)->destroy)
        methods(cls)->destroy(self);
    if (hooks[cls->family].destroy)
        hooks[cls->family].destroy(self);
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;)
        cn_param_clear(p, self);
    if (!cls->params)
        cn_json_free(((cn_text_instance *)self)->args.values);
}

const cn_kind cn_instance_kind = {"instance", destroy};

bool cn_is_a(const void *object, cn_family family)
{
    return cn_is(object, &cn_instance_kind) && ((const cn_instance *)object)->cls->family == family;
}

/* The arguments' defaults: "smooth=1.0, axis=-1" is read like the inside of a spec. */
static bool fill_text(void *self)
{
    cn_text_instance *instance = self;
    const char *arguments = instance->head.cls->defaults;
    char *text = cn_mem_printf("defaults(%s)", arguments ? arguments : "");
    cn_json *spec = text ? cn_spec_parse(text) : NULL;
    instance->args.values = spec ? cn_json_remove(spec, "config") : NULL;
    cn_json_free(spec);
    cn_mem_free(text);
    return instance->args.values != NULL;
}

/* A bare instance of these options; NULL: of the defaults. */
static void *with_options(const cn_class *cls, const void *options)
{
    cn_instance *self = cn_object_new(&cn_instance_kind, cls->size);
    if (!self)
        return NULL;
    self->cls = cls;
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;)
        if (!cn_param_copy(p, self, option_of(cls, p, options)))
            return NULL;
    return cls->params || fill_text(self) ? self : NULL;
}

/* What must be given was given; then the family's and the class's own checks. */
static void *complete(void *self)
{
    if (!self)
        return NULL;
    const cn_class *cls = ((cn_instance *)self)->cls;
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;)
        if (cn_param_is_missing(p, self))
            return cn_fail_null(CN_EINVAL, "%s: the argument '%s' is required", cls->name, p->name);
    if (hooks[cls->family].init && !hooks[cls->family].init(self))
        return NULL;
    return !methods(cls)->init || methods(cls)->init(self) ? self : NULL;
}

void *cn_instance_new(const cn_class *cls, const void *options)
{
    if (!cls)
        return NULL;
    if (options) /* every options struct begins with the caller's place */
        cn_mark_at(*(const cn_at *)options, cls->name);
    return complete(with_options(cls, options));
}

const cn_param *cn_param_find(const cn_class *cls, const char *name)
{
    const cn_param *p = NULL;
    while ((p = cn_param_next(cls, p)) != NULL && strcmp(p->name, name) != 0)
        ;
    return p;
}

char **cn_instance_text(const void *instance, const char *name)
{
    const cn_param *p = cn_param_find(((const cn_instance *)instance)->cls, name);
    return p ? (char **)(void *)((char *)instance + p->offset) : NULL;
}

/* Configurations of other versions hold more than we know: what says nothing is passed over. */
static bool says_nothing(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_NULL) ||
           (cn_json_is(value, CN_JSON_BOOL) && !value->boolean) ||
           ((cn_json_is(value, CN_JSON_LIST) || cn_json_is(value, CN_JSON_OBJECT)) &&
            !value->count) ||
           (cn_json_is(value, CN_JSON_STRING) && !value->length);
}

static bool unknown_param(const void *self, const cn_class *cls, const cn_json *member,
                          bool from_file)
{
    if (from_file)
        return cn_fail(CN_EUNSUPPORTED, "not supported: %s's argument '%s'", cls->name,
                       member->key);
    const char *names[64] = {0};
    const cn_json *values = cls->params ? NULL : ((const cn_text_instance *)self)->args.values;
    const cn_param *p = NULL;
    for (size_t i = 0; i < 63 && (p = cn_param_next(cls, p)) != NULL; i++)
        names[i] = p->name;
    for (size_t i = 0; values && i < values->count && i < 63; i++)
        names[i] = values->items[i]->key;
    if (cls->family == CN_OPTIMIZERS) /* Keras's words */
        return cn_fail(CN_EINVAL, "Unexpected keyword argument passed to optimizer: %s%s",
                       member->key, cn_did_you_mean(member->key, names));
    return cn_fail(CN_EINVAL, "%s: unknown argument '%s'%s", cls->name, member->key,
                   cn_did_you_mean(member->key, names));
}

/* Arguments by text: those that have a default may be set. */
static bool set_text_member(void *self, const cn_json *member)
{
    cn_json *values = ((cn_text_instance *)self)->args.values;
    return cn_json_get(values, member->key) &&
           cn_json_set(values, member->key, cn_json_copy(member));
}

static bool set_members(void *self, const cn_class *cls, const cn_json *config, bool from_file)
{
    for (size_t i = 0; i < config->count; i++) {
        const cn_json *member = config->items[i];
        const cn_param *p = cn_param_find(cls, member->key);
        if (!cls->params && set_text_member(self, member))
            continue;
        if (p ? !cn_param_read(p, self, member)
              : !(from_file && says_nothing(member)) &&
                    !unknown_param(self, cls, member, from_file))
            return false;
    }
    return true;
}

/* Puts the i-th positional argument under its name. */
static bool name_positional(const void *self, const cn_class *cls, size_t i, const cn_json *args,
                            cn_json *config)
{
    const cn_json *values = cls->params ? NULL : ((const cn_text_instance *)self)->args.values;
    const char *name = values && i < values->count ? values->items[i]->key : NULL;
    size_t known = values ? values->count : 0;
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL; known++)
        name = known == i ? p->name : name;
    if (!name)
        return cn_fail(CN_EINVAL, "%s: expected at most %zu arguments, found %zu", cls->name, known,
                       args->count);
    if (cn_json_get(config, name))
        return cn_fail(CN_EINVAL, "%s: the argument '%s' is given twice", cls->name, name);
    return cn_json_set(config, name, cn_json_copy(args->items[i]));
}

static void *from_config(const cn_class *cls, const cn_json *config, const cn_json *args,
                         bool from_file)
{
    cn_json *copy = cn_json_copy(config);
    void *self = copy ? with_options(cls, NULL) : NULL;
    bool ok = self != NULL;
    for (size_t i = 0; ok && args && i < args->count; i++)
        ok = name_positional(self, cls, i, args, copy);
    if (ok && hooks[cls->family].read_config)
        ok = hooks[cls->family].read_config(cls, copy);
    ok = ok && (!methods(cls)->read_config || methods(cls)->read_config(copy)) &&
         set_members(self, cls, copy, from_file);
    cn_json_free(copy);
    return ok ? complete(self) : NULL;
}

void *cn_instance_from_config(const cn_class *cls, const cn_json *config)
{
    if (!cls)
        return NULL;
    if (!cn_json_is(config, CN_JSON_OBJECT))
        return cn_fail_null(CN_EFORMAT, "%s: expected a configuration object", cls->name);
    if (methods(cls)->from_config)
        return methods(cls)->from_config(config);
    return from_config(cls, config, NULL, true);
}

/* Is it as it is when nothing is said? */
static bool is_default(const void *self, const cn_class *cls, const cn_param *p)
{
    const char *at = (const char *)self + p->offset;
    const char *otherwise = option_of(cls, p, NULL);
    if (!cn_param_is_text(p))
        return !memcmp(at, otherwise, cn_param_size(p));
    const char *text = *(const char *const *)at, *plain = *(const char *const *)otherwise;
    return text && plain ? !strcmp(text, plain) : text == plain;
}

/* Parameters that Keras does not know stand beside the configuration, where it passes over them. */
static bool write_ours(const void *self, cn_json *object)
{
    const cn_class *cls = ((const cn_instance *)self)->cls;
    bool ok = object != NULL;
    for (const cn_param *p = NULL; ok && (p = cn_param_next(cls, p)) != NULL;)
        if (cn_param_is_ours(p) && !is_default(self, cls, p))
            ok = cn_json_set(object, p->name, cn_param_json(self, p));
    return ok;
}

static bool read_ours(const cn_class *cls, const cn_json *object, cn_json *config)
{
    bool ok = config != NULL;
    for (const cn_param *p = NULL; ok && (p = cn_param_next(cls, p)) != NULL;) {
        const cn_json *value = cn_param_is_ours(p) ? cn_json_get(object, p->name) : NULL;
        if (value && !cn_json_get(config, p->name))
            ok = cn_json_set(config, p->name, cn_json_copy(value));
    }
    return ok;
}

cn_json *cn_instance_config(const void *instance)
{
    const cn_class *cls = ((const cn_instance *)instance)->cls;
    cn_json *config = cls->params ? cn_json_object()
                                  : cn_json_copy(((const cn_text_instance *)instance)->args.values);
    bool ok = config != NULL;
    for (const cn_param *p = NULL; ok && (p = cn_param_next(cls, p)) != NULL;)
        ok = cn_param_is_ours(p) || cn_json_set(config, p->name, cn_param_json(instance, p));
    if (ok && hooks[cls->family].write_config)
        ok = hooks[cls->family].write_config(instance, config);
    if (ok && (!methods(cls)->write_config || methods(cls)->write_config(instance, config)))
        return config;
    cn_fail(CN_ESTATE, "%s: the method write_config has failed", cls->name); /* and said nothing */
    cn_json_free(config);
    return NULL;
}

/* A user's own class is found by its name in custom_objects; one with a package by both, also among
 * what is registered in Python. */
static cn_json *registered_name(const cn_class *cls, const char *otherwise)
{
    if (cls->built_in)
        return cn_json_null();
    if (!cls->package)
        return cn_json_string(otherwise);
    char *text = cn_mem_printf("%s>%s", cls->package, cls->name);
    cn_json *name = text ? cn_json_string(text) : NULL;
    cn_mem_free(text);
    return name;
}

cn_json *cn_class_serialize(const cn_class *cls, cn_json *config)
{
    cn_json *json = cn_json_object();
    bool ok =
        cn_json_set(json, "module", cls->built_in ? cn_json_string(cls->package) : cn_json_null());
    ok = cn_json_set(json, "class_name", cn_json_string(cn_keras_export(cls->name))) && ok;
    ok = cn_json_set(json, "config", config) && ok;
    ok = cn_json_set(json, "registered_name", registered_name(cls, cls->name)) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

/* By its bare name Keras finds it among custom_objects, and among what is registered in Python, in
 * whatever package. */
cn_json *cn_function_serialize(const cn_class *cls)
{
    cn_json *json = cn_json_object();
    bool ok = cn_json_set(json, "module", cn_json_string("builtins"));
    ok = cn_json_set(json, "class_name", cn_json_string("function")) && ok;
    ok = cn_json_set(json, "config", cn_json_string(cls->name)) && ok;
    ok = cn_json_set(json, "registered_name", registered_name(cls, "function")) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

cn_json *cn_instance_serialize(const void *instance)
{
    const cn_class *cls = ((const cn_instance *)instance)->cls;
    if (!cls->params && !cls->built_in && !cls->defaults)
        return cn_function_serialize(cls);
    cn_json *config = cn_instance_config(instance);
    cn_json *object = config ? cn_class_serialize(cls, config) : NULL;
    if (write_ours(instance, object))
        return object;
    cn_json_free(object);
    return NULL;
}

/* "Custom>dice" is known as "dice". */
static const char *bare(const char *name)
{
    const char *sign = strrchr(name, '>');
    return sign ? sign + 1 : name;
}

/* A file's object of a user's own class that this program does not know. */
static const cn_class *not_registered(cn_family family, const char *name)
{
    const char *kind = cn_family_name(family);
    if (family == CN_LAYERS)
        return cn_fail_null(CN_ENOTFOUND,
                            "unknown layer '%s', a class of a user's own: the program must "
                            "register it before, CN_REGISTER_LAYER(%s, …)",
                            name, name);
    return cn_fail_null(CN_ENOTFOUND,
                        "unknown %s '%s', a user's own: the program must register it before, "
                        "cn_register_%s(\"%s\", …)",
                        kind, name, kind, name);
}

static const cn_class *class_of(cn_family family, const cn_json *object)
{
    const char *registered = cn_json_as_string(cn_json_get(object, "registered_name"), NULL);
    const char *name = cn_json_as_string(cn_json_get(object, "class_name"), "");
    const cn_class *cls = registered ? cn_class_lookup(family, registered) : NULL;
    cls = cls ? cls : cn_class_lookup(family, name);
    bool own = (registered && strchr(registered, '>')) || strchr(name, '>') ||
               cn_json_is(cn_json_get(object, "module"), CN_JSON_NULL);
    return cls ? cls : own ? not_registered(family, bare(name)) : cn_class_find(family, name);
}

static const cn_class *function_of(cn_family family, const cn_json *object, const char *name)
{
    const char *registered = cn_json_as_string(cn_json_get(object, "registered_name"), "");
    const cn_class *cls = cn_class_lookup(family, name);
    bool own = strchr(registered, '>') || strchr(name, '>') || !strcmp(registered, "function");
    return cls ? cls : own ? not_registered(family, bare(name)) : cn_class_find(family, name);
}

static void *from_object(cn_family family, const cn_json *object, bool from_file)
{
    const cn_json *config = cn_json_get(object, "config"), *args = cn_json_get(object, "args");
    const char *kind = cn_json_as_string(cn_json_get(object, "class_name"), "");
    if (cn_json_is(config, CN_JSON_STRING) && !strcmp(kind, "function"))
        return cn_instance_new(function_of(family, object, config->string), NULL);
    const cn_class *cls = class_of(family, object);
    if (!cls)
        return NULL;
    if (!cn_json_is(config, CN_JSON_OBJECT))
        return cn_fail_null(CN_EFORMAT, "%s: expected a configuration object", cls->name);
    if (methods(cls)->from_config)
        return methods(cls)->from_config(config);
    cn_json *all = cn_json_copy(config);
    void *self = read_ours(cls, object, all) ? from_config(cls, all, args, from_file) : NULL;
    cn_json_free(all);
    return self;
}

void *cn_instance_deserialize(cn_family family, const cn_json *value)
{
    if (cn_json_is(value, CN_JSON_STRING))
        return cn_instance_new(cn_class_find(family, value->string), NULL);
    if (!cn_json_is(value, CN_JSON_OBJECT))
        return cn_fail_null(CN_EFORMAT, "%s: expected a name or an object", cn_family_name(family));
    return from_object(family, value, true);
}

void *cn_instance_of_spec(cn_family family, cn_str spec)
{
    cn_json *json = spec ? cn_spec_parse(spec) : NULL;
    bool from_file = spec && strchr(spec, '{') == spec;
    void *self = json ? from_object(family, json, from_file) : NULL;
    cn_json_free(json);
    return self;
}

cn_json *cn_spec_serialize(cn_family family, cn_str spec)
{
    if (!spec)
        return cn_json_null();
    if (*spec == '{')
        return cn_json_parse(spec, strlen(spec));
    const cn_class *plain = family == CN_ACTIVATIONS ? cn_class_lookup(family, spec) : NULL;
    if (plain && plain->built_in) /* Keras writes its own functions by name */
        return cn_json_string(plain->name);
    void *instance = cn_instance_of_spec(family, spec);
    return instance ? cn_instance_serialize(instance) : NULL;
}
