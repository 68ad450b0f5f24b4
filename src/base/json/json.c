/* JSON values: making, changing, comparing. Reading is json_parse.c, writing json_text.c. */
#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json/json_reader.h"

static cn_json *make(cn_json_kind kind)
{
    cn_json *value = cn_mem_calloc(1, sizeof *value);
    if (value)
        value->kind = kind;
    return value;
}

cn_json *cn_json_null(void)
{
    return make(CN_JSON_NULL);
}

cn_json *cn_json_bool(bool value)
{
    cn_json *json = make(CN_JSON_BOOL);
    if (json)
        json->boolean = value;
    return json;
}

cn_json *cn_json_int(int64_t value)
{
    cn_json *json = make(CN_JSON_INT);
    if (json)
        json->integer = value;
    return json;
}

cn_json *cn_json_float(double value)
{
    cn_json *json = make(CN_JSON_FLOAT);
    if (json)
        json->number = value;
    return json;
}

static cn_json *string_of(const char *text, size_t length)
{
    cn_json *json = make(CN_JSON_STRING);
    if (!json)
        return NULL;
    json->string = cn_mem_strndup(text, length);
    json->length = length;
    if (json->string)
        return json;
    cn_json_free(json);
    return NULL;
}

cn_json *cn_json_string(const char *text)
{
    return text ? string_of(text, strlen(text)) : cn_json_null();
}

cn_json *cn_json_list(void)
{
    return make(CN_JSON_LIST);
}

cn_json *cn_json_object(void)
{
    return make(CN_JSON_OBJECT);
}

/* Any depth in constant space: a node that is being emptied keeps its parent where its key was. */
void cn_json_free(cn_json *value)
{
    if (!value)
        return;
    cn_mem_free(value->key);
    value->key = NULL;
    while (value) {
        if (value->count) {
            cn_json *child = value->items[--value->count];
            cn_mem_free(child->key);
            child->key = (char *)value;
            value = child;
            continue;
        }
        cn_json *parent = (cn_json *)(void *)value->key;
        cn_mem_free(value->string);
        cn_mem_free(value->items);
        cn_mem_free(value);
        value = parent;
    }
}

static bool append(cn_json *container, cn_json *item)
{
    if (!cn_mem_reserve(&container->items, &container->capacity, container->count + 1,
                        sizeof *container->items)) {
        cn_json_free(item);
        return false;
    }
    container->items[container->count++] = item;
    return true;
}

bool cn_json_add(cn_json *list, cn_json *item)
{
    if (!cn_json_is(list, CN_JSON_LIST) || !item) {
        cn_json_free(item);
        return cn_fail(CN_EINVAL, "JSON: expected %s, found none", item ? "a list" : "an item");
    }
    return append(list, item);
}

/* The place of a member; `count` when there is none. */
static size_t find(const cn_json *object, const char *key)
{
    size_t i = 0;
    while (i < object->count && strcmp(object->items[i]->key, key))
        i++;
    return i;
}

bool cn_json_set(cn_json *object, const char *key, cn_json *value)
{
    char *name = NULL;
    bool ready = cn_json_is(object, CN_JSON_OBJECT) && key && value;
    if (!ready || !(name = cn_mem_strdup(key))) {
        cn_json_free(value);
        return ready ? false : cn_fail(CN_EINVAL, "JSON: expected an object, a key and a value");
    }
    cn_mem_free(value->key);
    value->key = name;
    size_t i = find(object, key);
    if (i == object->count)
        return append(object, value);
    cn_json_free(object->items[i]);
    object->items[i] = value;
    return true;
}

cn_json *cn_json_remove(cn_json *object, const char *key)
{
    if (!cn_json_is(object, CN_JSON_OBJECT) || !key)
        return NULL;
    size_t i = find(object, key);
    if (i == object->count)
        return NULL;
    cn_json *value = object->items[i];
    object->count--;
    memmove(object->items + i, object->items + i + 1, (object->count - i) * sizeof *object->items);
    cn_mem_free(value->key);
    value->key = NULL;
    return value;
}

static cn_json *copy_of(const cn_json *value, int depth);

