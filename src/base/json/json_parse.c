/* Reading JSON: what Python's json.loads reads, with strict UTF-8. A name given twice keeps its
 * first place and its last value. A name may not hold NUL. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json/json_reader.h"
#include "base/number.h"

static const size_t longest_text = (size_t)1 << 30;

static void skip_space(cn_json_reader *p)
{
    while (p->at < p->length && memchr(" \n\r\t", p->text[p->at], 4))
        p->at++;
}

static size_t digits(cn_json_reader *p)
{
    size_t start = p->at;
    while (cn_json_peek(p) >= '0' && cn_json_peek(p) <= '9')
        p->at++;
    return p->at - start;
}

/* Passes a number and says whether it is a float by its looks. */
static bool scan_number(cn_json_reader *p, bool *is_float)
{
    if (cn_json_peek(p) == '-')
        p->at++;
    bool zero = cn_json_peek(p) == '0';
    size_t start = p->at;
    if (!digits(p))
        return cn_json_expected(p, "a digit");
    if (zero && p->at - start > 1) {
        p->at = start + 1;
        return cn_json_wrong(p, "a number may not start with 0");
    }
    *is_float = cn_json_peek(p) == '.';
    if (*is_float) {
        p->at++;
        if (!digits(p))
            return cn_json_expected(p, "a digit");
    }
    if (cn_json_peek(p) != 'e' && cn_json_peek(p) != 'E')
        return true;
    *is_float = true;
    p->at++;
    if (cn_json_peek(p) == '+' || cn_json_peek(p) == '-')
        p->at++;
    return digits(p) || cn_json_expected(p, "a digit");
}

/* False where the digits do not fit. */
static bool to_int64(const char *text, size_t length, int64_t *value)
{
    bool negative = text[0] == '-';
    int64_t sum = 0; /* negative throughout: INT64_MIN has no positive */
    for (size_t i = negative; i < length; i++) {
        int digit = text[i] - '0';
        if (sum < (INT64_MIN + digit) / 10)
            return false;
        sum = sum * 10 - digit;
    }
    if (!negative && sum == INT64_MIN)
        return false;
    *value = negative ? sum : -sum;
    return true;
}

static cn_json *parse_number(cn_json_reader *p)
{
    size_t start = p->at;
    bool is_float = false;
    if (!scan_number(p, &is_float))
        return NULL;
    int64_t integer;
    if (!is_float && to_int64(p->text + start, p->at - start, &integer))
        return cn_json_int(integer);
    double number;
    if (!cn_double_parse(p->text + start, p->at - start, &number))
        return NULL;
    return cn_json_float(number);
}

static bool take_word(cn_json_reader *p, const char *word)
{
    size_t length = strlen(word);
    if (p->length - p->at < length || memcmp(p->text + p->at, word, length))
        return false;
    p->at += length;
    return true;
}

static cn_json *parse_word(cn_json_reader *p)
{
    if (take_word(p, "null"))
        return cn_json_null();
    if (take_word(p, "true"))
        return cn_json_bool(true);
    if (take_word(p, "false"))
        return cn_json_bool(false);
    if (take_word(p, "NaN"))
        return cn_json_float(NAN);
    if (take_word(p, "Infinity"))
        return cn_json_float(INFINITY);
    if (take_word(p, "-Infinity"))
        return cn_json_float(-INFINITY);
    if (cn_json_peek(p) == '-')
        return parse_number(p);
    cn_json_expected(p, "a value");
    return NULL;
}

typedef struct place {
    cn_json *item;
    size_t at;
} place;

