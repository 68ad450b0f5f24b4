#include "config/params.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/registry.h"
#include "config/shape_json.h"
#include "config/text_class.h"
#include "cornu/ops.h"
#include "graph/shape.h"

/* The text that ends at `end` and begins after `mark`; see CN_NAME_. */
static const char *begin_of(const char *end, char mark)
{
    while (end[-1] != mark)
        end--;
    return end;
}

static const char *default_of(const cn_param *param)
{
    return begin_of(param->name - 1, '\n');
}

static const char *doc_of(const cn_param *param)
{
    return begin_of(default_of(param) - 1, '\1');
}

cn_str cn_param_default(const cn_param *param)
{
    const char *text = default_of(param);
    return cn_fmt("%.*s", (int)(param->name - 1 - text), text);
}

cn_str cn_param_doc(const cn_param *param)
{
    const char *text = doc_of(param);
    return cn_fmt("%.*s", (int)(default_of(param) - 1 - text), text);
}

static void *field(void *self, const cn_param *p)
{
    return (char *)self + p->offset;
}

bool cn_param_is_text(const cn_param *p)
{
    return p->type == CN_TYPE_cn_str ||
           (p->type >= CN_TYPE_cn_activation && p->type <= CN_TYPE_cn_spec);
}

bool cn_param_is_missing(const cn_param *p, const void *self)
{
    const char *at = (const char *)self + p->offset;
    if (p->type == CN_TYPE_int)
        return *(const int *)at == CN_REQUIRED;
    if (p->type == CN_TYPE_cn_layers)
        return !*(void *const *)at && !strncmp(default_of(p), "CN_REQUIRED_LAYERS", 18);
    return p->type == CN_TYPE_float && *(const double *)at == CN_REQUIRED;
}

size_t cn_param_size(const cn_param *p)
{
    switch (p->type) {
    case CN_TYPE_int:
        return sizeof(int);
    case CN_TYPE_float:
        return sizeof(double);
    case CN_TYPE_bool:
        return sizeof(bool);
    case CN_TYPE_cn_dims:
    case CN_TYPE_cn_axes:
        return sizeof(cn_dims);
    case CN_TYPE_cn_lambda_function:
        return sizeof(cn_lambda_function);
    default:
        return sizeof(char *);
    }
}

bool cn_param_is_ours(const cn_param *p)
{
    static const char sign[] = "not in Keras: ";
    return !strncmp(doc_of(p), sign, sizeof sign - 1);
}

/* Takes `text`. */
static bool set_text(void *at, char *text, bool ok)
{
    cn_mem_free(*(char **)at);
    *(char **)at = text;
    return ok;
}

static bool copy_shape(cn_shape **to, const cn_shape *from)
{
    cn_mem_free(*to);
    *to = from ? cn_mem_alloc(sizeof **to) : NULL;
    if (*to)
        **to = *from;
    return *to || !from;
}

bool cn_param_copy(const cn_param *p, void *self, const void *from)
{
    if (p->type == CN_TYPE_cn_shape_param)
        return copy_shape(field(self, p), *(const cn_shape *const *)from);
    if (!cn_param_is_text(p)) {
        memcpy(field(self, p), from, cn_param_size(p));
        if (p->type == CN_TYPE_cn_layers)
            cn_retain(*(void **)field(self, p));
        return true;
    }
    const char *text = *(const char *const *)from;
    char *copy = cn_mem_strdup(text);
    return set_text(field(self, p), copy, copy || !text);
}

void cn_param_clear(const cn_param *p, void *self)
{
    if (p->type == CN_TYPE_cn_layers)
        cn_release(*(void **)field(self, p));
    else if (cn_param_is_text(p) || p->type == CN_TYPE_cn_shape_param)
        cn_mem_free(*(char **)field(self, p));
}

static bool refuse(const cn_param *p, const void *self, const cn_json *value, const char *expected)
{
    char *text = cn_json_text(value, 0);
    cn_fail(CN_EINVAL, "%s: expected %s for '%s'. Received: %s=%.60s",
            ((const cn_instance *)self)->cls->name, expected, p->name, p->name, text ? text : "?");
    cn_mem_free(text);
    return false;
}

static bool read_int(const cn_param *p, void *self, const cn_json *value)
{
    int *to = field(self, p);
    if (cn_json_is(value, CN_JSON_NULL)) {
        *to = CN_NONE;
        return true;
    }
    if (cn_json_is(value, CN_JSON_LIST) &&
        value->count == 1) /* some files write [-1] for an axis */
        value = value->items[0];
    int64_t n = cn_json_as_int(value, INT64_MIN);
    if (n < INT_MIN || n > INT_MAX)
        return refuse(p, self, value, "a whole number");
    *to = (int)n;
    return true;
}