static bool copy_items(const cn_json *from, cn_json *to, int depth)
{
    for (size_t i = 0; i < from->count; i++) {
        cn_json *item = copy_of(from->items[i], depth + 1);
        const char *key = from->items[i]->key;
        if (!item)
            return false;
        if (key && !(item->key = cn_mem_strdup(key))) {
            cn_json_free(item);
            return false;
        }
        if (!append(to, item))
            return false;
    }
    return true;
}

static cn_json *copy_of(const cn_json *value, int depth)
{
    if (depth > CN_JSON_DEPTH)
        return cn_fail_null(CN_EINVAL, "JSON: nested deeper than %d", CN_JSON_DEPTH);
    cn_json *copy =
        value->kind == CN_JSON_STRING ? string_of(value->string, value->length) : make(value->kind);
    if (!copy)
        return NULL;
    copy->boolean = value->boolean;
    copy->integer = value->integer;
    copy->number = value->number;
    if (copy_items(value, copy, depth))
        return copy;
    cn_json_free(copy);
    return NULL;
}

cn_json *cn_json_copy(const cn_json *value)
{
    return value ? copy_of(value, 0) : NULL;
}

/* 2^63: the first double beyond int64. */
static const double beyond_int64 = 9223372036854775808.0;

static bool same_number(const cn_json *a, const cn_json *b)
{
    if (a->kind == b->kind && a->kind == CN_JSON_INT)
        return a->integer == b->integer;
    if (a->kind == b->kind)
        return a->number == b->number || (isnan(a->number) && isnan(b->number));
    int64_t integer = a->kind == CN_JSON_INT ? a->integer : b->integer;
    double number = a->kind == CN_JSON_INT ? b->number : a->number;
    return number >= -beyond_int64 && number < beyond_int64 && number == floor(number) &&
           (int64_t)number == integer;
}

static bool equal(const cn_json *a, const cn_json *b, int depth)
{
    if (depth > CN_JSON_DEPTH)
        return cn_fail(CN_EINVAL, "JSON: nested deeper than %d", CN_JSON_DEPTH);
    if (cn_json_is_number(a) && cn_json_is_number(b))
        return same_number(a, b);
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == CN_JSON_BOOL)
        return a->boolean == b->boolean;
    if (a->kind == CN_JSON_STRING)
        return a->length == b->length && !memcmp(a->string, b->string, a->length);
    for (size_t i = 0; i < a->count; i++) {
        const cn_json *other = b->items[i];
        if (a->kind == CN_JSON_OBJECT && strcmp(other->key, a->items[i]->key))
            other = cn_json_get(b, a->items[i]->key);
        if (!other || !equal(a->items[i], other, depth + 1))
            return false;
    }
    return true;
}

bool cn_json_equal(const cn_json *a, const cn_json *b)
{
    return a == b || (a && b && equal(a, b, 0));
}

cn_json *cn_json_get(const cn_json *object, const char *key)
{
    if (!cn_json_is(object, CN_JSON_OBJECT) || !key)
        return NULL;
    size_t i = find(object, key);
    return i < object->count ? object->items[i] : NULL;
}

cn_json *cn_json_at(const cn_json *list, size_t i)
{
    return list && i < list->count ? list->items[i] : NULL;
}

int64_t cn_json_as_int(const cn_json *value, int64_t otherwise)
{
    if (cn_json_is(value, CN_JSON_INT))
        return value->integer;
    if (!cn_json_is(value, CN_JSON_FLOAT) || !(value->number >= -beyond_int64) ||
        !(value->number < beyond_int64) || value->number != floor(value->number))
        return otherwise;
    return (int64_t)value->number;
}

double cn_json_as_double(const cn_json *value, double otherwise)
{
    if (cn_json_is(value, CN_JSON_INT))
        return (double)value->integer;
    return cn_json_is(value, CN_JSON_FLOAT) ? value->number : otherwise;
}

bool cn_json_as_bool(const cn_json *value, bool otherwise)
{
    return cn_json_is(value, CN_JSON_BOOL) ? value->boolean : otherwise;
}

const char *cn_json_as_string(const cn_json *value, const char *otherwise)
{
    return cn_json_is(value, CN_JSON_STRING) ? value->string : otherwise;
}

bool cn_json_is(const cn_json *value, cn_json_kind kind)
{
    return value && value->kind == kind;
}

bool cn_json_is_number(const cn_json *value)
{
    return cn_json_is(value, CN_JSON_INT) || cn_json_is(value, CN_JSON_FLOAT);
}
