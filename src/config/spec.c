/* The grammar of specs:
 *
 *     spec  = JSON object | name [ "(" [ arg { "," arg } ] ")" ]
 *     arg   = [ name "=" ] value
 *     value = number | true | false | none | 'text' | "text" | [ value { "," value } ] | spec
 *
 * A bare name as a value is a text; one with parentheses is a spec of its own. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "config/instance.h"

enum { DEEPEST = 32 };

typedef struct parser {
    const char *text, *at;
    int depth;
} parser;

static cn_json *value(parser *p);

static cn_json *wrong(parser *p, const char *expected)
{
    return cn_fail_null(CN_EINVAL, "spec '%s': expected %s at '%.20s'", p->text, expected, p->at);
}

static void blanks(parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool eat(parser *p, char c)
{
    blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '>' || c == '-';
}

static char *name(parser *p)
{
    blanks(p);
    const char *start = p->at;
    if (isalpha((unsigned char)*p->at) || *p->at == '_')
        while (is_name(*p->at))
            p->at++;
    return p->at > start ? cn_mem_strndup(start, (size_t)(p->at - start)) : NULL;
}

static cn_json *quoted(parser *p, char quote)
{
    const char *start = ++p->at;
    while (*p->at && *p->at != quote)
        p->at++;
    if (!*p->at)
        return wrong(p, "a closing quote");
    char *text = cn_mem_strndup(start, (size_t)(p->at++ - start));
    cn_json *json = text ? cn_json_string(text) : NULL;
    cn_mem_free(text);
    return json;
}

/* Items up to `close`: of a list, or the arguments of a spec, whose names go into config. */
static bool items(parser *p, char close, cn_json *list, cn_json *config)
{
    if (eat(p, close))
        return true;
    do {
        const char *before = (blanks(p), p->at);
        char *key = config ? name(p) : NULL;
        bool named = key && eat(p, '=');
        if (!named)
            p->at = before;
        cn_json *item = value(p);
        bool ok = item && (named ? cn_json_set(config, key, item) : cn_json_add(list, item));
        cn_mem_free(key);
        if (!ok)
            return false;
    } while (eat(p, ','));
    return eat(p, close) || wrong(p, close == ')' ? "',' or ')'" : "',' or ']'");
}

static cn_json *list_of(parser *p)
{
    cn_json *list = cn_json_list();
    if (list && items(p, ']', list, NULL))
        return list;
    cn_json_free(list);
    return NULL;
}

static cn_json *object(const char *class_name, cn_json *config, cn_json *args)
{
    cn_json *json = cn_json_object();
    bool ok = cn_json_set(json, "class_name", cn_json_string(class_name));
    ok = cn_json_set(json, "config", config) && ok;
    ok = cn_json_set(json, "args", args) && ok;
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

/* What follows a name that stands alone or before its arguments. Takes `id`. */
static cn_json *call(parser *p, char *id)
{
    cn_json *config = cn_json_object(), *args = cn_json_list(), *json = NULL;
    if (config && args && (!eat(p, '(') || items(p, ')', args, config))) {
        json = object(id, config, args);
    } else {
        cn_json_free(config);
        cn_json_free(args);
    }
    cn_mem_free(id);
    return json;
}

static cn_json *word(parser *p)
{
    static const char *const constants[] = {"true", "True", "false", "False",
                                            "none", "None", "null"};
    char *id = name(p);
    if (!id)
        return wrong(p, "a value");
    blanks(p);
    if (*p->at == '(')
        return call(p, id);
    cn_json *json = NULL;
    for (size_t i = 0; i < sizeof constants / sizeof *constants && !json; i++)
        if (!strcmp(id, constants[i]))
            json = i < 4 ? cn_json_bool(i < 2) : cn_json_null();
    if (!json)
        json = cn_json_string(id);
    cn_mem_free(id);
    return json;
}

/* JSON in the middle of a spec: up to the brace that closes it. */
static cn_json *embedded(parser *p)
{
    const char *start = p->at;
    int open = 0;
    bool text = false;
    for (; *p->at; p->at++) {
        if (*p->at == '"' && p->at[-1] != '\\')
            text = !text;
        open += text ? 0 : (*p->at == '{') - (*p->at == '}');
        if (!open && !text) {
            p->at++;
            return cn_json_parse(start, (size_t)(p->at - start));
        }
    }
    return wrong(p, "'}'");
}

static cn_json *number(parser *p)
{
    const char *start = p->at;
    while (isalnum((unsigned char)*p->at) || *p->at == '.' ||
           ((*p->at == '-' || *p->at == '+') &&
            (p->at == start || tolower((unsigned char)p->at[-1]) == 'e')))
        p->at++;
    size_t length = (size_t)(p->at - start);
    double real;
    char digits[24];
    if (length < sizeof digits && strspn(start, "+-0123456789") >= length && length) {
        memcpy(digits, start, length);
        digits[length] = 0;
        char *end;
        long long integer = strtoll(digits, &end, 10);
        if (!*end && end > digits)
            return cn_json_int(integer);
    }
    if (*start == '+')
        start++, length--;
    if (cn_double_parse(start, length, &real))
        return cn_json_float(real);
    cn_clear_error();
    p->at = start;
    return wrong(p, "a number");
}

static cn_json *value(parser *p)
{
    cn_json *json;
    blanks(p);
    if (++p->depth > DEEPEST)
        return wrong(p, "less nesting");
    if (*p->at == '"' || *p->at == '\'')
        json = quoted(p, *p->at);
    else if (*p->at == '[')
        json = (p->at++, list_of(p));
    else if (*p->at == '{')
        json = embedded(p);
    else if (isdigit((unsigned char)*p->at) || *p->at == '-' || *p->at == '+' || *p->at == '.')
        json = number(p);
    else
        json = word(p);
    p->depth--;
    return json;
}

cn_json *cn_spec_parse(cn_str spec)
{
    parser p = {.text = spec, .at = spec};
    cn_json *json = NULL;
    blanks(&p);
    if (*p.at == '{') {
        json = cn_json_parse(p.at, strlen(p.at));
        if (json && !cn_json_is(cn_json_get(json, "class_name"), CN_JSON_STRING)) {
            cn_json_free(json);
            return cn_fail_null(CN_EINVAL,
                                "spec: expected an object with \"class_name\", found %.80s", spec);
        }
        return json;
    }
    char *id = name(&p);
    if (!id)
        return wrong(&p, "a name");
    json = call(&p, id);
    blanks(&p);
    if (json && *p.at) {
        cn_json_free(json);
        return wrong(&p, "the end");
    }
    return json;
}
