/* Text values: fixed width, variable length through the file's global heap, or made by hand. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "saving/hdf5/read.h"

enum { OBJECT_HEAD = 8 }; /* index, reference count, four bytes; a size follows */

cn_h5_texts cn_h5_texts_begin(const cn_h5_value *value)
{
    const cn_h5_source *s = value->node->source;
    uint64_t size = s ? s->size : value->size;
    return (cn_h5_texts){.value = value, .collection = CN_H5_NOWHERE, .steps = size, .bytes = size};
}

/* Looks at one object of the collection that ends at `end`; moves `t->object` behind it. */
static bool step(cn_h5_texts *t, uint64_t end, uint64_t index, cn_h5_cursor *found)
{
    const cn_h5_source *s = t->value->node->source;
    uint64_t head = OBJECT_HEAD + s->length_size;
    cn_h5_cursor c = cn_h5_peek(s, t->object, end - t->object);
    uint64_t id = cn_h5_take(&c, 2);
    cn_h5_take_bytes(&c, OBJECT_HEAD - 2);
    uint64_t size = cn_h5_take_length(&c, s);
    *found = cn_h5_take_part(&c, size);
    if (!id || !found->ok) {
        t->object = end; /* free space, or nonsense: nothing follows */
        return false;
    }
    uint64_t whole = head + (size + 7) / 8 * 8;
    t->object = whole < end - t->object ? t->object + whole : end;
    return id == index;
}

/* From where the last search ended to the end, then from the start. */
static bool search(cn_h5_texts *t, uint64_t first, uint64_t end, uint64_t index,
                   cn_h5_cursor *found)
{
    for (int round = 0; round < 2; round++) {
        while (t->object < end) {
            if (!t->steps--)
                return cn_h5_bad_value(t->value, CN_EFORMAT,
                                       "its strings lie in disorder in the global heap");
            if (step(t, end, index, found))
                return true;
        }
        t->object = first;
        if (!t->steps--)
            break;
    }
    return cn_h5_bad_value(t->value, CN_EFORMAT, "expected object %llu in the global heap at %llu",
                           (unsigned long long)index, (unsigned long long)t->collection);
}

static bool find_object(cn_h5_texts *t, uint64_t address, uint64_t index, cn_h5_cursor *found)
{
    const cn_h5_source *s = t->value->node->source;
    cn_h5_cursor c = cn_h5_peek(s, address, 8 + s->length_size);
    bool sound = cn_h5_take_signature(&c, "GCOL") && cn_h5_take(&c, 1) == 1;
    cn_h5_take_bytes(&c, 3);
    uint64_t size = cn_h5_take_length(&c, s);
    sound = sound && c.ok && size >= 8 + s->length_size && cn_h5_peek(s, address, size).ok;
    if (!sound)
        return cn_h5_bad_value(t->value, CN_EFORMAT, "the global heap at %llu is damaged",
                               (unsigned long long)address);
    uint64_t first = address + 8 + s->length_size;
    if (t->collection != address)
        t->object = first;
    t->collection = address;
    return search(t, first, address + size, index, found);
}

static bool variable(cn_h5_texts *t, const unsigned char *element, const unsigned char **text,
                     size_t *length)
{
    const cn_h5_source *s = t->value->node->source;
    cn_h5_cursor c = {element, element + t->value->width, true}, found;
    uint64_t size = cn_h5_take(&c, 4), address = cn_h5_take_address(&c, s),
             index = cn_h5_take(&c, 4);
    *text = element;
    *length = 0;
    if (!size || !address || address == CN_H5_NOWHERE)
        return true;
    if (!find_object(t, address, index, &found))
        return false;
    if (size > cn_h5_left(&found))
        return cn_h5_bad_value(t->value, CN_EFORMAT, "expected a string of %llu bytes, found %zu",
                               (unsigned long long)size, cn_h5_left(&found));
    *text = found.at;
    *length = (size_t)size;
    while (*length && !found.at[*length - 1])
        --*length;
    return true;
}

