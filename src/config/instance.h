/* Instances of classes: their fields from options, specs or configurations, and back. */
#ifndef CN_CONFIG_INSTANCE_H
#define CN_CONFIG_INSTANCE_H

#include "base/json.h"
#include "base/object.h"
#include "cornu/class.h"

/* The head of every instance. */
typedef struct cn_instance {
    cn_object object;
    const cn_class *cls;
} cn_instance;

/* An instance of a class whose arguments are text. */
struct cn_args {
    cn_json *values; /* an object */
    void *user;
    const struct cn_inputs *inputs; /* of the call, where a layer calls; or NULL */
};
typedef struct cn_text_instance {
    cn_instance head;
    cn_args args;
} cn_text_instance;

extern const cn_kind cn_instance_kind;
/* Is it an instance of that family? */
bool cn_is_a(const void *object, cn_family family);

/* What all instances of a family have: run before the class's own init, and after its own destroy.
 */
typedef struct cn_family_hooks {
    bool (*init)(void *self);
    void (*destroy)(void *self);
    bool (*write_config)(const void *self, cn_json *config);
    const cn_param *common; /* CN_COMMON_ROWS; or NULL */
    const void *defaults;   /* of those, in a struct of their own */
    bool (*read_config)(const cn_class *cls, cn_json *config); /* before the class's own */
} cn_family_hooks;
void cn_family_set_hooks(cn_family family, cn_family_hooks hooks);
/* The rows of `table`, which all things of a family take: what the tables of CN_OWN_ROWS go on
 * with. Their options count from the first of them. */
#define CN_COMMON_ROWS(head, table)                                                  \
    typedef head cn_self_;                                                           \
    typedef struct cn_options_ {                                                     \
        table(CN_FIELD_)                                                             \
    } cn_options_;                                                                   \
    typedef struct cn_given_ {                                                       \
        cn_at at;                                                                    \
        table(CN_FIELD_)                                                             \
    } cn_given_;                                                                     \
    static const cn_param common_rows[] = {table(CN_ROW_){NULL, CN_TYPE_int, 0, 0}}; \
    static const cn_options_ common_defaults = {table(CN_DEFAULT_)};
/* How things of the family stand in the configurations of others: the JSON, owned, and back. */
typedef struct cn_family_files {
    cn_json *(*write)(void *self);
    void *(*read)(const cn_json *value);
} cn_family_files;
void cn_family_set_files(cn_family family, cn_family_files files);
cn_family_files cn_family_files_of(cn_family family);

/* A new instance from options (NULL: the defaults); texts are copied. NULL when init refuses them.
 */
void *cn_instance_new(const cn_class *cls, const void *options);
/* From a configuration object as Keras writes it. Names that the class does not have are an error,
 * but for those that Keras itself ignores. */
void *cn_instance_from_config(const cn_class *cls, const cn_json *config);
/* The configuration, owned. */
cn_json *cn_instance_config(const void *instance);
/* {"module", "class_name", "config", "registered_name"}, owned. */
cn_json *cn_instance_serialize(const void *instance);
/* The same for a class and a configuration, which is taken; and for a function that is known by its
 * name alone. */
cn_json *cn_class_serialize(const cn_class *cls, cn_json *config);
cn_json *cn_function_serialize(const cn_class *cls);
/* From a serialized object or a plain name. */
void *cn_instance_deserialize(cn_family family, const cn_json *value);

/* From a spec: "adam(1e-3, clipnorm=1)", a JSON object, a name. NULL text: NULL without an error.
 */
void *cn_instance_of_spec(cn_family family, cn_str spec);
/* One for all who ask with the same spec on this thread, borrowed: nobody may change or keep it. */
void *cn_instance_shared(cn_family family, cn_str spec);
/* What Keras would write for a spec: an object, or a plain name where Keras writes that
 * (functions). */
cn_json *cn_spec_serialize(cn_family family, cn_str spec);
/* The spec as {"class_name": …, "config": {…}} with positional arguments under "args"; owned. */
cn_json *cn_spec_parse(cn_str spec);

/* The value of a field as JSON, and back. */
const cn_param *cn_param_find(const cn_class *cls, const char *name);
/* Where the instance's text or spec of that name lies; NULL: it has no such parameter. */
char **cn_instance_text(const void *instance, const char *name);
cn_json *cn_param_json(const void *instance, const cn_param *param);

#endif
