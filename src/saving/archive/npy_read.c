#include "saving/archive/npy.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "saving/archive/npy_format.h"

/* Text of no length takes no bytes in the file, so the file's size does not bound it. */
enum { MOST_EMPTY_TEXTS = 1 << 16 };

/* Copies elements from Fortran's order (first axis fastest) to C's, taking `item` bytes each. */
static void turn(const cn_npy_header *h, const unsigned char *from, unsigned char *to, size_t count)
{
    size_t stride[CN_NPY_RANK], place = 0, item = h->item_size;
    int64_t index[CN_NPY_RANK] = {0};
    size_t step = 1;
    for (int i = 0; i < h->rank; i++) {
        stride[i] = step;
        step *= (size_t)h->shape[i];
    }
    for (size_t n = 0; n < count; n++) {
        memcpy(to + n * item, from + place * item, item);
        for (int i = h->rank - 1; i >= 0; i--) {
            place += stride[i];
            if (++index[i] < h->shape[i])
                break;
            place -= stride[i] * (size_t)h->shape[i];
            index[i] = 0;
        }
    }
}

static void swap_bytes(unsigned char *data, size_t count, size_t size)
{
    for (size_t n = 0; n < count; n++, data += size)
        for (size_t i = 0; i < size / 2; i++) {
            unsigned char byte = data[i];
            data[i] = data[size - 1 - i];
            data[size - 1 - i] = byte;
        }
}

static bool is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return !first;
}

static bool fill_numbers(cn_npy *array, const cn_npy_header *h, const unsigned char *data)
{
    size_t bytes = array->count * h->item_size;
    unsigned char *out = array->data = cn_mem_alloc_aligned(bytes);
    if (!out)
        return false;
    if (h->fortran_order && h->rank > 1)
        turn(h, data, out, array->count);
    else if (bytes)
        memcpy(out, data, bytes);
    if (h->big_endian != is_big_endian())
        swap_bytes(out, array->count, h->item_size);
    for (size_t i = 0; h->type == CN_NPY_BOOL && i < bytes; i++)
        out[i] = out[i] != 0; /* any other value would be undefined as a C bool */
    return true;
}

static uint32_t code_at(const cn_npy_header *h, const unsigned char *at)
{
    if (!h->big_endian)
        return cn_get32(at);
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* One element as UTF-8, its padding left out. Writes at most item_size + 1 bytes; NULL when it is
 * no text. */
static char *put_text(const cn_npy_header *h, const unsigned char *item, char *out)
{
    size_t length = h->item_size;
    if (!h->wide) {
        while (length && !item[length - 1])
            length--;
        if (memchr(item, 0, length) || cn_utf8_valid((const char *)item, length) != length)
            return NULL;
        memcpy(out, item, length);
        out += length;
    } else {
        while (length && !cn_get32(item + length - 4))
            length -= 4;
        for (size_t i = 0; i < length; i += 4) {
            uint32_t code = code_at(h, item + i);
            size_t bytes = code ? cn_utf8_encode(code, out) : 0;
            if (!bytes)
                return NULL;
            out += bytes;
        }
    }
    *out++ = 0;
    return out;
}

/* The texts stand one behind the other in `data`; `strings` points to them. */
static bool fill_texts(cn_npy *array, const cn_npy_header *h, const unsigned char *data,
                       const char *label)
{
    unsigned char *turned = NULL;
    size_t count = array->count, bytes;
    if (!h->item_size && count > MOST_EMPTY_TEXTS)
        return cn_fail(CN_EFORMAT, "npy '%s': %zu texts of length 0", label, count);
    if (!cn_size_mul(count, h->item_size + 1, &bytes))
        return cn_fail(CN_ENOMEM, "npy '%s': %zu texts do not fit in memory", label, count);
    array->data = cn_mem_alloc_aligned(bytes);
    array->strings = array->data ? cn_mem_calloc(count, sizeof *array->strings) : NULL;
    if (!array->strings)
        return false;
    if (h->fortran_order && h->rank > 1) {
        turned = cn_mem_alloc(count * h->item_size);
        if (!turned)
            return false;
        turn(h, data, turned, count);
        data = turned;
    }
    char *out = array->data;
    for (size_t i = 0; out && i < count; i++) {
        array->strings[i] = out;
        out = put_text(h, data + i * h->item_size, out);
    }
    cn_mem_free(turned);
    return out || cn_fail(CN_EFORMAT, "npy '%s': an element is no Unicode text", label);
}

/* The offset of the data behind the header, which is parsed. */
static bool read_header(cn_npy_header *h, const unsigned char *data, size_t size, const char *label,
                        size_t *offset)
{
    if (size < 10 || memcmp(data, "\x93NUMPY", 6))
        return cn_fail(CN_EFORMAT, "npy '%s': not an array file, or cut short", label);
    int version = data[6];
    if (version < 1 || version > 3 || data[7])
        return cn_fail(CN_EUNSUPPORTED, "not supported: npy '%s': version %d.%d", label, version,
                       data[7]);
    size_t start = version == 1 ? 10 : 12;
    if (size < start)
        return cn_fail(CN_EFORMAT, "npy '%s': cut short", label);
    size_t length = version == 1 ? cn_get16(data + 8) : cn_get32(data + 8);
    if (length > size - start)
        return cn_fail(CN_EFORMAT, "npy '%s': cut short", label);
    *offset = start + length;
    return cn_npy_parse_header(h, (const char *)data + start, length, label);
}

static bool fill(cn_npy *array, const unsigned char *data, size_t size, const char *label)
{
    cn_npy_header h = {0};
    size_t offset = 0;
    if (!read_header(&h, data, size, label, &offset))
        return false;
    array->type = h.type;
    array->rank = h.rank;
    memcpy(array->shape, h.shape, sizeof h.shape);
    if (!cn_npy_count(h.shape, h.rank, h.item_size, &array->count))
        return cn_fail(CN_EFORMAT, "npy '%s': its shape is larger than memory", label);
    if (size - offset != array->count * h.item_size)
        return cn_fail(CN_EFORMAT, "npy '%s': expected %zu bytes of data, found %zu", label,
                       array->count * h.item_size, size - offset);
    if (h.type == CN_NPY_TEXT)
        return fill_texts(array, &h, data + offset, label);
    return fill_numbers(array, &h, data + offset);
}

cn_npy *cn_npy_parse(const void *data, size_t size, const char *label)
{
    if (!data)
        return cn_fail_null(CN_EINVAL, "npy: expected data, found NULL");
    cn_npy *array = cn_mem_calloc(1, sizeof *array);
    if (!array)
        return NULL;
    if (fill(array, data, size, label ? label : "memory"))
        return array;
    cn_npy_free(array);
    return NULL;
}

cn_npy *cn_npy_load(const char *path)
{
    cn_file_view view;
    if (!cn_file_open(&view, path))
        return NULL;
    cn_npy *array = cn_npy_parse(view.data, view.size, path);
    cn_file_close(&view);
    return array;
}

void cn_npy_free(cn_npy *array)
{
    if (!array)
        return;
    cn_mem_free_aligned(array->data);
    cn_mem_free(array->strings);
    cn_mem_free(array);
}
