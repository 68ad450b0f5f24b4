/* Writing archives: members one behind the other, then the directory. Everything is stored. */
#include "saving/archive/zip.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "saving/archive/zip_format.h"

enum { ALIGNMENT = 64, DOS_DATE = 1 << 5 | 1 /* the first day of 1980, the format's epoch */ };
static const uint64_t largest32 = 0xFFFFFFFEu; /* 0xFFFFFFFF says "see zip64" */

typedef struct entry {
    char *name;
    uint64_t header, size;
    uint32_t crc;
    unsigned pad; /* bytes before the data that align it */
} entry;

struct cn_zip_writer {
    cn_file_writer *file;
    entry *entries;
    size_t count, capacity;
    bool failed, open; /* open: the last entry's bytes are being written */
};

static atomic_bool force_zip64;

void cn_zip_force_zip64(bool force)
{
    atomic_store(&force_zip64, force);
}

static bool needs_zip64(uint64_t value)
{
    return value > largest32 || atomic_load_explicit(&force_zip64, memory_order_relaxed);
}

static unsigned flags_of(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name >= 0x80)
            return CN_ZIP_UTF8;
    return 0;
}

cn_zip_writer *cn_zip_begin(const char *path)
{
    cn_zip_writer *writer = cn_mem_calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->file = cn_file_begin(path);
    if (writer->file)
        return writer;
    cn_zip_abort(writer);
    return NULL;
}

/* Makes later calls fail too. */
static bool fail(cn_zip_writer *writer)
{
    writer->failed = true;
    return false;
}

enum { ZIP64 = 4 + 16, PAD = 4 + 2 }; /* bytes of the two extra fields, without padding */

/* The local header and the first extra field: 64-bit sizes where they are needed, else more
 * padding. */
static void fill_header(const entry *e, unsigned char header[CN_ZIP_LOCAL],
                        unsigned char extra[ZIP64])
{
    bool wide = needs_zip64(e->size);
    uint64_t shown = wide ? 0xFFFFFFFFu : e->size;
    unsigned char *at = cn_put32(header, CN_ZIP_LOCAL_SIGN);
    at = cn_put16(at, wide ? 45 : 20); /* the version that reads it */
    at = cn_put16(at, flags_of(e->name));
    at = cn_put16(at, CN_ZIP_STORED);
    at = cn_put32(at, (uint32_t)DOS_DATE << 16);
    at = cn_put32(at, e->crc);
    at = cn_put32(cn_put32(at, shown), shown);
    at = cn_put16(at, strlen(e->name));
    cn_put16(at, ZIP64 + PAD + e->pad);
    at = cn_put16(cn_put16(extra, wide ? CN_ZIP_EXTRA_ZIP64 : CN_ZIP_EXTRA_ALIGN), ZIP64 - 4);
    cn_put64(cn_put64(at, wide ? e->size : ALIGNMENT), wide ? e->size : 0);
}

/* Before the data: size and CRC come later. The padding aligns what follows. */
static bool write_header(cn_zip_writer *writer, entry *e)
{
    unsigned char header[CN_ZIP_LOCAL], extra[ZIP64 + PAD + ALIGNMENT] = {0};
    size_t name = strlen(e->name);
    uint64_t end = e->header + CN_ZIP_LOCAL + name + ZIP64 + PAD;
    e->pad = (unsigned)((ALIGNMENT - end % ALIGNMENT) % ALIGNMENT);
    fill_header(e, header, extra);
    unsigned char *at = cn_put16(extra + ZIP64, CN_ZIP_EXTRA_ALIGN);
    cn_put16(cn_put16(at, 2 + e->pad), ALIGNMENT);
    return cn_file_write(writer->file, header, sizeof header) &&
           cn_file_write(writer->file, e->name, name) &&
           cn_file_write(writer->file, extra, ZIP64 + PAD + e->pad);
}

/* Once size and CRC are known. */
static bool finish_header(cn_zip_writer *writer, const entry *e)
{
    unsigned char header[CN_ZIP_LOCAL], extra[ZIP64];
    fill_header(e, header, extra);
    return cn_file_write_at(writer->file, e->header, header, sizeof header) &&
           cn_file_write_at(writer->file, e->header + CN_ZIP_LOCAL + strlen(e->name), extra,
                            sizeof extra);
}

bool cn_zip_member_begin(cn_zip_writer *writer, const char *name)
{
    if (!writer || writer->failed)
        return false;
    const char *fault = name ? cn_zip_name_fault(name, strlen(name)) : "it is NULL";
    if (writer->open)
        cn_fail(CN_ESTATE, "zip: member '%s' is still open",
                writer->entries[writer->count - 1].name);
    else if (fault)
        cn_fail(CN_EINVAL, "zip: the name '%s' is refused: %s", name ? name : "", fault);
    else if (cn_mem_reserve(&writer->entries, &writer->capacity, writer->count + 1,
                            sizeof *writer->entries)) {
        entry e = {.name = cn_mem_strdup(name), .header = cn_file_position(writer->file)};
        if (!e.name)
            return fail(writer);
        writer->entries[writer->count++] = e;
        writer->open = true;
        return write_header(writer, &writer->entries[writer->count - 1]) || fail(writer);
    }
    return fail(writer);
}

bool cn_zip_member_write(cn_zip_writer *writer, const void *data, size_t size)
{
    if (!writer || writer->failed)
        return false;
    if (!writer->open || (!data && size)) {
        cn_fail(CN_ESTATE, "zip: expected %s", data ? "an open member" : "data, found NULL");
        return fail(writer);
    }
    entry *e = &writer->entries[writer->count - 1];
    e->crc = cn_crc32(e->crc, data, size);
    e->size += size;
    return cn_file_write(writer->file, data, size) || fail(writer);
}

