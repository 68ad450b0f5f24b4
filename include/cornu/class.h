/* Parameters, specs and names: one table of parameters gives a thing its C constructor, its
 * defaults, its configuration in files, its spec text, and its help.
 *
 *     #define CENTER_LOSS(P) P(float, alpha, 0.5, "learning rate of the centres")
 *
 * P(type, name, default, "what it is"); the types are
 *     int, float (a double), bool, cn_str,
 *     cn_dims (sizes such as {3, 3}), cn_axes,
 *     cn_activation, cn_initializer, cn_regularizer, cn_constraint (specs: "l2(0.01)"), cn_spec (of
 * any kind), cn_lambda_function (a function of the user's, by its name in files), cn_layers (a
 * layer or model, or a cn_list of them, which is held), cn_shape_param (&cn_shape(28, 28), copied).
 * Where Python has None: CN_NONE for int and float, NULL for texts, layers and shapes, {0} for
 * sizes. CN_REQUIRED (CN_REQUIRED_SIZES,
 * CN_REQUIRED_LAYERS) has no default; CN_NO_SIZES is Python's None.
 *
 * A spec is a name with arguments, as text: "relu", "l2(0.01)", "adam(1e-3, clipnorm=1)", or the
 * JSON that Keras writes in its place. */
#ifndef CORNU_CLASS_H
#define CORNU_CLASS_H

#include <cornu/tensor.h>

typedef cn_str cn_activation, cn_initializer, cn_regularizer, cn_constraint, cn_spec;
/* A function of tensors with arguments by name, as a Lambda layer has it. */
typedef struct cn_args cn_args;
typedef cn_tensor *(*cn_lambda_function)(cn_tensor *const *in, const cn_args *args);
typedef void *cn_layers;
typedef const cn_shape *cn_shape_param;

#define CN_NONE (-2147483647 - 1)
#define CN_REQUIRED (-2147483647)
#define CN_REQUIRED_LAYERS NULL
#define CN_REQUIRED_SIZES \
    {                     \
        {                 \
            0             \
        }                 \
    }
#define CN_NO_SIZES \
    {               \
        {           \
            0       \
        }           \
    }
/* Is this int or float parameter None? */
#define CN_IS_NONE(x) ((x) == CN_NONE)

typedef enum cn_type {
    CN_TYPE_int,
    CN_TYPE_float,
    CN_TYPE_bool,
    CN_TYPE__Bool = CN_TYPE_bool,
    CN_TYPE_cn_str,
    CN_TYPE_cn_dims,
    CN_TYPE_cn_axes,
    CN_TYPE_cn_activation,
    CN_TYPE_cn_initializer,
    CN_TYPE_cn_regularizer,
    CN_TYPE_cn_constraint,
    CN_TYPE_cn_spec,
    CN_TYPE_cn_lambda_function,
    CN_TYPE_cn_layers,
    CN_TYPE_cn_shape_param
} cn_type;
#define CN_C_int int
#define CN_C_float double
#define CN_C_bool bool
#define CN_C__Bool bool
#define CN_C_cn_str cn_str
#define CN_C_cn_dims cn_dims
#define CN_C_cn_axes cn_axes
#define CN_C_cn_activation cn_str
#define CN_C_cn_initializer cn_str
#define CN_C_cn_regularizer cn_str
#define CN_C_cn_constraint cn_str
#define CN_C_cn_spec cn_str
#define CN_C_cn_lambda_function cn_lambda_function
#define CN_C_cn_layers cn_layers
#define CN_C_cn_shape_param cn_shape_param

/* One row of a table. Before the name stand, in the same text, what the parameter is and the
 * default as it was written: one pointer for all three, since there are many rows; and one text, so
 * that those of many classes stand in the library once. */