static bool read_float(const cn_param *p, void *self, const cn_json *value)
{
    double *to = field(self, p);
    if (!cn_json_is(value, CN_JSON_NULL) && !cn_json_is_number(value))
        return refuse(p, self, value, "a number");
    *to = cn_json_as_double(value, CN_NONE);
    return true;
}

static bool read_bool(const cn_param *p, void *self, const cn_json *value)
{
    bool *to = field(self, p);
    if (!cn_json_is(value, CN_JSON_BOOL) && !cn_json_is(value, CN_JSON_INT) &&
        !cn_json_is(value, CN_JSON_NULL))
        return refuse(p, self, value, "true or false");
    *to = cn_json_is(value, CN_JSON_INT) ? value->integer != 0 : cn_json_as_bool(value, false);
    return true;
}

/* Nested pairs, as in ((1, 1), (2, 2)), are read flat. */
static bool read_sizes(int64_t *to, int *n, const cn_json *value, int depth)
{
    if (cn_json_is(value, CN_JSON_LIST)) {
        for (size_t i = 0; i < value->count; i++)
            if (depth > 2 || !read_sizes(to, n, value->items[i], depth + 1))
                return false;
        return true;
    }
    if (*n >= CN_MAX_RANK || !cn_json_is_number(value) ||
        cn_json_as_int(value, INT64_MIN) == INT64_MIN)
        return false;
    to[(*n)++] = cn_json_as_int(value, 0);
    return true;
}

static bool read_dims(const cn_param *p, void *self, const cn_json *value)
{
    cn_dims dims = {{0}};
    int n = 0;
    if (p->type == CN_TYPE_cn_axes && cn_json_is(value, CN_JSON_NULL))
        dims.d[0] = CN_UNSET;
    else if (!cn_json_is(value, CN_JSON_NULL) && !read_sizes(dims.d, &n, value, 0))
        return refuse(p, self, value, "a whole number or a list of them");
    memcpy(field(self, p), &dims, sizeof dims);
    return true;
}

/* A text stays; anything else is kept as JSON text. */
static bool read_text(const cn_param *p, void *self, const cn_json *value)
{
    char *text = NULL;
    if (cn_json_is(value, CN_JSON_STRING))
        text = cn_mem_strdup(value->string);
    else if (!cn_json_is(value, CN_JSON_NULL))
        text = cn_json_text(value, 0);
    return set_text(field(self, p), text, text || cn_json_is(value, CN_JSON_NULL));
}

static bool read_shape(const cn_param *p, void *self, const cn_json *value)
{
    cn_shape shape;
    if (cn_json_is(value, CN_JSON_NULL))
        return copy_shape(field(self, p), NULL);
    bool ok = cn_json_is(value, CN_JSON_LIST);
    for (size_t i = 0; ok && i < value->count; i++)
        ok = cn_json_is(value->items[i], CN_JSON_INT) || cn_json_is(value->items[i], CN_JSON_NULL);
    return ok ? cn_shape_of_json(value, &shape) && copy_shape(field(self, p), &shape)
              : refuse(p, self, value, "a list of sizes");
}

/* By the name under which it is registered. */
static bool read_function(const cn_param *p, void *self, const cn_json *value)
{
    cn_lambda_function *to = field(self, p);
    const cn_json *name = cn_json_is(value, CN_JSON_OBJECT) ? cn_json_get(value, "config") : value;
    *to = NULL;
    if (cn_json_is(value, CN_JSON_NULL))
        return true;
    if (!cn_json_is(name, CN_JSON_STRING))
        return refuse(p, self, value, "the name of a function");
    const cn_class *cls = cn_class_find(CN_FUNCTIONS, name->string);
    if (cls)
        *to = (cn_lambda_function)cn_class_function(cls);
    return cls != NULL;
}

/* ---- layers ---- */

static cn_list *read_list(const cn_json *value)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < value->count; i++)
        if (!cn_list_add(list, cn_family_files_of(CN_LAYERS).read(value->items[i])))
            return NULL;
    return list;
}

static bool read_layers(const cn_param *p, void *self, const cn_json *value)
{
    bool none = cn_json_is(value, CN_JSON_NULL);
    void *made = none                              ? NULL
                 : cn_json_is(value, CN_JSON_LIST) ? read_list(value)
                                                   : cn_family_files_of(CN_LAYERS).read(value);
    cn_replace(field(self, p), made);
    return made || none;
}