static int by_key(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = strcmp(x->item->key, y->item->key);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Of members with one name the last stays, at the place of the first. Sorting keeps a hostile
 * object of very many names quick. */
static bool drop_repeated(cn_json *object)
{
    if (object->count < 2)
        return true;
    place *places = cn_mem_calloc(object->count, sizeof *places);
    if (!places)
        return false;
    for (size_t i = 0; i < object->count; i++)
        places[i] = (place){object->items[i], i};
    qsort(places, object->count, sizeof *places, by_key);
    for (size_t i = 0, first = 0; i < object->count; i++) {
        if (strcmp(places[i].item->key, places[first].item->key)) {
            first = i;
        } else if (i > first) {
            cn_json_free(object->items[places[first].at]);
            object->items[places[first].at] = places[i].item;
            object->items[places[i].at] = NULL;
            places[first].item = places[i].item;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < object->count; i++)
        if (object->items[i])
            object->items[kept++] = object->items[i];
    object->count = kept;
    cn_mem_free(places);
    return true;
}

static cn_json *parse_value(cn_json_reader *p);

/* A name and its colon. Owned. */
static char *parse_key(cn_json_reader *p)
{
    size_t length;
    skip_space(p);
    if (cn_json_peek(p) != '"') {
        cn_json_expected(p, "a name in quotes");
        return NULL;
    }
    cn_json_reader start = *p;
    p->at++;
    char *key = cn_json_read_string(p, &length);
    if (!key)
        return NULL;
    skip_space(p);
    if (strlen(key) != length)
        cn_json_wrong(&start, "a name may not hold NUL");
    else if (cn_json_peek(p) != ':')
        cn_json_expected(p, "':'");
    else {
        p->at++;
        return key;
    }
    cn_mem_free(key);
    return NULL;
}

static bool parse_member(cn_json_reader *p, cn_json *container)
{
    char *key = NULL;
    if (container->kind == CN_JSON_OBJECT && !(key = parse_key(p)))
        return false;
    cn_json *item = parse_value(p);
    bool room = item && cn_mem_reserve(&container->items, &container->capacity,
                                       container->count + 1, sizeof *container->items);
    if (!room) {
        cn_json_free(item);
        cn_mem_free(key);
        return false;
    }
    item->key = key;
    container->items[container->count++] = item;
    return true;
}

static bool parse_members(cn_json_reader *p, cn_json *container)
{
    bool object = container->kind == CN_JSON_OBJECT;
    int close = object ? '}' : ']';
    p->at++;
    skip_space(p);
    if (cn_json_peek(p) == close) {
        p->at++;
        return true;
    }
    for (;;) {
        if (!parse_member(p, container))
            return false;
        skip_space(p);
        int c = cn_json_peek(p);
        if (c != ',' && c != close)
            return cn_json_expected(p, object ? "',' or '}'" : "',' or ']'");
        p->at++;
        if (c == close)
            return !object || drop_repeated(container);
    }
}

static cn_json *parse_container(cn_json_reader *p)
{
    if (p->depth >= CN_JSON_DEPTH) {
        cn_json_wrong(p, "nested deeper than 256");
        return NULL;
    }
    cn_json *container = cn_json_peek(p) == '{' ? cn_json_object() : cn_json_list();
    p->depth++;
    bool ok = container && parse_members(p, container);
    p->depth--;
    if (ok)
        return container;
    cn_json_free(container);
    return NULL;
}

static cn_json *parse_text(cn_json_reader *p)
{
    size_t length;
    p->at++;
    char *text = cn_json_read_string(p, &length);
    cn_json *value = text ? cn_json_null() : NULL;
    if (!value) {
        cn_mem_free(text);
        return NULL;
    }
    value->kind = CN_JSON_STRING;
    value->string = text;
    value->length = length;
    return value;
}

static cn_json *parse_value(cn_json_reader *p)
{
    skip_space(p);
    int c = cn_json_peek(p);
    if (c == '{' || c == '[')
        return parse_container(p);
    if (c == '"')
        return parse_text(p);
    return c >= '0' && c <= '9' ? parse_number(p) : parse_word(p);
}

cn_json *cn_json_parse(const char *text, size_t length)
{
    if (!text)
        return cn_fail_null(CN_EINVAL, "JSON: expected a text, found NULL");
    if (length > longest_text)
        return cn_fail_null(CN_EFORMAT, "JSON: expected at most %zu bytes, found %zu", longest_text,
                            length);
    cn_json_reader p = {.text = text, .length = length};
    cn_json *value = parse_value(&p);
    if (!value)
        return NULL;
    skip_space(&p);
    if (p.at == p.length)
        return value;
    cn_json_expected(&p, "the end of the text");
    cn_json_free(value);
    return NULL;
}