typedef struct cn_param {
    cn_str name;
    unsigned short type;   /* a cn_type */
    unsigned short option; /* offset of the field in the options, counted from behind `at` */
    unsigned int offset;   /* and in the thing itself */
} cn_param;
/* The default as it was written, and what the parameter is. They live as long as the scope. */
CN_API cn_str cn_param_default(const cn_param *param);
CN_API cn_str cn_param_doc(const cn_param *param);

#define CN_FIELD_(type, name, otherwise, doc) CN_C_##type name CN_OTHERWISE(otherwise);
#define CN_DEFAULT_(type, name, otherwise, doc) .name = otherwise,
/* The options of a constructor; `base` holds what all things of its family have. */
#define CN_OPTIONS(id, table, base)      \
    typedef struct cn_##id##_options {   \
        cn_at at CN_OTHERWISE({});       \
        table(CN_FIELD_) base(CN_FIELD_) \
    } cn_##id##_options;
#define CN_NO_PARAMS(P)
/* A pointer to options made of `defaults` and what was given. In C++20 all is given by name, in
 * the order of the fields: cn_dense(.units = 64, .activation = "relu"). */
#ifdef __cplusplus
#define CN_GIVEN_(id, defaults, ...) \
    (&static_cast<const cn_##id##_options &>(cn_##id##_options{__VA_ARGS__}))
#else
#define CN_GIVEN_(id, defaults, ...) (&(cn_##id##_options){defaults.at = CN_AT, __VA_ARGS__})
#endif

/* What kinds of things have names. */
typedef enum cn_family {
    CN_LAYERS,
    CN_LOSSES,
    CN_METRICS,
    CN_OPTIMIZERS,
    CN_SCHEDULES,
    CN_CALLBACKS,
    CN_INITIALIZERS,
    CN_REGULARIZERS,
    CN_CONSTRAINTS,
    CN_ACTIVATIONS,
    CN_FUNCTIONS, /* of Lambda layers */
    CN_FAMILY_COUNT
} cn_family;

typedef struct cn_json cn_json;

/* What every family's methods begin with; all optional. init checks and completes a new thing;
 * destroy frees what it owns; write_config changes the configuration that the table gives,
 * read_config one that was read; from_config makes the thing in the table's stead. */
#define CN_COMMON_METHODS(self_type)                              \
    bool (*init)(self_type * self);                               \
    void (*destroy)(self_type * self);                            \
    bool (*write_config)(const self_type *self, cn_json *config); \
    bool (*read_config)(cn_json * config);                        \
    void *(*from_config)(const cn_json *config);
typedef struct cn_common_methods {
    CN_COMMON_METHODS(void)
} cn_common_methods;

/* A named thing's record. Built-in things and a user's own are registered through the same one. */
typedef struct cn_class {
    unsigned short family; /* a cn_family */
    bool built_in;
    unsigned size;  /* of an instance */
    cn_str name;    /* Keras's class name: "Dense" */
    cn_str aliases; /* other names, with blanks between; NULL: none */
    cn_str package; /* a user's own is saved as "package>name"; NULL: by its name alone; of what is
                     * built in, the module: "keras.layers" */
    const cn_param *(*params)(void); /* the table, see cn_param_next; NULL: arguments by text */
    /* Its own options as they are when nothing is said, without `at` and what all of its family
     * take; where params is NULL: names and defaults as text, "smooth=1.0, axis=-1", or NULL. */
    const void *defaults;
    const void *methods; /* what the family needs, beginning with CN_COMMON_METHODS */
} cn_class;

/* The table of `id` (a struct) and cn_<id>_options as rows and defaults: id_params, id_defaults. */
#define CN_NAME_(name, otherwise, doc) \
    (&("\1" doc "\n" otherwise "\n" name)[sizeof("\1" doc "\n" otherwise "\n") - 1])
#define CN_ROW_OF_(head, type, field, otherwise, doc) \
    {CN_NAME_(#field, otherwise, doc), CN_TYPE_##type, CN_OPTION_(field), offsetof(head, field)},
/* Where own options have the field: as those that are given, or this is an error. */
#define CN_OPTION_(field) \
    (offsetof(cn_options_, field) + 0 * sizeof(char[CN_IS_ALIKE_(field) ? 1 : -1]))
#define CN_IS_ALIKE_(field) \
    (offsetof(cn_given_, field) == sizeof(cn_at) + offsetof(cn_options_, field))
#define CN_ROW_(type, field, otherwise, doc) CN_ROW_OF_(cn_self_, type, field, #otherwise, doc)
#define CN_ROWS_(id, rows_, more, first, fields, defaults)                             \
    typedef struct id##_own_options {                                                  \
        fields char end;                                                               \
    } id##_own_options;                                                                \
    static const cn_param *id##_params(void)                                           \
    {                                                                                  \
        typedef id cn_self_;                                                           \
        typedef id##_own_options cn_options_;                                          \
        typedef cn_##id##_options cn_given_;                                           \
        static const cn_param rows[] = {rows_{NULL, more, first, sizeof(cn_self_)}};   \
        (void)(sizeof(cn_options_) + sizeof(cn_given_)); /* where there are no rows */ \
        return rows;                                                                   \
    }                                                                                  \
    static const id##_own_options id##_defaults = {defaults.end = 0};
#define CN_ROWS(id, table, base, base_row)                                                  \
    CN_ROWS_(id, table(CN_ROW_) base(base_row), false, 0, table(CN_FIELD_) base(CN_FIELD_), \
             table(CN_DEFAULT_) base(CN_DEFAULT_))
/* The same where the library has the rows of `base`, which begins with the field `first`, once for
 * all of the family: the last row's type is 1 then, and it says where they stand in the options. */
#define CN_OWN_ROWS(id, table, base, first)                                                \
    CN_ROWS_(id, table(CN_ROW_), true, offsetof(cn_##id##_options, first) - sizeof(cn_at), \
             table(CN_FIELD_), table(CN_DEFAULT_))

/* Makes `cls` known under its name, aliases and snake case; it must live as long as the program.
 * Error CN_EINVAL when another class of the family has that name already. */
CN_API bool cn_register_class(const cn_class *cls);
/* The parameter behind `param` (NULL: the first): those of the class's own table, then those that
 * all of its family take. NULL: there are no more. */
CN_API const cn_param *cn_param_next(const cn_class *cls, const cn_param *param);
/* The class of that name (also "Package>Name" and any alias). Error CN_ENOTFOUND with near names.
 */
CN_API const cn_class *cn_class_find(cn_family family, cn_str name);

/* Arguments by name, as functions registered by text parameters get them. */
CN_API double cn_arg_float(const cn_args *args, cn_str name);
CN_API int cn_arg_int(const cn_args *args, cn_str name);
CN_API bool cn_arg_bool(const cn_args *args, cn_str name);
CN_API cn_str cn_arg_str(const cn_args *args, cn_str name); /* NULL: None */
/* A number, a list "[[1, 2], [3, 4]]" or what cn_array_text wrote, as a tensor: of the array's
 * dtype, else int32, float32 or bool as the numbers are. */
CN_API cn_tensor *cn_arg_tensor(const cn_args *args, cn_str name);
/* Was the argument given, or is its default something else than None? */
CN_API bool cn_arg_is_set(const cn_args *args, cn_str name);
/* The values as an argument in a spec, with all their bits: cn_fmt("anchors=%s",
 * cn_array_text(anchors)). Lives as long as the scope. In files it is what Keras writes for an
 * array of NumPy. */
CN_API cn_str cn_array_text(cn_tensor *values);
/* The `user` pointer that was given with the function. */
CN_API void *cn_arg_user(const cn_args *args);
/* For functions of Lambda layers: how many inputs there are, whether the call is one of training,
 * and the mask of the first input, or NULL. */
CN_API size_t cn_arg_inputs(const cn_args *args);
CN_API bool cn_arg_training(const cn_args *args);
CN_API cn_tensor *cn_arg_mask(const cn_args *args);

#endif
