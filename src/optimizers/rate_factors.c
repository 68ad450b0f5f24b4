/* Learning rates by weight: "dense_1/: 0.1, bias$: 2", or the same as a JSON object. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "optimizers/optimizer.h"
#include "optimizers/path_pattern.h"

static bool refuse(const char *text, const char *expected)
{
    return cn_fail(CN_EINVAL,
                   "learning_rate_multipliers: expected %s, as in 'dense_1/: 0.1, bias: 2'. "
                   "Received: %s",
                   expected, text);
}

/* One "pattern: factor" of `length` bytes; the last colon parts them. */
static bool add(cn_json *all, const char *text, const char *at, size_t length)
{
    while (length && isspace((unsigned char)*at))
        at++, length--;
    while (length && isspace((unsigned char)at[length - 1]))
        length--;
    size_t colon = length;
    while (colon && at[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return refuse(text, "a pattern, a colon and a number");
    size_t skip = colon + strspn(at + colon, " ");
    double factor;
    if (!cn_double_parse(at + skip, length > skip ? length - skip : 0, &factor)) {
        cn_clear_error();
        return refuse(text, "a number behind the colon");
    }
    char *pattern = cn_mem_strndup(at, colon - 1);
    bool ok = pattern && cn_json_set(all, pattern, cn_json_float(factor));
    cn_mem_free(pattern);
    return ok;
}

static cn_json *parse(const char *text)
{
    if (*text == '{')
        return cn_json_parse(text, strlen(text));
    cn_json *all = cn_json_object();
    bool ok = all != NULL;
    for (const char *at = text; ok && *at;) {
        size_t length = strcspn(at, ",");
        ok = add(all, text, at, length);
        at += length + (at[length] == ',');
    }
    if (ok)
        return all;
    cn_json_free(all);
    return NULL;
}

bool cn_rate_factors_init(cn_optimizer *self)
{
    const char *text = self->learning_rate_multipliers;
    if (!text)
        return true;
    cn_json *all = self->state_->rate_factors = parse(text);
    for (size_t i = 0; all && i < all->count; i++) {
        double factor = cn_json_as_double(all->items[i], NAN);
        if (!cn_path_check(all->items[i]->key))
            return false;
        if (!(factor >= 0 && factor < INFINITY))
            return refuse(text, "numbers >= 0");
    }
    return all != NULL;
}

double cn_rate_factor(const cn_optimizer *self, const cn_tensor *weight)
{
    const cn_json *all = self->state_->rate_factors;
    double factor = weight->variable->learning_rate_multiplier;
    for (size_t i = 0; all && i < all->count; i++)
        if (cn_path_search(all->items[i]->key, weight->variable->path))
            return factor * cn_json_as_double(all->items[i], 1);
    return factor;
}