static void fixed(const cn_h5_value *value, const unsigned char *element,
                  const unsigned char **text, size_t *length)
{
    enum { ENDS_AT_NUL = 0, SPACES = 2 };
    const unsigned char *nul = memchr(element, 0, value->width);
    *text = element;
    *length = value->padding == ENDS_AT_NUL && nul ? (size_t)(nul - element) : value->width;
    while (*length && element[*length - 1] == (value->padding == SPACES ? ' ' : 0))
        --*length;
}

bool cn_h5_texts_next(cn_h5_texts *t, const unsigned char **text, size_t *length)
{
    const cn_h5_value *value = t->value;
    const unsigned char *element = value->data + t->next++ * value->width;
    if (value->kind == CN_H5_STRING) {
        fixed(value, element, text, length);
    } else if (value->owned) { /* made by hand: one behind the other */
        *text = t->at ? t->at : value->owned;
        *length = strlen((const char *)*text);
        t->at = *text + *length + 1;
    } else if (!variable(t, element, text, length)) {
        return false;
    }
    if (*length > t->bytes)
        return cn_h5_bad_value(value, CN_EFORMAT, "its strings are longer than the file");
    t->bytes -= *length;
    return true;
}

void cn_h5_strings_free(cn_h5_strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        cn_mem_free(strings->items[i]);
    cn_mem_free(strings->items);
    *strings = (cn_h5_strings){0};
}

static bool is_text(const cn_h5_value *value)
{
    return value->kind == CN_H5_STRING || value->kind == CN_H5_TEXT;
}

/* Appends to `out`, which the caller frees on failure. */
static bool append(const cn_h5_value *value, cn_h5_strings *out)
{
    if (!cn_h5_readable(value))
        return false;
    if (!value->count)
        return true;
    if (!is_text(value))
        return cn_h5_bad_value(value, CN_EFORMAT, "expected text, found %s",
                               cn_h5_kind_name(value->kind));
    char **items = cn_mem_realloc(out->items, out->count + value->count, sizeof *items);
    if (!items)
        return false;
    out->items = items;
    cn_h5_texts texts = cn_h5_texts_begin(value);
    for (size_t i = 0; i < value->count; i++) {
        const unsigned char *text;
        size_t length;
        if (!cn_h5_texts_next(&texts, &text, &length))
            return false;
        char *copy = cn_mem_strndup((const char *)text, length);
        if (!copy)
            return false;
        out->items[out->count++] = copy;
    }
    return true;
}

bool cn_h5_strings_read(const cn_h5_value *value, cn_h5_strings *out)
{
    *out = (cn_h5_strings){0};
    if (append(value, out))
        return true;
    cn_h5_strings_free(out);
    return false;
}

char *cn_h5_text(const cn_h5_value *value)
{
    const unsigned char *text;
    size_t length;
    if (!cn_h5_readable(value))
        return NULL;
    if (!is_text(value) || !value->count) {
        cn_h5_bad_value(value, CN_EFORMAT, "expected text, found %s%s", value->count ? "" : "no ",
                        cn_h5_kind_name(value->kind));
        return NULL;
    }
    cn_h5_texts texts = cn_h5_texts_begin(value);
    if (!cn_h5_texts_next(&texts, &text, &length))
        return NULL;
    return cn_mem_strndup((const char *)text, length);
}

bool cn_h5_names(const cn_h5_node *node, const char *name, cn_h5_strings *out)
{
    *out = (cn_h5_strings){0};
    if (!node)
        return false;
    const cn_h5_value *whole = cn_h5_attribute_find(node, name);
    if (whole)
        return cn_h5_strings_read(whole, out);
    for (size_t i = 0;; i++) {
        char *part = cn_mem_printf("%s%zu", name, i);
        const cn_h5_value *value = part ? cn_h5_attribute_find(node, part) : NULL;
        cn_mem_free(part);
        if (part && !value && i)
            return true;
        if (part && !value)
            return cn_h5_bad(node, "expected an attribute '%s'", name);
        if (!part || !append(value, out)) {
            cn_h5_strings_free(out);
            return false;
        }
    }
}
