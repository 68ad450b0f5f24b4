#include "saving/old_config.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 200 };

/* ThresholdedReLU is a ReLU with a threshold. */
static bool translate_layer(cn_json *layer)
{
    cn_json *config = cn_json_get(layer, "config");
    if (!cn_json_is(config, CN_JSON_OBJECT) ||
        strcmp(cn_json_as_string(cn_json_get(layer, "class_name"), ""), "ThresholdedReLU") != 0)
        return true;
    cn_json *theta = cn_json_remove(config, "theta");
    return cn_json_set(config, "threshold", theta ? theta : cn_json_float(1)) &&
           cn_json_set(layer, "class_name", cn_json_string("ReLU"));
}

/* hard_sigmoid was clip(x / 5 + 1/2, 0, 1). */
static bool translate(cn_json *value, int depth)
{
    bool ok = translate_layer(value);
    for (size_t i = 0; ok && value && depth < DEEPEST && i < value->count; i++) {
        cn_json *member = value->items[i];
        const char *key = cn_json_is(value, CN_JSON_OBJECT) ? member->key : "";
        bool activation = !strcmp(key, "activation") || !strcmp(key, "recurrent_activation");
        if (activation && !strcmp(cn_json_as_string(member, ""), "hard_sigmoid"))
            ok = cn_json_set(value, key, cn_json_string("keras2_hard_sigmoid"));
        else if (cn_json_is(member, CN_JSON_OBJECT) || cn_json_is(member, CN_JSON_LIST))
            ok = translate(member, depth + 1);
    }
    return ok;
}

bool cn_translate_config(cn_json *config, const char *version)
{
    return (version && atoi(version) >= 3) || translate(config, 0);
}
