/* A user's function as a layer.  keras.layers.Lambda */
#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "config/text_class.h"
#include "graph/shape.h"
#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(lambda, CN_LAMBDA, cn_json *values; void *user; void (*free_user)(void *);)

/* ---- the names of functions ---- */

static const cn_common_methods of_functions = {0};

bool cn_register_function(cn_str name, cn_lambda_function function, cn_str arguments)
{
    return cn_register_text_class(CN_FUNCTIONS, name, arguments, &of_functions,
                                  sizeof(cn_text_instance), (cn_any_function)function);
}

static const cn_class *class_of(cn_lambda_function function)
{
    return function ? cn_class_of_function(CN_FUNCTIONS, (cn_any_function)function) : NULL;
}

/* ---- making ---- */

/* The arguments as a JSON object, which is how they are kept and written. */
static bool settle_arguments(lambda *self)
{
    const char *given = self->arguments ? self->arguments : "";
    char *call = *given == '{' ? NULL : cn_mem_printf("arguments(%s)", given);
    cn_json *spec = call ? cn_spec_parse(call) : NULL;
    cn_json *values =
        *given == '{' ? cn_json_parse(given, strlen(given)) : cn_json_remove(spec, "config");
    bool bare = cn_json_at(cn_json_get(spec, "args"), 0) != NULL;
    if (bare)
        cn_fail(CN_EINVAL,
                "Lambda: expected arguments by name, \"index=1\". Received: "
                "arguments=\"%s\"",
                given);
    char *text = values && !bare ? cn_json_text(values, 0) : NULL;
    cn_json_free(spec);
    cn_json_free(values);
    cn_mem_free(call);
    cn_mem_free((char *)self->arguments);
    self->arguments = text;
    return text != NULL;
}

/* What the function sees: its defaults, changed by what the layer gives. */
static bool merge_arguments(lambda *self)
{
    const cn_class *cls = class_of(self->function);
    cn_text_instance *defaults = cls ? cn_instance_new(cls, NULL) : NULL;
    cn_json *given = cn_json_parse(self->arguments, strlen(self->arguments));
    const char *names[33] = {0};
    self->values = defaults ? cn_json_copy(defaults->args.values) : cn_json_object();
    bool ok = given && self->values && (defaults || !cls);
    for (size_t i = 0; ok && cls && i < self->values->count && i < 32; i++)
        names[i] = self->values->items[i]->key;
    for (size_t i = 0; ok && i < given->count; i++) {
        const cn_json *one = given->items[i];
        bool known = !cls || cn_json_get(self->values, one->key);
        ok = known
                 ? cn_json_set(self->values, one->key, cn_json_copy(one))
                 : cn_fail(CN_EINVAL, "Lambda '%s': the function '%s' has no argument '%s'%s",
                           self->layer.name, cls->name, one->key, cn_did_you_mean(one->key, names));
    }
    cn_json_free(given);
    return ok;
}

static bool init(lambda *self)
{
    if (!self->function)
        return cn_fail(CN_EINVAL, "Lambda: the argument 'function' is required");
    return settle_arguments(self) && merge_arguments(self);
}

static void destroy(lambda *self)
{
    cn_json_free(self->values);
    if (self->free_user)
        self->free_user(self->user);
}

/* ---- files ---- */

/* Python's own code, as either version of Keras writes it: {"class_name": "__lambda__", …}, or
 * [code, defaults, closure]. */
static bool is_python_code(const cn_json *function)
{
    const char *kind = cn_json_as_string(cn_json_get(function, "class_name"), "");
    return cn_json_is(function, CN_JSON_LIST) || !strcmp(kind, "__lambda__");
}

/* It cannot be run here; a registered function of the layer's name stands in for it. */
static bool replace_code(cn_json *config)
{
    const char *name = cn_json_as_string(cn_json_get(config, "name"), "");
    const cn_class *cls = cn_class_lookup(CN_FUNCTIONS, name);
    return cls ? cn_json_set(config, "function", cn_function_serialize(cls))
               : cn_fail(CN_EUNSUPPORTED,
                         "not supported: the Lambda layer '%s' holds Python code; register what "
                         "it computes as cn_register_function(\"%s\", …) before loading",
                         name, name);
}

/* A shape that a function computes is found by calling; Keras itself does not read a mask that is
 * no function. */
