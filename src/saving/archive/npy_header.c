/* The header of .npy: a Python literal, read strictly. */
#include "saving/archive/npy_format.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"

static const struct {
    char name[3];
    unsigned char size;
} types[] = {
    [CN_NPY_BOOL] = {"b1", 1},    [CN_NPY_INT8] = {"i1", 1},    [CN_NPY_INT16] = {"i2", 2},
    [CN_NPY_INT32] = {"i4", 4},   [CN_NPY_INT64] = {"i8", 8},   [CN_NPY_UINT8] = {"u1", 1},
    [CN_NPY_UINT16] = {"u2", 2},  [CN_NPY_UINT32] = {"u4", 4},  [CN_NPY_UINT64] = {"u8", 8},
    [CN_NPY_FLOAT16] = {"f2", 2}, [CN_NPY_FLOAT32] = {"f4", 4}, [CN_NPY_FLOAT64] = {"f8", 8},
};

size_t cn_npy_item_size(cn_npy_type type)
{
    return type < CN_NPY_TEXT ? types[type].size : 0;
}

const char *cn_npy_type_name(cn_npy_type type)
{
    return type < CN_NPY_TEXT ? types[type].name : NULL;
}

bool cn_npy_count(const int64_t *shape, int rank, size_t item_size, size_t *count)
{
    const uint64_t most = SIZE_MAX / 2;
    uint64_t product = item_size ? item_size : 1;
    bool empty = false;
    *count = 1;
    for (int i = 0; i < rank; i++) {
        uint64_t axis = shape[i] > 0 ? (uint64_t)shape[i] : 1;
        if (shape[i] < 0 || product > most / axis)
            return false;
        product *= axis;
        *count *= (size_t)axis;
        empty = empty || !shape[i];
    }
    if (empty)
        *count = 0;
    return true;
}

typedef struct scanner {
    const char *at, *end;
    const char *label;
} scanner;

static bool wrong(const scanner *s, const char *expected)
{
    return cn_fail(CN_EFORMAT, "npy '%s': header: expected %s, found %s%.*s%s", s->label, expected,
                   s->at < s->end ? "'" : "the end", s->at < s->end, s->at,
                   s->at < s->end ? "'" : "");
}

static void skip_space(scanner *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n'))
        s->at++;
}

/* Passes a character where it is the next one. */
static bool take(scanner *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool take_word(scanner *s, const char *word)
{
    size_t length = strlen(word);
    skip_space(s);
    if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length))
        return false;
    s->at += length;
    return true;
}

/* A string in either kind of quotes, without escapes. */
static bool read_string(scanner *s, char *out, size_t room)
{
    char quote = take(s, '\'') ? '\'' : take(s, '"') ? '"' : 0;
    if (!quote)
        return wrong(s, "a string");
    for (; s->at < s->end && *s->at != quote; s->at++) {
        if (room < 2 || *s->at == '\\' || *s->at < ' ')
            return wrong(s, "a plain short string");
        *out++ = *s->at;
        room--;
    }
    *out = 0;
    return take(s, quote) || wrong(s, "a quote");
}

/* A number from 0 on; Python 2 wrote an L behind some. */
static bool read_axis(scanner *s, int64_t *axis)
{
    int64_t value = 0;
    skip_space(s);
    if (s->at == s->end || *s->at < '0' || *s->at > '9')
        return wrong(s, "a number");
    for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
        int digit = *s->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return wrong(s, "a smaller number");
        value = value * 10 + digit;
    }
    take(s, 'L');
    *axis = value;
    return true;
}

static bool read_shape(scanner *s, cn_npy_header *h)
{
    if (!take(s, '('))
        return wrong(s, "'('");
    for (h->rank = 0; !take(s, ')'); h->rank++) {
        if (h->rank == CN_NPY_RANK)
            return cn_fail(CN_EUNSUPPORTED, "not supported: npy '%s': more than %d axes", s->label,
                           CN_NPY_RANK);
        if (!read_axis(s, &h->shape[h->rank]))
            return false;
        if (take(s, ','))
            continue;
        h->rank++;
        if (h->rank == 1 || !take(s, ')')) /* (3) is a number, not a tuple */
            return wrong(s, "','");
        break;
    }
    return true;
}

/* "U12": text of 12 characters. */
static bool read_text_type(scanner *s, const char *name, cn_npy_header *h)
{
    h->type = CN_NPY_TEXT;
    h->wide = *name == 'U';
    scanner digits = {name + 1, name + strlen(name), s->label};
    int64_t length;
    if (!read_axis(&digits, &length))
        return false;
    if (digits.at != digits.end || length > INT32_MAX / 4)
        return cn_fail(CN_EFORMAT, "npy '%s': header: dtype '%s' is malformed", s->label, name);
    h->item_size = (size_t)length * (h->wide ? 4 : 1);
    return true;
}

static bool native_is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return !first;
}

/* "<f4", "|b1", ">U12". */
static bool read_type(scanner *s, cn_npy_header *h)
{
    char text[32];
    skip_space(s);
    if (s->at < s->end && *s->at == '[')
        return cn_fail(CN_EUNSUPPORTED, "not supported: npy '%s': records", s->label);
    if (!read_string(s, text, sizeof text))
        return false;
    const char *name = text + (*text && strchr("<>|=", *text));
    h->big_endian = *text == '>' || (*text != '<' && native_is_big_endian());
    if (*name == 'U' || *name == 'S')
        return read_text_type(s, name, h);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name))
            continue;
        h->type = (cn_npy_type)i;
        h->item_size = types[i].size;
        if (types[i].size > 1 && name > text && *text == '|')
            break;
        return true;
    }
    return cn_fail(CN_EUNSUPPORTED, "not supported: npy '%s': dtype '%s'", s->label, text);
}

static bool read_order(scanner *s, cn_npy_header *h)
{
    h->fortran_order = take_word(s, "True");
    return h->fortran_order || take_word(s, "False") || wrong(s, "True or False");
}

static bool read_entry(scanner *s, cn_npy_header *h, unsigned *seen)
{
    static const struct {
        const char *name;
        bool (*read)(scanner *s, cn_npy_header *h);
    } entries[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
    char name[32];
    if (!read_string(s, name, sizeof name))
        return false;
    if (!take(s, ':'))
        return wrong(s, "':'");
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(entries[i].name, name) || *seen & 1u << i)
            continue;
        *seen |= 1u << i;
        return entries[i].read(s, h);
    }
    return cn_fail(CN_EFORMAT, "npy '%s': header: '%s' is unknown or repeated", s->label, name);
}

bool cn_npy_parse_header(cn_npy_header *header, const char *text, size_t length, const char *label)
{
    scanner s = {text, text + length, label};
    unsigned seen = 0;
    *header = (cn_npy_header){0};
    if (!take(&s, '{'))
        return wrong(&s, "'{'");
    while (!take(&s, '}')) {
        if (!read_entry(&s, header, &seen))
            return false;
        if (take(&s, ','))
            continue;
        if (!take(&s, '}'))
            return wrong(&s, "',' or '}'");
        break;
    }
    skip_space(&s);
    if (s.at != s.end)
        return wrong(&s, "the end");
    return seen == 7 ||
           cn_fail(CN_EFORMAT, "npy '%s': header: expected descr, fortran_order and shape", label);
}
