#include "layers/arguments.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"

int cn_spatial_rank(const void *layer)
{
    const char *digit = strpbrk(cn_class_name(layer), "123");
    return digit ? *digit - '0' : 0;
}

/* ---- words ---- */

bool cn_check_word(const void *layer, const char *name, cn_str *word, const char *const *words)
{
    char *text = (char *)*word, expected[128] = "";
    for (char *c = text; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; words[i]; i++) {
        if (text && !strcmp(text, words[i]))
            return true;
        size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, "%s\"%s\"", i ? " or " : "", words[i]);
    }
    return cn_fail(CN_EINVAL, "%s: expected %s for '%s'. Received: %s=%s", cn_class_name(layer),
                   expected, name, name, text ? text : "None");
}

bool cn_set_data_format(void *layer, cn_str *data_format)
{
    static const char *const words[] = {"channels_first", "channels_last", NULL};
    if (!*data_format)
        return (*data_format = cn_mem_strdup("channels_last")) != NULL;
    return cn_check_word(layer, "data_format", data_format, words);
}

bool cn_is_channels_first(cn_str data_format)
{
    return data_format && !strcmp(data_format, "channels_first");
}

int cn_channel_axis(cn_str data_format, int rank)
{
    return cn_is_channels_first(data_format) ? 1 : rank - 1;
}

int cn_first_spatial(cn_str data_format)
{
    return cn_is_channels_first(data_format) ? 2 : 1;
}

bool cn_set_padding(void *layer, cn_str *padding, bool causal)
{
    static const char *const words[] = {"valid", "same", NULL};
    static const char *const causal_words[] = {"valid", "same", "causal", NULL};
    return cn_check_word(layer, "padding", padding, causal ? causal_words : words);
}

/* ---- sizes ---- */

/* How many were given; zeros at the end count where -1 ends the list, which is taken off. */
static int count_of(int64_t *sizes)
{
    cn_dims dims;
    memcpy(&dims, sizes, sizeof dims);
    int n = cn_dims_count(dims);
    if (n > 1 && sizes[n - 1] == -1)
        sizes[--n] = 0;
    return n;
}

static bool wrong_sizes(const void *layer, const char *name, const int64_t *sizes, int count, int n,
                        int64_t least)
{
    char text[160] = "";
    for (int i = 0; i < count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%lld", i ? ", " : "", (long long)sizes[i]);
    }
    return cn_fail(CN_EINVAL, "%s: expected %d integer%s >= %lld for '%s'. Received: %s=(%s)",
                   cn_class_name(layer), n, n == 1 ? "" : "s", (long long)least, name, name, text);
}

bool cn_set_sizes(const void *layer, const char *name, int64_t *sizes, int n, int64_t least)
{
    int count = count_of(sizes);
    for (int i = 1; count == 1 && i < n; i++)
        sizes[i] = sizes[0];
    bool ok = count <= n;
    for (int i = 0; i < n; i++)
        ok &= sizes[i] >= least && sizes[i] <= INT32_MAX;
    return ok || wrong_sizes(layer, name, sizes, count, n, least);
}

bool cn_set_margins(const void *layer, const char *name, cn_dims *margins, int n)
{
    int count = count_of(margins->d);
    int64_t given[CN_MAX_RANK];
    memcpy(given, margins->d, sizeof given);
    bool ok = count <= 2 * n;
    for (int i = 0; i < 2 * n; i++) {
        if (count == 1)
            margins->d[i] = given[0];
        else if (count <= n && n > 1)
            margins->d[i] = given[i / 2];
        ok &= margins->d[i] >= 0 && margins->d[i] <= INT32_MAX;
    }
    return ok || wrong_sizes(layer, name, given, count, 2 * n, 0);
}

/* ---- configurations ---- */

static bool add_size(cn_json *list, int64_t size)
{
    return cn_json_add(list, cn_json_int(size));
}

/* (before, after); one number is both. */
static bool add_pair(cn_json *list, const cn_json *pair)
{
    bool single = !cn_json_is(pair, CN_JSON_LIST);
    for (size_t i = 0; i < 2; i++)
        if (!cn_json_add(list, cn_json_copy(single ? pair : cn_json_at(pair, i))))
            return false;
    return true;
}

bool cn_read_sizes(cn_json *config, const char *name)
{
    const cn_json *value = cn_json_get(config, name);
    if (!cn_json_is(value, CN_JSON_LIST) || value->count < 2)
        return true;
    bool pairs = false;
    for (size_t i = 0; i < value->count; i++)
        pairs |= cn_json_is(value->items[i], CN_JSON_LIST);
    cn_json *list = cn_json_list();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < value->count; i++)
        ok = pairs ? add_pair(list, value->items[i])
                   : cn_json_add(list, cn_json_copy(value->items[i]));
    ok = ok && add_size(list, -1);
    return cn_json_set(config, name, list) && ok;
}