static bool read_config(cn_json *config)
{
    static const char *const old[] = {"function_type", "module", "output_shape_type",
                                      "output_shape_module"};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        cn_json_free(cn_json_remove(config, old[i]));
    if (is_python_code(cn_json_get(config, "function")) && !replace_code(config))
        return false;
    const cn_json *shape = cn_json_get(config, "output_shape"), *mask = cn_json_get(config, "mask");
    if (cn_json_is(shape, CN_JSON_OBJECT) ||
        cn_json_is(cn_json_at(shape, 0), CN_JSON_STRING)) /* code, in the older form */
        cn_json_free(cn_json_remove(config, "output_shape"));
    if (is_python_code(mask))
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: the Lambda layer '%s' has Python code for its mask",
                       cn_json_as_string(cn_json_get(config, "name"), ""));
    return !cn_json_is(cn_json_get(config, "output_shape"), CN_JSON_LIST) ||
           cn_read_open_sizes(config, "output_shape");
}

static bool write_config(const lambda *self, cn_json *config)
{
    if (!self->mask)
        cn_json_free(cn_json_remove(config, "mask"));
    if (cn_dims_count(self->output_shape))
        return cn_write_open_sizes(config, "output_shape", self->output_shape);
    cn_json_free(cn_json_remove(config, "output_shape"));
    return true;
}

/* ---- calling ---- */

static cn_args arguments_for(const lambda *self, const cn_inputs *in)
{
    return (cn_args){.values = self->values, .user = self->user, .inputs = in};
}

/* The declared shape behind the result's batch. */
static cn_tensor *declared(const lambda *self, cn_tensor *y)
{
    int n = cn_dims_count(self->output_shape);
    cn_shape want = {.rank = n + 1, .dim = {y->shape.rank ? y->shape.dim[0] : CN_ANY}};
    if (y->op == &cn_op_tuple)
        return cn_fail_null(CN_EINVAL,
                            "output_shape is for one result, and the function returned %d",
                            (int)cn_results_of(y)->count);
    int64_t known = 1, found = 1;
    for (int i = 0; i < n; i++)
        known *= want.dim[i + 1] = self->output_shape.d[i];
    for (int i = 1; i < y->shape.rank; i++)
        found *= y->shape.dim[i];
    if (cn_shape_matches(want, y->shape))
        return y;
    if (known != found || known < 0 || !y->shape.rank)
        return cn_fail_null(CN_EINVAL,
                            "expected the declared output_shape %s, but the function returned "
                            "the shape %s",
                            cn_shape_text(want), cn_shape_text(y->shape));
    want.dim[0] = CN_ANY;
    return cn_reshape(y, want);
}

static cn_tensor *call(lambda *self, const cn_inputs *in)
{
    cn_args args = arguments_for(self, in);
    cn_caller before = cn_caller_now();
    cn_tensor *y = self->function(in->x, &args);
    cn_caller_again(&before);
    if (!y && !cn_error_code())
        return cn_fail_null(CN_EINVAL, "the function returned NULL");
    return y && cn_dims_count(self->output_shape) ? declared(self, y) : y;
}

static cn_tensor *compute_mask(lambda *self, const cn_inputs *in)
{
    cn_args args = arguments_for(self, in);
    return self->mask ? self->mask(in->x, &args) : NULL;
}

static const lambda_methods lambda_methods_ = {.init = init,
                                               .mixes_samples = true, /* for all we know */
                                               .destroy = destroy,
                                               .read_config = read_config,
                                               .write_config = write_config,
                                               .call = call,
                                               .compute_mask = compute_mask};
extern const cn_class cn_lambda_class;
const cn_class cn_lambda_class = {.family = CN_LAYERS,
                                  .name = "Lambda",
                                  .built_in = true,
                                  .package = "keras.layers",
                                  .params = lambda_params,
                                  .defaults = &lambda_defaults,
                                  .size = sizeof(lambda),
                                  .methods = &lambda_methods_};

cn_layer *cn_lambda_new(const cn_lambda_options *options)
{
    lambda *self = (lambda *)cn_layer_new(&cn_lambda_class, options);
    if (self) {
        self->user = options->user;
        self->free_user = options->free_user;
    } else if (options && options->free_user) {
        options->free_user(options->user);
    }
    return (cn_layer *)self;
}
