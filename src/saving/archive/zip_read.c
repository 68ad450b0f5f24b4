/* Reading archives: the end record leads to the directory, each of whose entries leads to a member.
 * The directory's word counts; what the local headers repeat must agree with it. */
#include "saving/archive/zip.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "base/error.h"
#include "base/file.h"
#include "base/inflate.h"
#include "saving/archive/zip_format.h"

/* Deflate makes at most 1032 bytes of one; whoever announces more lies. */
static const uint64_t best_ratio = 1032;
/* What the deflated members of one archive may come to. Keras stores all its members. */
static const uint64_t inflated_limit = (uint64_t)4 << 30;

typedef struct member {
    char *name;
    uint64_t header, data; /* offsets of the local header and of the bytes behind it */
    uint64_t packed, size; /* as they are in the file, as they are read */
    uint32_t crc;
    unsigned method, flags;
    bool checked;
    unsigned char *inflated;
} member;

struct cn_zip {
    cn_file_view view;
    const unsigned char *data;
    uint64_t size;
    char *label;
    member *members;
    member **by_name;
    size_t count;
    uint64_t inflated; /* bytes held by members */
};

typedef struct directory {
    uint64_t offset, size, count;
} directory;

static bool damaged(const cn_zip *zip, const char *what)
{
    return cn_fail(CN_EFORMAT, "zip '%s': %s", zip->label, what);
}

static bool bad_member(const cn_zip *zip, const member *m, const char *what)
{
    return cn_fail(CN_EFORMAT, "zip '%s': member '%s': %s", zip->label, m->name, what);
}

