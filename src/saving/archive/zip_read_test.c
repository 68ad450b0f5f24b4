#include "saving/archive/zip.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/test.h"
#include "saving/archive/zip_format.h"

/* Written by Python's zipfile: config.json stored, text deflated ("ab", 100 times), the folder fä/.
 */
static const unsigned char python_zip[] = {
    0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x97, 0x8E,
    0xA1, 0xFB, 0x08, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x0B, 0x00, 0x00, 0x00, 0x63, 0x6F,
    0x6E, 0x66, 0x69, 0x67, 0x2E, 0x6A, 0x73, 0x6F, 0x6E, 0x7B, 0x22, 0x61, 0x22, 0x3A, 0x20, 0x31,
    0x7D, 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0xF4,
    0x2D, 0xBA, 0x82, 0x07, 0x00, 0x00, 0x00, 0xC8, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x74,
    0x65, 0x78, 0x74, 0x4B, 0x4C, 0x4A, 0x1C, 0x16, 0x10, 0x00, 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00,
    0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x66, 0xC3, 0xA4, 0x2F, 0x50, 0x4B, 0x01, 0x02,
    0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x97, 0x8E, 0xA1, 0xFB,
    0x08, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x0B, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x63, 0x6F, 0x6E, 0x66, 0x69, 0x67,
    0x2E, 0x6A, 0x73, 0x6F, 0x6E, 0x50, 0x4B, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x08,
    0x00, 0x00, 0x00, 0x21, 0x00, 0xF4, 0x2D, 0xBA, 0x82, 0x07, 0x00, 0x00, 0x00, 0xC8, 0x00, 0x00,
    0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x31,
    0x00, 0x00, 0x00, 0x74, 0x65, 0x78, 0x74, 0x50, 0x4B, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00,
    0x08, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80,
    0x01, 0x5A, 0x00, 0x00, 0x00, 0x66, 0xC3, 0xA4, 0x2F, 0x50, 0x4B, 0x05, 0x06, 0x00, 0x00, 0x00,
    0x00, 0x03, 0x00, 0x03, 0x00, 0x9D, 0x00, 0x00, 0x00, 0x7C, 0x00, 0x00, 0x00, 0x00, 0x00};
/* The same to a stream: x deflated with zip64 sizes, y stored ("hello"), both with data
 * descriptors. */
static const unsigned char streamed_zip[] = {
    0x50, 0x4B, 0x03, 0x04, 0x2D, 0x00, 0x08, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0x00, 0x00,
    0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0x14, 0x00, 0x78, 0x01,
    0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x4B, 0x4C, 0x4A, 0x1C, 0x16, 0x10, 0x00, 0x50, 0x4B, 0x07, 0x08, 0xF4, 0x2D,
    0xBA, 0x82, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC8, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x79, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x50, 0x4B, 0x07, 0x08, 0x86, 0xA6, 0x10, 0x36, 0x05, 0x00,
    0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x50, 0x4B, 0x01, 0x02, 0x2D, 0x03, 0x2D, 0x00, 0x08, 0x00,
    0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0xF4, 0x2D, 0xBA, 0x82, 0x07, 0x00, 0x00, 0x00, 0xC8, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x78, 0x50, 0x4B, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x08, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x21, 0x00, 0x86, 0xA6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x52,
    0x00, 0x00, 0x00, 0x79, 0x50, 0x4B, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x02, 0x00,
    0x5E, 0x00, 0x00, 0x00, 0x86, 0x00, 0x00, 0x00, 0x00, 0x00};

static bool holds(cn_zip *zip, const char *name, const char *text)
{
    size_t size;
    const unsigned char *data = cn_zip_read(zip, name, &size);
    return data && size == strlen(text) && !memcmp(data, text, size);
}

static const char *ab(void)
{
    static char text[201];
    for (int i = 0; i < 200; i++)
        text[i] = i % 2 ? 'b' : 'a';
    return text;
}

