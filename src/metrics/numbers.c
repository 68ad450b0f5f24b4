#include "metrics/numbers.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

/* Tensors in configurations of Keras: {"class_name": "__tensor__", "config": {"value": …}}. */
static const cn_json *bare(const cn_json *json)
{
    const cn_json *value = cn_json_get(cn_json_get(json, "config"), "value");
    return value ? value : json;
}

static bool copy(cn_numbers *numbers, const cn_json *json)
{
    bool list = cn_json_is(json, CN_JSON_LIST);
    size_t n = list ? json->count : 1;
    numbers->values = cn_mem_calloc(n + 1, sizeof *numbers->values);
    if (!numbers->values)
        return false;
    for (size_t i = 0; i < n; i++) {
        const cn_json *one = list ? json->items[i] : json;
        if (!cn_json_is_number(one))
            return false;
        numbers->values[numbers->count++] = cn_json_as_double(one, 0);
    }
    return true;
}

bool cn_numbers_read(cn_numbers *numbers, cn_str text, const cn_instance *self, cn_str argument)
{
    *numbers = (cn_numbers){0};
    if (!text)
        return true;
    cn_json *json = cn_json_parse(text, strlen(text));
    bool ok = json && copy(numbers, bare(json));
    cn_json_free(json);
    if (ok)
        return true;
    cn_clear_error();
    return cn_fail(CN_EINVAL, "%s: expected a number or a list of numbers. Received: %s=%s",
                   self->cls->name, argument, text);
}

bool cn_numbers_write(cn_json *config, cn_str argument, cn_str text)
{
    return cn_json_set(config, argument, text ? cn_json_parse(text, strlen(text)) : cn_json_null());
}