bool cn_zip_member_end(cn_zip_writer *writer)
{
    if (!writer || writer->failed)
        return false;
    if (!writer->open) {
        cn_fail(CN_ESTATE, "zip: expected an open member");
        return fail(writer);
    }
    writer->open = false;
    return finish_header(writer, &writer->entries[writer->count - 1]) || fail(writer);
}

bool cn_zip_add(cn_zip_writer *writer, const char *name, const void *data, size_t size)
{
    return cn_zip_member_begin(writer, name) &&
           cn_zip_member_write(writer, size ? data : "", size) && cn_zip_member_end(writer);
}

static bool write_entry(cn_zip_writer *writer, const entry *e)
{
    unsigned char record[CN_ZIP_CENTRAL] = {0}, extra[4 + 24], *at, *end = extra;
    bool wide_size = needs_zip64(e->size), wide_header = needs_zip64(e->header);
    size_t length = strlen(e->name);
    if (wide_size)
        end = cn_put64(cn_put64(extra + 4, e->size), e->size);
    if (wide_header)
        end = cn_put64(wide_size ? end : extra + 4, e->header);
    if (end > extra)
        cn_put16(cn_put16(extra, CN_ZIP_EXTRA_ZIP64), (uint64_t)(end - extra) - 4);
    at = cn_put32(record, CN_ZIP_CENTRAL_SIGN);
    at = cn_put16(at, 3 << 8 | 45); /* made by: Unix, whose permissions stand below */
    at = cn_put16(at, end > extra ? 45 : 20);
    at = cn_put16(at, flags_of(e->name));
    at = cn_put16(at, CN_ZIP_STORED);
    at = cn_put32(at, (uint32_t)DOS_DATE << 16);
    at = cn_put32(at, e->crc);
    at = cn_put32(at, wide_size ? 0xFFFFFFFFu : e->size);
    at = cn_put32(at, wide_size ? 0xFFFFFFFFu : e->size);
    at = cn_put16(at, length);
    cn_put16(at, (uint64_t)(end - extra));
    cn_put32(record + 38, (uint32_t)0100644 << 16);
    cn_put32(record + 42, wide_header ? 0xFFFFFFFFu : e->header);
    return cn_file_write(writer->file, record, sizeof record) &&
           cn_file_write(writer->file, e->name, length) &&
           cn_file_write(writer->file, extra, (size_t)(end - extra));
}

static bool write_end64(cn_zip_writer *writer, uint64_t start, uint64_t end)
{
    unsigned char record[CN_ZIP_END64 + CN_ZIP_LOCATOR], *at;
    at = cn_put64(cn_put32(record, CN_ZIP_END64_SIGN), CN_ZIP_END64 - 12);
    at = cn_put16(cn_put16(at, 45), 45);
    at = cn_put64(at, 0); /* two disk numbers */
    at = cn_put64(cn_put64(at, writer->count), writer->count);
    at = cn_put64(cn_put64(at, end - start), start);
    at = cn_put32(cn_put32(at, CN_ZIP_LOCATOR_SIGN), 0);
    cn_put32(cn_put64(at, end), 1); /* one disk in all */
    return cn_file_write(writer->file, record, sizeof record);
}

static bool write_directory(cn_zip_writer *writer)
{
    unsigned char record[CN_ZIP_END] = {0}, *at;
    uint64_t start = cn_file_position(writer->file);
    for (size_t i = 0; i < writer->count; i++)
        if (!write_entry(writer, &writer->entries[i]))
            return false;
    uint64_t end = cn_file_position(writer->file), size = end - start;
    bool wide = needs_zip64(end) || writer->count >= 0xFFFF;
    if (wide && !write_end64(writer, start, end))
        return false;
    uint64_t count = writer->count < 0xFFFF ? writer->count : 0xFFFF;
    at = cn_put32(record, CN_ZIP_END_SIGN) + 4;
    at = cn_put16(cn_put16(at, count), count);
    cn_put32(cn_put32(at, needs_zip64(size) ? 0xFFFFFFFFu : size),
             needs_zip64(start) ? 0xFFFFFFFFu : start);
    return cn_file_write(writer->file, record, sizeof record);
}

void cn_zip_fail(cn_zip_writer *writer)
{
    if (writer)
        writer->failed = true;
}

static bool names_differ(const cn_zip_writer *writer)
{
    const char **names = cn_mem_calloc(writer->count, sizeof *names);
    for (size_t i = 0; names && i < writer->count; i++)
        names[i] = writer->entries[i].name;
    size_t times;
    const char *twice = names ? cn_text_repeated(names, writer->count, &times) : NULL;
    bool ok = names && (!twice || cn_fail(CN_EINVAL, "zip: member '%s' was given twice", twice));
    cn_mem_free(names);
    return ok;
}

bool cn_zip_end(cn_zip_writer *writer)
{
    if (!writer)
        return false;
    if (!writer->failed && writer->open)
        writer->failed = !cn_zip_member_end(writer);
    bool ok = !writer->failed && names_differ(writer) && write_directory(writer);
    if (ok) {
        ok = cn_file_end(writer->file);
        writer->file = NULL;
    }
    cn_zip_abort(writer);
    return ok;
}

void cn_zip_abort(cn_zip_writer *writer)
{
    if (!writer)
        return;
    cn_file_abort(writer->file);
    for (size_t i = 0; i < writer->count; i++)
        cn_mem_free(writer->entries[i].name);
    cn_mem_free(writer->entries);
    cn_mem_free(writer);
}