static cn_json *layers_json(void *held)
{
    cn_json *(*write)(void *) = cn_family_files_of(CN_LAYERS).write;
    if (!held)
        return cn_json_null();
    if (!cn_is(held, &cn_list_kind))
        return write(held);
    const cn_list *list = held;
    cn_json *json = cn_json_list();
    for (size_t i = 0; json && i < list->count; i++) {
        cn_json *one = write(list->items[i]);
        if (!one || !cn_json_add(json, one)) {
            cn_json_free(json);
            return NULL;
        }
    }
    return json;
}

/* ---- all ---- */

bool cn_param_read(const cn_param *p, void *self, const cn_json *value)
{
    switch (p->type) {
    case CN_TYPE_int:
        return read_int(p, self, value);
    case CN_TYPE_float:
        return read_float(p, self, value);
    case CN_TYPE_bool:
        return read_bool(p, self, value);
    case CN_TYPE_cn_dims:
    case CN_TYPE_cn_axes:
        return read_dims(p, self, value);
    case CN_TYPE_cn_lambda_function:
        return read_function(p, self, value);
    case CN_TYPE_cn_layers:
        return read_layers(p, self, value);
    case CN_TYPE_cn_shape_param:
        return read_shape(p, self, value);
    default:
        return read_text(p, self, value);
    }
}

static cn_json *dims_json(const cn_param *p, const void *at)
{
    cn_dims dims;
    memcpy(&dims, at, sizeof dims);
    int n = cn_dims_count(dims);
    if (p->type == CN_TYPE_cn_axes) {
        if (dims.d[0] == CN_UNSET)
            return cn_json_null();
        n = n ? n : 1;
    }
    if (!n)
        return cn_json_null();
    cn_json *list = cn_json_list();
    for (int i = 0; i < n; i++)
        cn_json_add(list, cn_json_int(dims.d[i]));
    return list;
}

cn_family cn_param_family(const cn_param *p)
{
    switch (p->type) {
    case CN_TYPE_cn_activation:
        return CN_ACTIVATIONS;
    case CN_TYPE_cn_initializer:
        return CN_INITIALIZERS;
    case CN_TYPE_cn_regularizer:
        return CN_REGULARIZERS;
    case CN_TYPE_cn_constraint:
        return CN_CONSTRAINTS;
    default:
        return CN_FAMILY_COUNT;
    }
}

static cn_json *text_json(const cn_param *p, const char *text)
{
    if (!text) /* Keras gives no activation a name */
        return p->type == CN_TYPE_cn_activation ? cn_json_string("linear") : cn_json_null();
    if (*text == '{' || *text == '[')
        return cn_json_parse(text, strlen(text));
    if (p->type == CN_TYPE_cn_str || p->type == CN_TYPE_cn_spec)
        return cn_json_string(text);
    return cn_spec_serialize(cn_param_family(p), text);
}

/* NULL with an error where it has no name. */
static cn_json *function_json(const void *self, const cn_param *p)
{
    cn_lambda_function function;
    memcpy(&function, (const char *)self + p->offset, sizeof function);
    if (!function)
        return cn_json_null();
    const cn_class *cls = cn_class_of_function(CN_FUNCTIONS, (cn_any_function)function);
    return cls ? cn_function_serialize(cls)
               : cn_fail_null(CN_ESTATE,
                              "the argument '%s' is a C function without a name, which no file can "
                              "hold: give it one with cn_register_function(\"name\", …)",
                              p->name);
}

cn_json *cn_param_json(const void *self, const cn_param *p)
{
    const char *at = (const char *)self + p->offset;
    switch (p->type) {
    case CN_TYPE_int:
        return CN_IS_NONE(*(const int *)at) ? cn_json_null() : cn_json_int(*(const int *)at);
    case CN_TYPE_float:
        return CN_IS_NONE(*(const double *)at) ? cn_json_null()
                                               : cn_json_float(*(const double *)at);
    case CN_TYPE_bool:
        return cn_json_bool(*(const bool *)at);
    case CN_TYPE_cn_dims:
    case CN_TYPE_cn_axes:
        return dims_json(p, at);
    case CN_TYPE_cn_lambda_function:
        return function_json(self, p);
    case CN_TYPE_cn_layers:
        return layers_json(*(void *const *)at);
    case CN_TYPE_cn_shape_param:
        return *(cn_shape *const *)at ? cn_shape_to_json(**(cn_shape *const *)at) : cn_json_null();
    default:
        return text_json(p, *(const char *const *)at);
    }
}
