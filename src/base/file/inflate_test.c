#include "base/inflate.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"
#include "base/file/zlib_stream.h"

#ifdef __has_include
#if __has_include(<zlib.h>)
#include <zlib.h>
#define SAME(field) \
    _Static_assert(offsetof(cn_zlib_stream, field) == offsetof(z_stream, field), #field)
_Static_assert(sizeof(cn_zlib_stream) == sizeof(z_stream), "size");
SAME(next_in);
SAME(avail_in);
SAME(next_out);
SAME(avail_out);
SAME(msg);
SAME(zalloc);
SAME(zfree);
SAME(opaque);
SAME(data_type);
SAME(reserved);
#endif
#endif

/* "Cornu reads what Keras writes. ", 40 times: as bare deflate, in zlib's wrapping, and 20 times in
 * gzip's. */
static const unsigned char raw[] = {
    0x73, 0xCE, 0x2F, 0xCA, 0x2B, 0x55, 0x28, 0x4A, 0x4D, 0x4C, 0x29, 0x56, 0x28, 0xCF, 0x48,
    0x2C, 0x51, 0xF0, 0x4E, 0x2D, 0x4A, 0x04, 0x32, 0x8B, 0x32, 0x4B, 0x52, 0x8B, 0xF5, 0x14,
    0x9C, 0x47, 0xA5, 0x47, 0xA5, 0x47, 0xA5, 0x47, 0xA5, 0x87, 0x9A, 0x34, 0x00};
static const unsigned char wrapped[] = {0x78, 0xDA, 0x73, 0xCE, 0x2F, 0xCA, 0x2B, 0x55, 0x28, 0x4A,
                                        0x4D, 0x4C, 0x29, 0x56, 0x28, 0xCF, 0x48, 0x2C, 0x51, 0xF0,
                                        0x4E, 0x2D, 0x4A, 0x04, 0x32, 0x8B, 0x32, 0x4B, 0x52, 0x8B,
                                        0xF5, 0x14, 0x9C, 0x47, 0xA5, 0x47, 0xA5, 0x47, 0xA5, 0x47,
                                        0xA5, 0x87, 0x9A, 0x34, 0x00, 0x02, 0x04, 0xBE, 0xF0};
static const unsigned char zipped[] = {
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0xCE, 0x2F, 0xCA, 0x2B,
    0x55, 0x28, 0x4A, 0x4D, 0x4C, 0x29, 0x56, 0x28, 0xCF, 0x48, 0x2C, 0x51, 0xF0, 0x4E, 0x2D,
    0x4A, 0x04, 0x32, 0x8B, 0x32, 0x4B, 0x52, 0x8B, 0xF5, 0x14, 0x9C, 0x47, 0xA5, 0x47, 0xA5,
    0xA9, 0x25, 0x0D, 0x00, 0x7B, 0x66, 0x33, 0x38, 0x6C, 0x02, 0x00, 0x00};

static const char sentence[] = "Cornu reads what Keras writes. ";
enum { SENTENCE = sizeof sentence - 1, FULL = 40 * SENTENCE, HALF = 20 * SENTENCE };

static bool is_text(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != (unsigned char)sentence[i % SENTENCE])
            return false;
    return true;
}

TEST(inflate_reads_each_wrapping)
{
    unsigned char out[FULL];
    CHECK(cn_inflate(CN_INFLATE_RAW, raw, sizeof raw, out, FULL) && is_text(out, FULL));
    memset(out, 0, sizeof out);
    CHECK(cn_inflate(CN_INFLATE_ZLIB, wrapped, sizeof wrapped, out, FULL) && is_text(out, FULL));
    CHECK(cn_inflate(CN_INFLATE_GZIP, zipped, sizeof zipped, out, HALF) && is_text(out, HALF));
    size_t size;
    unsigned char *all = cn_inflate_all(CN_INFLATE_RAW, raw, sizeof raw, 1 << 20, &size);
    CHECK(all && size == FULL && is_text(all, size));
    cn_mem_free(all);
    all = cn_inflate_all(CN_INFLATE_RAW, raw, sizeof raw, FULL, &size); /* the limit itself fits */
    CHECK(all && size == FULL);
    cn_mem_free(all);
}

TEST(inflate_reads_gzip_members_in_a_row)
{
    unsigned char two[2 * sizeof zipped + 8] = {0}, out[FULL];
    memcpy(two, zipped, sizeof zipped);
    memcpy(two + sizeof zipped, zipped, sizeof zipped);
    CHECK(cn_inflate(CN_INFLATE_GZIP, two, sizeof two, out, FULL) && is_text(out, FULL));
    two[2 * sizeof zipped] = 'x';
    CHECK(!cn_inflate(CN_INFLATE_GZIP, two, sizeof two, out, FULL));
    CHECK(cn_error_code() == CN_EFORMAT);
    check_error("gzip data: expected the end, found 8 more bytes");
}

TEST(inflate_bounds_its_output)
{
    unsigned char out[FULL + 1];
    size_t size;
    CHECK(!cn_inflate(CN_INFLATE_RAW, raw, sizeof raw, out, FULL - 1));
    check_error("deflated data: expected 1239 bytes, found more");
    CHECK(!cn_inflate(CN_INFLATE_RAW, raw, sizeof raw, out, FULL + 1));
    check_error("deflated data: expected 1241 bytes, found 1240");
    CHECK(!cn_inflate(CN_INFLATE_RAW, raw, sizeof raw, out, 0));
    check_error("deflated data: expected 0 bytes, found more");
    CHECK(!cn_inflate_all(CN_INFLATE_ZLIB, wrapped, sizeof wrapped, FULL - 1, &size));
    check_error("deflated data: expected at most 1239 bytes, found more");
    CHECK(!cn_inflate_all(CN_INFLATE_ZLIB, wrapped, sizeof wrapped, 0, &size));
    check_error("deflated data: expected at most 0 bytes, found more");
}

TEST(inflate_refuses_damage)
{
    unsigned char out[FULL], bad[sizeof wrapped];
    size_t size;
    for (size_t length = 0; length < sizeof wrapped; length++) {
        CHECK(!cn_inflate(CN_INFLATE_ZLIB, wrapped, length, out, FULL));
        CHECK(cn_error_code() == CN_EFORMAT);
        cn_clear_error();
        CHECK(!cn_inflate_all(CN_INFLATE_ZLIB, wrapped, length, 1 << 20, &size));
        cn_clear_error();
    }
    for (size_t i = 0; i < sizeof wrapped; i++) { /* the checksum finds what the codes do not */
        memcpy(bad, wrapped, sizeof bad);
        bad[i] ^= 0x55;
        CHECK(!cn_inflate(CN_INFLATE_ZLIB, bad, sizeof bad, out, FULL));
        cn_clear_error();
    }
}

TEST(inflate_without_zlib)
{
    unsigned char out[FULL];
    cn_inflate_pretend_missing(true);
    CHECK(!cn_inflate(CN_INFLATE_RAW, raw, sizeof raw, out, FULL));
    CHECK(cn_error_code() == CN_EUNSUPPORTED);
    check_error("not supported: deflated data needs zlib (libz.so.1), which was not found");
    cn_inflate_pretend_missing(false);
}

TEST(inflate_when_memory_runs_out)
{
    for (long n = 0;; n++) {
        size_t size;
        cn_mem_fail_at(n);
        unsigned char *out = cn_inflate_all(CN_INFLATE_GZIP, zipped, sizeof zipped, 1 << 20, &size);
        if (!cn_mem_failed()) {
            CHECK(out && n > 1);
            cn_mem_free(out);
            break;
        }
        CHECK(!out && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
}
