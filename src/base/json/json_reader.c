/* Reading JSON: where it is wrong, and strings with their escapes. */
#include "base/json/json_reader.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"

bool cn_json_wrong(const cn_json_reader *p, const char *what)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < p->at; i++) {
        bool newline = p->text[i] == '\n';
        line += newline;
        column = newline ? 1 : column + ((p->text[i] & 0xC0) != 0x80);
    }
    return cn_fail(CN_EFORMAT, "JSON: line %zu, column %zu: %s", line, column, what);
}

bool cn_json_expected(const cn_json_reader *p, const char *what)
{
    char text[128];
    int found = cn_json_peek(p);
    if (found < 0)
        snprintf(text, sizeof text, "expected %s, found the end of the text", what);
    else if (found > ' ' && found < 0x7F)
        snprintf(text, sizeof text, "expected %s, found '%c'", what, found);
    else
        snprintf(text, sizeof text, "expected %s, found byte 0x%02X", what, (unsigned)found);
    return cn_json_wrong(p, text);
}

/* Four hexadecimal digits. */
static bool parse_hex(cn_json_reader *p, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        int c = cn_json_peek(p);
        const char *digit = c > 0 ? strchr(digits, c) : NULL;
        if (!digit)
            return cn_json_expected(p, "a hexadecimal digit");
        long value = digit - digits;
        *code = *code << 4 | (uint32_t)(value < 16 ? value : value - 6);
    }
    return true;
}

/* What follows "\u"; a surrogate must be followed by its other half. */
static bool parse_unicode(cn_json_reader *p, char **out)
{
    uint32_t code, low;
    cn_json_reader start = *p;
    if (!parse_hex(p, &code))
        return false;
    if (code >= 0xD800 && code < 0xDC00 && p->length - p->at >= 2 && p->text[p->at] == '\\' &&
        p->text[p->at + 1] == 'u') {
        p->at += 2;
        if (!parse_hex(p, &low))
            return false;
        if (low >= 0xDC00 && low < 0xE000)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    size_t bytes = cn_utf8_encode(code, *out);
    *out += bytes;
    return bytes || cn_json_wrong(&start, "half of a surrogate pair");
}

/* What follows a backslash. */
static bool parse_escape(cn_json_reader *p, char **out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = cn_json_peek(p);
    if (c == 'u') {
        p->at++;
        return parse_unicode(p, out);
    }
    const char *name = c > 0 ? strchr(names, c) : NULL;
    if (!name)
        return cn_json_expected(p, "an escape");
    *(*out)++ = values[name - names];
    p->at++;
    return true;
}

/* Copies plain text as far as it goes: up to a quote, a backslash or what may not stand in a
 * string. */
static bool parse_plain(cn_json_reader *p, char **out)
{
    uint32_t code;
    while (p->at < p->length) {
        unsigned char c = (unsigned char)p->text[p->at];
        if (c == '"' || c == '\\')
            return true;
        if (c < ' ')
            return cn_json_wrong(p, "a control character in a string must be escaped");
        size_t bytes = c < 0x80 ? 1 : cn_utf8_decode(p->text + p->at, p->length - p->at, &code);
        if (!bytes)
            return cn_json_wrong(p, "not valid UTF-8");
        memcpy(*out, p->text + p->at, bytes);
        *out += bytes;
        p->at += bytes;
    }
    return cn_json_expected(p, "'\"'");
}

/* The bytes up to the closing quote: decoding never makes more. */
static size_t raw_length(const cn_json_reader *p)
{
    size_t at = p->at;
    while (at < p->length && p->text[at] != '"')
        at += p->text[at] == '\\' && at + 1 < p->length ? 2 : 1;
    return at - p->at;
}

char *cn_json_read_string(cn_json_reader *p, size_t *length)
{
    char *text = cn_mem_alloc(raw_length(p) + 1), *out = text;
    if (!text)
        return NULL;
    bool ok;
    while ((ok = parse_plain(p, &out)) && p->text[p->at++] == '\\')
        if (!(ok = parse_escape(p, &out)))
            break;
    if (!ok) {
        cn_mem_free(text);
        return NULL;
    }
    *out = 0;
    *length = (size_t)(out - text);
    return text;
}