TEST(zip_reads_what_python_wrote)
{
    cn_zip *zip = cn_zip_open_memory(python_zip, sizeof python_zip, "python.zip");
    CHECK(cn_zip_count(zip) == 3);
    check_text(cn_zip_name(zip, 0), "config.json");
    check_text(cn_zip_name(zip, 2), "f\xC3\xA4/");
    CHECK(!cn_zip_name(zip, 3) && cn_zip_has(zip, "text") && !cn_zip_has(zip, "tex"));
    CHECK(holds(zip, "config.json", "{\"a\": 1}") && holds(zip, "text", ab()));
    CHECK(holds(zip, "text", ab()) && holds(zip, "f\xC3\xA4/", ""));
    size_t size;
    CHECK(!cn_zip_read(zip, "none", &size) && cn_error_code() == CN_ENOTFOUND);
    check_error("zip 'python.zip': no member 'none'");
    cn_zip_close(zip);
    zip = cn_zip_open_memory(streamed_zip, sizeof streamed_zip, NULL);
    CHECK(cn_zip_count(zip) == 2 && holds(zip, "x", ab()) && holds(zip, "y", "hello"));
    cn_zip_close(zip);
    cn_zip_close(NULL);
}

/* Opens a copy on the heap, so that a step outside is noticed, and reads everything. */
static bool reads(const unsigned char *data, size_t size)
{
    unsigned char *copy = cn_mem_alloc(size);
    memcpy(copy, data, size);
    cn_zip *zip = cn_zip_open_memory(copy, size, "test");
    bool ok = zip != NULL;
    for (size_t i = 0; i < cn_zip_count(zip); i++) {
        size_t bytes;
        ok = cn_zip_read(zip, cn_zip_name(zip, i), &bytes) && ok;
    }
    cn_zip_close(zip);
    cn_mem_free(copy);
    return ok;
}

TEST(zip_survives_every_truncation)
{
    for (size_t size = 0; size < sizeof python_zip; size++) {
        CHECK(!reads(python_zip, size) && cn_error_code() == CN_EFORMAT);
        cn_clear_error();
    }
    for (size_t size = 0; size < sizeof streamed_zip; size++) {
        CHECK(!reads(streamed_zip, size) && cn_error_code() == CN_EFORMAT);
        cn_clear_error();
    }
    CHECK(reads(python_zip, sizeof python_zip) && reads(streamed_zip, sizeof streamed_zip));
}

TEST(zip_survives_every_changed_byte)
{
    unsigned char bad[sizeof python_zip];
    for (size_t i = 0; i < sizeof bad; i++) {
        for (int bit = 0; bit < 8; bit++) {
            memcpy(bad, python_zip, sizeof bad);
            bad[i] ^= (unsigned char)(1 << bit);
            reads(bad, sizeof bad); /* some fields carry no meaning */
            cn_clear_error();
        }
    }
}

/* Changes a 16- or 32-bit field of the directory's first entry and tells what is said of it. */
static void check_changed(size_t offset, int bytes, uint32_t value, const char *error)
{
    unsigned char bad[sizeof python_zip];
    memcpy(bad, python_zip, sizeof bad);
    unsigned char *entry = bad + cn_get32(bad + sizeof bad - 6);
    if (bytes == 2)
        cn_put16(entry + offset, value);
    else
        cn_put32(entry + offset, value);
    CHECK(!reads(bad, sizeof bad));
    check_error(error);
}

TEST(zip_refuses_lies)
{
    check_changed(24, 4, 7,
                  "zip 'test': member 'config.json': its header contradicts the directory");
    check_changed(20, 4, 1u << 30, "zip 'test': member 'config.json': it lies outside the file");
    check_changed(42, 4, 3, "zip 'test': member 'config.json': it lies outside the file");
    check_changed(20, 4, 0xFFFFFFFFu,
                  "zip 'test': member 'config.json': its zip64 field is damaged");
    check_changed(28, 2, 60000, "zip 'test': the directory is damaged or cut short");
    check_changed(16, 4, 1,
                  "zip 'test': member 'config.json': its header contradicts the directory");
}

/* Replaces the name of the first member, of as many bytes, in both places. */
static void check_name(const char *name, const char *error)
{
    unsigned char bad[sizeof python_zip];
    memcpy(bad, python_zip, sizeof bad);
    memcpy(bad + CN_ZIP_LOCAL, name, 11);
    memcpy(bad + cn_get32(bad + sizeof bad - 6) + CN_ZIP_CENTRAL, name, 11);
    CHECK(!reads(bad, sizeof bad));
    check_error(error);
}

