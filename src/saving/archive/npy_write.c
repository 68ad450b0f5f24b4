#include "saving/archive/npy.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "saving/archive/npy_format.h"

/* Characters of the longest text, at least 1 as NumPy has it; 0 when one is not UTF-8. */
static size_t longest_text(const cn_npy *array, size_t count)
{
    size_t longest = 1;
    for (size_t n = 0; n < count; n++) {
        const char *text = array->strings[n];
        size_t left = text ? strlen(text) : 0, characters = 0;
        while (left) {
            uint32_t code;
            size_t bytes = cn_utf8_decode(text, left, &code);
            if (!bytes)
                return 0;
            text += bytes;
            left -= bytes;
            characters++;
        }
        longest = characters > longest ? characters : longest;
    }
    return longest;
}

static const char *byte_order(size_t item_size)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return item_size == 1 ? "|" : first ? "<" : ">";
}

/* The header, padded with blanks so that the data starts at a multiple of 64 bytes. */
static bool write_header(const cn_npy *array, size_t width, cn_npy_sink sink, void *context)
{
    enum { ROOM = 512 };
    char header[ROOM + 64], type[24];
    const char *name = cn_npy_type_name(array->type);
    if (name)
        snprintf(type, sizeof type, "%s%s", byte_order(cn_npy_item_size(array->type)), name);
    else
        snprintf(type, sizeof type, "<U%zu", width);
    int length = 10 + snprintf(header + 10, ROOM - 10,
                               "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
    for (int i = 0; i < array->rank; i++)
        length += snprintf(header + length, (size_t)(ROOM - length), "%s%lld%s", i ? " " : "",
                           (long long)array->shape[i],
                           i + 1 < array->rank || array->rank == 1 ? "," : "");
    length += snprintf(header + length, (size_t)(ROOM - length), "), }");
    while ((length + 1) % 64)
        header[length++] = ' ';
    header[length++] = '\n';
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    cn_put16((unsigned char *)header + 8, (uint64_t)length - 10);
    return sink(context, header, (size_t)length);
}

/* Texts as 4 bytes a character, little-endian, filled up with zeros to `width`. */
static bool write_texts(const cn_npy *array, size_t count, size_t width, cn_npy_sink sink,
                        void *context)
{
    unsigned char *item = cn_mem_calloc(width, 4);
    bool ok = item != NULL;
    for (size_t n = 0; ok && n < count; n++) {
        const char *text = array->strings[n] ? array->strings[n] : "";
        size_t left = strlen(text);
        unsigned char *at = item;
        memset(item, 0, width * 4);
        while (left) {
            uint32_t code = 0;
            size_t bytes = cn_utf8_decode(text, left, &code);
            at = cn_put32(at, code);
            text += bytes;
            left -= bytes;
        }
        ok = sink(context, item, width * 4);
    }
    cn_mem_free(item);
    return ok;
}

bool cn_npy_write(const cn_npy *array, cn_npy_sink sink, void *context)
{
    if (!array)
        return cn_fail(CN_EINVAL, "npy: expected an array, found NULL");
    if (array->rank < 0 || array->rank > CN_NPY_RANK || array->type > CN_NPY_TEXT)
        return cn_fail(CN_EINVAL, "npy: expected at most %d axes and a known dtype, found %d, %d",
                       CN_NPY_RANK, array->rank, (int)array->type);
    bool text = array->type == CN_NPY_TEXT;
    size_t item = text ? sizeof(char *) : cn_npy_item_size(array->type), count, width = 0;
    if (!cn_npy_count(array->shape, array->rank, item, &count))
        return cn_fail(CN_EINVAL, "npy: expected a shape of axes from 0 on that fits in memory");
    if (count && !(text ? (const void *)array->strings : array->data))
        return cn_fail(CN_EINVAL, "npy: expected %zu elements, found NULL", count);
    if (text && !(width = longest_text(array, count)))
        return cn_fail(CN_EINVAL, "npy: expected text in UTF-8, found other bytes");
    if (!write_header(array, width, sink, context))
        return false;
    if (text)
        return write_texts(array, count, width, sink, context);
    return !count || sink(context, array->data, count * item);
}

static bool to_file(void *writer, const void *data, size_t size)
{
    return cn_file_write(writer, data, size);
}

bool cn_npy_save(const char *path, const cn_npy *array)
{
    cn_file_writer *writer = cn_file_begin(path);
    if (writer && cn_npy_write(array, to_file, writer))
        return cn_file_end(writer);
    cn_file_abort(writer);
    return false;
}