bool cn_read_open_sizes(cn_json *config, const char *name)
{
    const cn_json *value = cn_json_get(config, name);
    if (!cn_json_is(value, CN_JSON_LIST))
        return true;
    cn_json *list = cn_json_list();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < value->count; i++) {
        const cn_json *item = value->items[i];
        ok = cn_json_add(list,
                         cn_json_is(item, CN_JSON_NULL) ? cn_json_int(CN_ANY) : cn_json_copy(item));
    }
    return cn_json_set(config, name, list) && ok;
}

bool cn_write_sizes(cn_json *config, const char *name, const int64_t *sizes, int n)
{
    cn_json *list = cn_json_list();
    bool ok = list != NULL;
    for (int i = 0; i < n; i++)
        ok = add_size(list, sizes[i]) && ok;
    return cn_json_set(config, name, list) && ok;
}

bool cn_write_margins(cn_json *config, const char *name, const cn_dims *margins, int n)
{
    if (n == 1)
        return cn_write_sizes(config, name, margins->d, 2);
    cn_json *list = cn_json_list();
    bool ok = list != NULL;
    for (int i = 0; i < n; i++) {
        cn_json *pair = cn_json_list();
        ok = add_size(pair, margins->d[2 * i]) && ok;
        ok = add_size(pair, margins->d[2 * i + 1]) && ok;
        ok = cn_json_add(list, pair) && ok;
    }
    return cn_json_set(config, name, list) && ok;
}

bool cn_write_open_sizes(cn_json *config, const char *name, cn_dims sizes)
{
    int n = cn_dims_count(sizes);
    cn_json *list = n ? cn_json_list() : cn_json_null();
    bool ok = list != NULL;
    for (int i = 0; i < n; i++)
        ok = cn_json_add(list, sizes.d[i] < 0 ? cn_json_null() : cn_json_int(sizes.d[i])) && ok;
    return cn_json_set(config, name, list) && ok;
}

bool cn_write_axis(cn_json *config, const char *name, cn_axes axes)
{
    int n = cn_axes_count(axes);
    return n > 1 ? cn_write_sizes(config, name, axes.d, n)
                 : cn_json_set(config, name, cn_json_int(axes.d[0]));
}

bool cn_check_axes(const void *layer, const char *name, cn_axes axes)
{
    return axes.d[0] != CN_UNSET ||
           cn_fail(CN_EINVAL,
                   "%s: expected an integer or a list of integers for '%s'. Received: "
                   "%s=None",
                   cn_class_name(layer), name, name);
}

static bool *flag(const void *layer, const char *name)
{
    const cn_param *p = cn_param_find(((const cn_instance *)layer)->cls, name);
    return p && p->type == CN_TYPE_bool ? (bool *)((char *)layer + p->offset) : NULL;
}

bool cn_flag(const void *layer, const char *name)
{
    const bool *at = flag(layer, name);
    return at && *at;
}

bool cn_set_flag(void *layer, const char *name, bool value)
{
    bool *at = flag(layer, name);
    if (at)
        *at = value;
    return at;
}

bool cn_check_share(const void *layer, const char *name, double value)
{
    return (value >= 0 && value <= 1) ||
           cn_fail(CN_EINVAL, "%s: expected a number from 0 to 1 for '%s'. Received: %s=%g",
                   cn_class_name(layer), name, name, value);
}

/* ---- inputs ---- */

bool cn_expect_rank_(const cn_shape *x, int rank)
{
    return x->rank == rank ||
           cn_fail(CN_EINVAL, "expected ndim=%d, found ndim=%d. Full shape received: %s", rank,
                   x->rank, cn_shape_text(*x));
}

bool cn_expect_min_rank_(const cn_shape *x, int rank)
{
    return x->rank >= rank ||
           cn_fail(CN_EINVAL, "expected min_ndim=%d, found ndim=%d. Full shape received: %s", rank,
                   x->rank, cn_shape_text(*x));
}

bool cn_expect_dim_(const cn_shape *x, int axis, int64_t dim)
{
    return x->dim[axis] == dim || x->dim[axis] < 0 || dim < 0 ||
           cn_fail(CN_EINVAL,
                   "expected axis %d of input shape to have value %lld, but received input with "
                   "shape %s",
                   axis, (long long)dim, cn_shape_text(*x));
}

int64_t cn_known_dim_(const cn_shape *x, int axis)
{
    if (x->dim[axis] < 0)
        cn_fail(CN_EINVAL, "expected an input whose axis %d is known, found shape %s", axis,
                cn_shape_text(*x));
    return x->dim[axis];
}