TEST(zip_refuses_paths_that_lead_outside)
{
#define REFUSED "zip 'test': the name of a member is refused: "
    check_name("../../../ab", REFUSED "it leads outside the archive");
    check_name("abcdefgh/..", REFUSED "it leads outside the archive");
    check_name("/etc/passwd", REFUSED "it is not a relative path");
    check_name("C:/Windows/", REFUSED "it is not a relative path");
    check_name("a\\b\\c\\d\\e\\f", REFUSED "it is not a relative path");
    check_name("a//b/c/d/ef", REFUSED "it has an empty part");
    check_name("./bcdefghij", REFUSED "it has an empty part");
    check_name("abc\0defghij", REFUSED "it is not UTF-8");
    check_name("abc\xFF"
               "defghij",
               REFUSED "it is not UTF-8");
}

TEST(zip_says_what_it_does_not_know)
{
    unsigned char bad[sizeof python_zip];
    size_t size, entry = cn_get32(python_zip + sizeof bad - 6);
    memcpy(bad, python_zip, sizeof bad);
    bad[8] = bad[entry + 10] = 14;
    cn_zip *zip = cn_zip_open_memory(bad, sizeof bad, "test");
    CHECK(!cn_zip_read(zip, "config.json", &size) && cn_error_code() == CN_EUNSUPPORTED);
    check_error("not supported: zip 'test': member 'config.json' is compressed by method 14");
    CHECK(holds(zip, "text", ab()));
    cn_zip_close(zip);
    bad[8] = bad[entry + 10] = 0;
    bad[6] = bad[entry + 8] = 1;
    zip = cn_zip_open_memory(bad, sizeof bad, "test");
    CHECK(!cn_zip_read(zip, "config.json", &size) && cn_error_code() == CN_EUNSUPPORTED);
    check_error("not supported: zip 'test': member 'config.json' is encrypted");
    cn_zip_close(zip);
    bad[6] = bad[entry + 8] = 0;
    bad[cn_get16(bad + 26) + CN_ZIP_LOCAL] ^= 1; /* the first byte of the data */
    zip = cn_zip_open_memory(bad, sizeof bad, "test");
    CHECK(!cn_zip_read(zip, "config.json", &size));
    check_error("zip 'test': member 'config.json': its CRC-32 is wrong: the file is damaged");
    cn_zip_close(zip);
}

TEST(zip_refuses_members_that_share_bytes)
{
    unsigned char bad[sizeof python_zip + 64] = {0};
    size_t entry = cn_get32(python_zip + sizeof python_zip - 6), length = CN_ZIP_CENTRAL + 11;
    memcpy(bad, python_zip, entry + length);
    memcpy(bad + entry + length, bad + entry, length);
    unsigned char *end = bad + entry + 2 * length;
    memcpy(end, python_zip + sizeof python_zip - CN_ZIP_END, CN_ZIP_END);
    cn_put16(cn_put16(end + 8, 2), 2);
    cn_put32(end + 12, 2 * length);
    CHECK(!reads(bad, entry + 2 * length + CN_ZIP_END));
    check_error("zip 'test': member 'config.json': it overlaps another member");
}

TEST(zip_refuses_bombs_before_it_allocates)
{
    unsigned char bad[sizeof python_zip];
    memcpy(bad, python_zip, sizeof bad);
    size_t first = cn_get32(bad + sizeof bad - 6), second = first + CN_ZIP_CENTRAL + 11;
    size_t local = cn_get32(bad + second + 42);
    cn_put32(bad + second + 24, 1u << 31);
    cn_put32(bad + local + 22, 1u << 31);
    CHECK(!reads(bad, sizeof bad));
    check_error("zip 'test': member 'text': it announces more than deflated data can hold");
    cn_put32(bad + second + 24, 201);
    cn_put32(bad + local + 22, 201);
    CHECK(!reads(bad, sizeof bad));
    check_error("zip 'test': member 'text': deflated data: expected 201 bytes, found 200");
}

TEST(zip_reading_when_memory_runs_out)
{
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        cn_zip *zip = cn_zip_open_memory(python_zip, sizeof python_zip, "test");
        bool ok = zip && holds(zip, "text", ab());
        cn_zip_close(zip);
        if (!cn_mem_failed()) {
            CHECK(ok && n > 7);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
}