/* Whether [offset, offset + size) lies below `limit`. */
static bool within(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

/* The end record's offset; its comment must reach the end of the file. */
static bool find_end(const cn_zip *zip, uint64_t *end)
{
    uint64_t most = CN_ZIP_END + CN_ZIP_LONGEST_COMMENT;
    uint64_t lowest = zip->size > most ? zip->size - most : 0;
    for (uint64_t at = zip->size; at >= lowest + CN_ZIP_END; at--) {
        const unsigned char *record = zip->data + at - CN_ZIP_END;
        if (cn_get32(record) != CN_ZIP_END_SIGN || cn_get16(record + 20) != zip->size - at)
            continue;
        *end = at - CN_ZIP_END;
        return true;
    }
    return damaged(zip, "not a zip archive (no end record), or cut short");
}

/* The zip64 end record, which a locator before the end record tells of. */
static bool read_end64(const cn_zip *zip, uint64_t locator, directory *d)
{
    const unsigned char *record = zip->data + locator;
    uint64_t at = cn_get64(record + 8);
    if (!within(at, CN_ZIP_END64, locator) || cn_get32(zip->data + at) != CN_ZIP_END64_SIGN)
        return damaged(zip, "the zip64 end record is not where it should be");
    if (cn_get32(record + 4) || cn_get32(zip->data + at + 16) || cn_get32(zip->data + at + 20))
        return damaged(zip, "parts of an archive on several disks");
    *d = (directory){.count = cn_get64(zip->data + at + 32),
                     .size = cn_get64(zip->data + at + 40),
                     .offset = cn_get64(zip->data + at + 48)};
    return within(d->offset, d->size, at) || damaged(zip, "the directory lies outside the file");
}

static bool find_directory(const cn_zip *zip, directory *d)
{
    uint64_t end = 0;
    if (!find_end(zip, &end))
        return false;
    const unsigned char *record = zip->data + end;
    if (end >= CN_ZIP_LOCATOR && cn_get32(record - CN_ZIP_LOCATOR) == CN_ZIP_LOCATOR_SIGN)
        return read_end64(zip, end - CN_ZIP_LOCATOR, d);
    if (cn_get16(record + 4) || cn_get16(record + 6) ||
        cn_get16(record + 8) != cn_get16(record + 10))
        return damaged(zip, "parts of an archive on several disks");
    *d = (directory){.count = cn_get16(record + 10),
                     .size = cn_get32(record + 12),
                     .offset = cn_get32(record + 16)};
    return within(d->offset, d->size, end) || damaged(zip, "the directory lies outside the file");
}

/* Takes one 64-bit field where the short one says that it does not fit. */
static bool widen(uint64_t *value, const unsigned char **at, const unsigned char *end)
{
    if (*value != 0xFFFFFFFFu)
        return true;
    if (end - *at < 8)
        return false;
    *value = cn_get64(*at);
    *at += 8;
    return true;
}

/* Looks through extra fields for zip64's. False when they are malformed or it lacks a field. */
static bool read_extra(member *m, const unsigned char *at, size_t length)
{
    const unsigned char *end = at + length;
    while (end - at >= 4) {
        size_t size = cn_get16(at + 2);
        if ((size_t)(end - at) - 4 < size)
            return false;
        if (cn_get16(at) == CN_ZIP_EXTRA_ZIP64) {
            const unsigned char *field = at + 4, *last = field + size;
            return widen(&m->size, &field, last) && widen(&m->packed, &field, last) &&
                   widen(&m->header, &field, last);
        }
        at += 4 + size;
    }
    return m->size != 0xFFFFFFFFu && m->packed != 0xFFFFFFFFu && m->header != 0xFFFFFFFFu;
}

/* Reads an entry of the directory and passes it. */
static bool read_entry(const cn_zip *zip, member *m, uint64_t *at, uint64_t end)
{
    const unsigned char *entry = zip->data + *at;
    if (!within(*at, CN_ZIP_CENTRAL, end) || cn_get32(entry) != CN_ZIP_CENTRAL_SIGN)
        return damaged(zip, "the directory is damaged or cut short");
    size_t name = cn_get16(entry + 28), extra = cn_get16(entry + 30),
           comment = cn_get16(entry + 32);
    const char *text = (const char *)entry + CN_ZIP_CENTRAL;
    if (!within(*at + CN_ZIP_CENTRAL, name + extra + comment, end))
        return damaged(zip, "the directory is damaged or cut short");
    const char *fault = cn_zip_name_fault(text, name);
    if (fault)
        return cn_fail(CN_EFORMAT, "zip '%s': the name of a member is refused: %s", zip->label,
                       fault);
    m->name = cn_mem_strndup(text, name);
    if (!m->name)
        return false;
    m->flags = cn_get16(entry + 8);
    m->method = cn_get16(entry + 10);
    m->crc = cn_get32(entry + 16);
    m->packed = cn_get32(entry + 20);
    m->size = cn_get32(entry + 24);
    m->header = cn_get32(entry + 42);
    if (!read_extra(m, entry + CN_ZIP_CENTRAL + name, extra))
        return bad_member(zip, m, "its zip64 field is damaged");
    *at += CN_ZIP_CENTRAL + name + extra + comment;
    return true;
}

/* Finds a member's bytes behind its local header, which must tell the same story. */
static bool locate(const cn_zip *zip, member *m, uint64_t limit)
{
    if (!within(m->header, CN_ZIP_LOCAL, limit))
        return bad_member(zip, m, "it lies outside the file");
    const unsigned char *local = zip->data + m->header;
    size_t name = cn_get16(local + 26), extra = cn_get16(local + 28);
    m->data = m->header + CN_ZIP_LOCAL + name + extra;
    if (cn_get32(local) != CN_ZIP_LOCAL_SIGN || !within(m->data, m->packed, limit))
        return bad_member(zip, m, "it lies outside the file");
    bool same = name == strlen(m->name) && !memcmp(local + CN_ZIP_LOCAL, m->name, name) &&
                cn_get16(local + 8) == m->method;
    if (same && !(m->flags & CN_ZIP_DESCRIPTOR)) {
        uint32_t packed = cn_get32(local + 18), size = cn_get32(local + 22);
        same = cn_get32(local + 14) == m->crc && (packed == m->packed || packed == 0xFFFFFFFFu) &&
               (size == m->size || size == 0xFFFFFFFFu);
    }
    if (!same)
        return bad_member(zip, m, "its header contradicts the directory");
    if (m->method == CN_ZIP_STORED && m->packed != m->size && !(m->flags & CN_ZIP_ENCRYPTED))
        return bad_member(zip, m, "it is stored in another size than its own");
    if (m->method == CN_ZIP_DEFLATED && m->size / best_ratio > m->packed)
        return bad_member(zip, m, "it announces more than deflated data can hold");
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(member *const *)a)->name, (*(member *const *)b)->name);
}

static int compare_places(const void *a, const void *b)
{
    uint64_t x = (*(member *const *)a)->header, y = (*(member *const *)b)->header;
    return (x > y) - (x < y);
}

/* Bytes that serve two members are how small archives unpack to huge ones. */
static bool check_overlap(const cn_zip *zip)
{
    qsort(zip->by_name, zip->count, sizeof *zip->by_name, compare_places);
    for (size_t i = 1; i < zip->count; i++) {
        const member *before = zip->by_name[i - 1], *m = zip->by_name[i];
        if (m->header < before->data + before->packed)
            return bad_member(zip, m, "it overlaps another member");
    }
    return true;
}

static bool sort_names(const cn_zip *zip)
{
    qsort(zip->by_name, zip->count, sizeof *zip->by_name, compare_names);
    for (size_t i = 1; i < zip->count; i++)
        if (!strcmp(zip->by_name[i - 1]->name, zip->by_name[i]->name))
            return bad_member(zip, zip->by_name[i], "there are two of this name");
    return true;
}

