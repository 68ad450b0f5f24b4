#include "datasets/idx.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/inflate.h"
#include "graph/shape.h"
#include "graph/tensor.h"

/* The most that a gzipped file may hold; and how far deflate can shrink data. */
static const size_t most_bytes = (size_t)1 << 31;
enum { MOST_SHRINKING = 1100 };

static const struct kind {
    unsigned char code;
    cn_dtype dtype;
} kinds[] = {{0x08, CN_UINT8}, {0x09, CN_INT8},    {0x0B, CN_INT16},
             {0x0C, CN_INT32}, {0x0D, CN_FLOAT32}, {0x0E, CN_FLOAT64}};

typedef struct header {
    cn_dtype dtype;
    cn_shape shape;
    size_t length, bytes; /* of the header; of the data */
} header;

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool read_shape(const unsigned char *data, size_t size, header *h, const char *label)
{
    int rank = data[3];
    if (rank < 1 || rank > CN_MAX_RANK || size < 4 + 4 * (size_t)rank)
        return cn_fail(CN_EFORMAT, "%s: a damaged IDX file: %d axes in %zu bytes", label, rank,
                       size);
    h->shape.rank = rank;
    h->length = 4 + 4 * (size_t)rank;
    h->bytes = cn_dtype_size(h->dtype);
    for (int i = 0; i < rank; i++) {
        uint32_t dim = big_endian(data + 4 + 4 * i);
        h->shape.dim[i] = dim;
        if (!cn_size_mul(h->bytes, dim, &h->bytes))
            return cn_fail(CN_EFORMAT, "%s: a damaged IDX file: its sizes are too large", label);
    }
    return true;
}

static bool read_header(const unsigned char *data, size_t size, header *h, const char *label)
{
    *h = (header){.dtype = CN_NO_DTYPE};
    if (size < 4 || data[0] || data[1])
        return cn_fail(CN_EFORMAT, "%s: not an IDX file", label);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].code == data[2])
            h->dtype = kinds[i].dtype;
    if (h->dtype == CN_NO_DTYPE)
        return cn_fail(CN_EFORMAT, "%s: not an IDX file: unknown type %d", label, data[2]);
    if (!read_shape(data, size, h, label))
        return false;
    if (h->bytes != size - h->length)
        return cn_fail(CN_EFORMAT, "%s: a damaged IDX file: %zu bytes of data, expected %zu", label,
                       size - h->length, h->bytes);
    return true;
}

/* Copies items of `width` bytes, turned to this machine's order. */
static void copy_items(unsigned char *to, const unsigned char *from, size_t bytes, size_t width)
{
    const uint16_t one = 1;
    unsigned char little;
    memcpy(&little, &one, 1);
    if (width == 1 || !little) {
        memcpy(to, from, bytes);
        return;
    }
    for (size_t i = 0; i < bytes; i += width)
        for (size_t k = 0; k < width; k++)
            to[i + k] = from[i + width - 1 - k];
}

static cn_tensor *parse_plain(const unsigned char *data, size_t size, const char *label)
{
    header h;
    if (!read_header(data, size, &h, label))
        return NULL;
    cn_buffer *buffer = cn_buffer_new(h.bytes);
    if (!buffer)
        return NULL;
    if (h.bytes)
        copy_items(buffer->data, data + h.length, h.bytes, cn_dtype_size(h.dtype));
    return cn_constant(buffer, h.shape, h.dtype);
}

cn_tensor *cn_idx_parse(const void *data, size_t size, const char *label)
{
    const unsigned char *bytes = data;
    if (size < 2 || bytes[0] != 0x1F || bytes[1] != 0x8B)
        return parse_plain(bytes, size, label);
    size_t limit = size > most_bytes / MOST_SHRINKING ? most_bytes : size * MOST_SHRINKING, length;
    unsigned char *plain = cn_inflate_all(CN_INFLATE_GZIP, data, size, limit, &length);
    if (!plain) {
        cn_error_prefix("%s", label);
        return NULL;
    }
    cn_tensor *tensor = parse_plain(plain, length, label);
    cn_mem_free(plain);
    return tensor;
}

cn_tensor *cn_idx_load(const char *path)
{
    cn_file_view file;
    if (!cn_file_open(&file, path))
        return NULL;
    cn_tensor *tensor = cn_idx_parse(file.data, file.size, path);
    cn_file_close(&file);
    return tensor;
}
