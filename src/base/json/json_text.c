/* Writing JSON byte for byte as Python's json.dumps writes it. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json/json_reader.h"
#include "base/number.h"
#include "base/utf8.h"

typedef struct writer {
    char *text;
    size_t length, capacity;
    int indent;
} writer;

static bool put(writer *w, const char *bytes, size_t count)
{
    if (!cn_mem_reserve(&w->text, &w->capacity, w->length + count + 1, 1))
        return false;
    memcpy(w->text + w->length, bytes, count);
    w->length += count;
    w->text[w->length] = 0;
    return true;
}

static bool put_text(writer *w, const char *text)
{
    return put(w, text, strlen(text));
}

static bool put_unicode(writer *w, uint32_t code)
{
    char text[16];
    if (code < 0x10000)
        snprintf(text, sizeof text, "\\u%04x", (unsigned)code);
    else
        snprintf(text, sizeof text, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((code - 0x10000) >> 10)),
                 (unsigned)(0xDC00 + (code & 0x3FF)));
    return put_text(w, text);
}

static bool put_escaped(writer *w, uint32_t code)
{
    static const char values[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *special = code && code < 0x80 ? strchr(values, (int)code) : NULL;
    if (!special)
        return put_unicode(w, code);
    char text[2] = {'\\', names[special - values]};
    return put(w, text, 2);
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static bool put_string(writer *w, const char *text, size_t length)
{
    if (!put(w, "\"", 1))
        return false;
    for (size_t i = 0; i < length;) {
        size_t start = i;
        while (i < length && is_plain(text[i]))
            i++;
        uint32_t code;
        if (!put(w, text + start, i - start))
            return false;
        if (i == length)
            break;
        size_t bytes = cn_utf8_decode(text + i, length - i, &code);
        if (!bytes)
            return cn_fail(CN_EINVAL, "JSON: expected a string in UTF-8, found byte 0x%02X at %zu",
                           (unsigned)(unsigned char)text[i], i);
        if (!put_escaped(w, code))
            return false;
        i += bytes;
    }
    return put(w, "\"", 1);
}

static bool put_number(writer *w, double value)
{
    char text[CN_NUMBER_TEXT];
    if (isnan(value))
        return put_text(w, "NaN");
    if (isinf(value))
        return put_text(w, value < 0 ? "-Infinity" : "Infinity");
    return put_text(w, cn_double_text(value, text));
}

static bool put_int(writer *w, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return put_text(w, text);
}

static bool new_line(writer *w, int depth)
{
    if (!put(w, "\n", 1))
        return false;
    for (int i = 0; i < depth * w->indent; i++)
        if (!put(w, " ", 1))
            return false;
    return true;
}

static bool put_value(writer *w, const cn_json *value, int depth);

static bool put_member(writer *w, const cn_json *container, size_t i, int depth)
{
    const cn_json *item = container->items[i];
    if (i && !put_text(w, w->indent > 0 ? "," : ", "))
        return false;
    if (w->indent > 0 && !new_line(w, depth))
        return false;
    if (container->kind == CN_JSON_OBJECT &&
        !(put_string(w, item->key, strlen(item->key)) && put_text(w, ": ")))
        return false;
    return put_value(w, item, depth);
}

static bool put_container(writer *w, const cn_json *value, int depth)
{
    bool object = value->kind == CN_JSON_OBJECT;
    if (depth >= CN_JSON_DEPTH)
        return cn_fail(CN_EINVAL, "JSON: nested deeper than %d", CN_JSON_DEPTH);
    if (!put(w, object ? "{" : "[", 1))
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (!put_member(w, value, i, depth + 1))
            return false;
    if (value->count && w->indent > 0 && !new_line(w, depth))
        return false;
    return put(w, object ? "}" : "]", 1);
}

static bool put_value(writer *w, const cn_json *value, int depth)
{
    switch (value->kind) {
    case CN_JSON_NULL:
        return put_text(w, "null");
    case CN_JSON_BOOL:
        return put_text(w, value->boolean ? "true" : "false");
    case CN_JSON_INT:
        return put_int(w, value->integer);
    case CN_JSON_FLOAT:
        return put_number(w, value->number);
    case CN_JSON_STRING:
        return put_string(w, value->string, value->length);
    case CN_JSON_LIST:
    case CN_JSON_OBJECT:
        return put_container(w, value, depth);
    }
    return cn_fail(CN_EINTERNAL, "JSON: a value of kind %d", (int)value->kind);
}

char *cn_json_text(const cn_json *value, int indent)
{
    if (!value)
        return cn_fail_null(CN_EINVAL, "JSON: expected a value, found NULL");
    writer w = {.indent = indent};
    if (put_value(&w, value, 0))
        return w.text;
    cn_mem_free(w.text);
    return NULL;
}