static bool read_directory(cn_zip *zip)
{
    directory d = {0};
    if (!find_directory(zip, &d))
        return false;
    if (d.count > d.size / CN_ZIP_CENTRAL)
        return damaged(zip, "the directory is too small for its entries");
    size_t count = (size_t)d.count;
    zip->members = cn_mem_calloc(count, sizeof *zip->members);
    zip->by_name = zip->members ? cn_mem_calloc(count, sizeof *zip->by_name) : NULL;
    if (!zip->by_name)
        return false;
    uint64_t at = d.offset, end = d.offset + d.size;
    for (size_t i = 0; i < count; i++) {
        member *m = zip->by_name[i] = &zip->members[i];
        zip->count = i + 1;
        if (!read_entry(zip, m, &at, end) || !locate(zip, m, d.offset))
            return false;
    }
    return check_overlap(zip) && sort_names(zip);
}

/* Takes `view` and fills it in, or fails and frees everything. */
static cn_zip *open_view(cn_file_view view, const void *data, size_t size, const char *label)
{
    cn_zip *zip = cn_mem_calloc(1, sizeof *zip);
    if (!zip) {
        cn_file_close(&view);
        return NULL;
    }
    zip->view = view;
    zip->data = data;
    zip->size = size;
    zip->label = cn_mem_strdup(label);
    if (zip->label && read_directory(zip))
        return zip;
    cn_zip_close(zip);
    return NULL;
}

cn_zip *cn_zip_open(const char *path)
{
    cn_file_view view;
    if (!cn_file_open(&view, path))
        return NULL;
    return open_view(view, view.data, view.size, path);
}

cn_zip *cn_zip_open_memory(const void *data, size_t size, const char *label)
{
    if (!data && size)
        return cn_fail_null(CN_EINVAL, "zip: expected data, found NULL");
    return open_view((cn_file_view){0}, data, size, label ? label : "memory");
}

void cn_zip_close(cn_zip *zip)
{
    if (!zip)
        return;
    for (size_t i = 0; i < zip->count; i++) {
        cn_mem_free(zip->members[i].name);
        cn_mem_free(zip->members[i].inflated);
    }
    cn_mem_free(zip->members);
    cn_mem_free(zip->by_name);
    cn_mem_free(zip->label);
    cn_file_close(&zip->view);
    cn_mem_free(zip);
}

size_t cn_zip_count(const cn_zip *zip)
{
    return zip ? zip->count : 0;
}

const char *cn_zip_name(const cn_zip *zip, size_t i)
{
    return zip && i < zip->count ? zip->members[i].name : NULL;
}

static member *find(const cn_zip *zip, const char *name)
{
    size_t low = 0, high = zip && name ? zip->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(zip->by_name[middle]->name, name);
        if (!order)
            return zip->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool cn_zip_has(const cn_zip *zip, const char *name)
{
    return find(zip, name) != NULL;
}

static bool inflate_member(cn_zip *zip, member *m)
{
    if (m->inflated)
        return true;
    if (m->size > inflated_limit - zip->inflated || m->size > SIZE_MAX)
        return bad_member(zip, m, "inflating it would take more than 4 GiB");
    unsigned char *out = cn_mem_alloc((size_t)m->size);
    bool first = !cn_error_code();
    if (!out)
        return false;
    if (!cn_inflate(CN_INFLATE_RAW, zip->data + m->data, (size_t)m->packed, out, (size_t)m->size)) {
        cn_mem_free(out);
        if (first && cn_error_code() == CN_EFORMAT)
            cn_error_prefix("zip '%s': member '%s'", zip->label, m->name);
        return false;
    }
    m->inflated = out;
    zip->inflated += m->size;
    return true;
}

const unsigned char *cn_zip_read(cn_zip *zip, const char *name, size_t *size)
{
    if (!zip || !name)
        return cn_fail_null(CN_EINVAL, "zip: expected an archive and a name, found NULL");
    member *m = find(zip, name);
    if (!m)
        return cn_fail_null(CN_ENOTFOUND, "zip '%s': no member '%s'", zip->label, name);
    bool deflated = m->method == CN_ZIP_DEFLATED;
    if (m->flags & CN_ZIP_ENCRYPTED)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: zip '%s': member '%s' is encrypted",
                            zip->label, name);
    if (!deflated && m->method != CN_ZIP_STORED)
        return cn_fail_null(CN_EUNSUPPORTED,
                            "not supported: zip '%s': member '%s' is compressed by method %u",
                            zip->label, name, m->method);
    if (deflated && !inflate_member(zip, m))
        return NULL;
    const unsigned char *data = deflated ? m->inflated : zip->data + m->data;
    if (!m->checked && cn_crc32(0, data, (size_t)m->size) != m->crc) {
        bad_member(zip, m, "its CRC-32 is wrong: the file is damaged");
        return NULL;
    }
    m->checked = true;
    *size = (size_t)m->size;
    return data;
}
