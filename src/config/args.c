/* Arguments by name, as functions of a user's own get them. */
#include "base/alloc.h"
#include "base/error.h"
#include "config/array_json.h"
#include "config/instance.h"
#include "cornu/layer.h"

static const cn_json *find(const cn_args *args, cn_str name)
{
    const cn_json *values = args ? args->values : NULL, *value = cn_json_get(values, name);
    const char *names[33] = {0};
    if (!args || value)
        return value;
    for (size_t i = 0; values && i < values->count && i < 32; i++)
        names[i] = values->items[i]->key;
    return cn_fail_null(CN_EINVAL, "there is no argument '%s'%s", name,
                        cn_did_you_mean(name, names));
}

static bool wrong(const cn_json *value, cn_str name, cn_str expected)
{
    char *text = cn_json_text(value, 0);
    cn_fail(CN_EINVAL, "expected %s for the argument '%s'. Received: %s=%.60s", expected, name,
            name, text ? text : "?");
    cn_mem_free(text);
    return false;
}

/* A number, where a bool counts as 0 or 1, of what is there; 0 with an error otherwise. */
static double number(const cn_args *args, cn_str name, cn_str expected)
{
    const cn_json *value = find(args, name);
    if (cn_json_is(value, CN_JSON_BOOL))
        return cn_json_as_bool(value, false);
    if (!value || cn_json_is_number(value) || !wrong(value, name, expected))
        return cn_json_as_double(value, 0);
    return 0;
}

double cn_arg_float(const cn_args *args, cn_str name)
{
    return number(args, name, "a number");
}

int cn_arg_int(const cn_args *args, cn_str name)
{
    double value = number(args, name, "a whole number");
    if (value >= -2147483648.0 && value <= 2147483647.0 && value == (int)value)
        return (int)value;
    return wrong(find(args, name), name, "a whole number");
}

bool cn_arg_bool(const cn_args *args, cn_str name)
{
    return number(args, name, "true or false") != 0;
}

cn_str cn_arg_str(const cn_args *args, cn_str name)
{
    const cn_json *value = find(args, name);
    if (value && !cn_json_is(value, CN_JSON_STRING) && !cn_json_is(value, CN_JSON_NULL))
        wrong(value, name, "a text");
    return cn_json_as_string(value, NULL);
}

cn_tensor *cn_arg_tensor(const cn_args *args, cn_str name)
{
    const cn_json *value = find(args, name);
    cn_tensor *tensor = value ? cn_array_of_json(value) : NULL;
    if (value && !tensor)
        cn_error_prefix("the argument '%s'", name);
    return tensor;
}

bool cn_arg_is_set(const cn_args *args, cn_str name)
{
    const cn_json *value = args ? cn_json_get(args->values, name) : NULL;
    return value && !cn_json_is(value, CN_JSON_NULL);
}

void *cn_arg_user(const cn_args *args)
{
    return args ? args->user : NULL;
}

size_t cn_arg_inputs(const cn_args *args)
{
    return args && args->inputs ? args->inputs->count : 0;
}

bool cn_arg_training(const cn_args *args)
{
    return args && args->inputs && args->inputs->training;
}

cn_tensor *cn_arg_mask(const cn_args *args)
{
    return args && args->inputs ? args->inputs->mask : NULL;
}
