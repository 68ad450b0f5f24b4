/* What a class's own write_config and from_config put into a configuration, and take out of it. */
#include <math.h>

#include "base/json.h"
#include "cornu/subclass.h"
#include "models/layer_config.h"

static const cn_json *find(const cn_json *config, cn_str key)
{
    const cn_json *value = config && key ? cn_json_get(config, key) : NULL;
    if (!value && config && key)
        return cn_fail_null(CN_ENOTFOUND, "the configuration has no '%s'", key);
    return value;
}

bool cn_config_set_layer(cn_json *config, cn_str key, void *layer)
{
    return config && key && layer && cn_json_set(config, key, cn_layer_to_json(layer));
}

void *cn_config_layer(const cn_json *config, cn_str key)
{
    const cn_json *value = find(config, key);
    return value ? cn_layer_of_json(value) : NULL;
}

bool cn_config_set_number(cn_json *config, cn_str key, double value)
{
    bool whole = value == floor(value) && fabs(value) < 9e15;
    return config && key &&
           cn_json_set(config, key, whole ? cn_json_int((int64_t)value) : cn_json_float(value));
}

double cn_config_number(const cn_json *config, cn_str key)
{
    const cn_json *value = find(config, key);
    double number = cn_json_as_double(value, NAN);
    if (value && isnan(number))
        cn_fail(CN_EFORMAT, "expected a number for '%s' in the configuration", key);
    return number;
}

bool cn_config_set_text(cn_json *config, cn_str key, cn_str value)
{
    return config && key &&
           cn_json_set(config, key, value ? cn_json_string(value) : cn_json_null());
}

cn_str cn_config_text(const cn_json *config, cn_str key)
{
    const cn_json *value = find(config, key);
    if (value && !cn_json_is(value, CN_JSON_STRING))
        return cn_fail_null(CN_EFORMAT, "expected a text for '%s' in the configuration", key);
    return cn_json_as_string(value, NULL);
}
