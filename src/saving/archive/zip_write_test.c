#include "saving/archive/zip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/test.h"

static bool write_sample(const char *path)
{
    cn_zip_writer *writer = cn_zip_begin(path);
    bool ok = cn_zip_add(writer, "config.json", "{}", 2) && cn_zip_add(writer, "empty", NULL, 0) &&
              cn_zip_member_begin(writer, "assets/f\xC3\xA4.txt");
    for (int i = 0; ok && i < 1000; i++)
        ok = cn_zip_member_write(writer, "0123456789", 10);
    return cn_zip_end(writer) && ok; /* ends the open member too */
}

static bool is_sample(const char *path)
{
    size_t size;
    cn_zip *zip = cn_zip_open(path);
    const unsigned char *data = zip ? cn_zip_read(zip, "assets/f\xC3\xA4.txt", &size) : NULL;
    bool ok = data && size == 10000 && data[9999] == '9' && (uintptr_t)data % 64 == 0;
    data = zip ? cn_zip_read(zip, "empty", &size) : NULL;
    ok = ok && data && !size && cn_zip_count(zip) == 3;
    data = zip ? cn_zip_read(zip, "config.json", &size) : NULL;
    ok = ok && data && size == 2 && !memcmp(data, "{}", 2);
    cn_zip_close(zip);
    return ok;
}

static bool same_bytes(const char *a, const char *b)
{
    cn_file_view x, y;
    bool same = cn_file_open(&x, a) && cn_file_open(&y, b) && x.size == y.size &&
                !memcmp(x.data, y.data, x.size);
    cn_file_close(&x);
    cn_file_close(&y);
    return same;
}

TEST(zip_writes_what_it_reads)
{
    const char *a = cn_test_path("a.zip"), *b = cn_test_path("b.zip");
    CHECK(write_sample(a) && is_sample(a));
    CHECK(write_sample(b) && same_bytes(a, b));
    cn_zip_force_zip64(true);
    CHECK(write_sample(b));
    cn_zip_force_zip64(false);
    CHECK(is_sample(b) && !same_bytes(a, b));
    CHECK(cn_zip_end(cn_zip_begin(a)));
    cn_zip *zip = cn_zip_open(a);
    CHECK(zip && cn_zip_count(zip) == 0);
    cn_zip_close(zip);
}

TEST(zip_of_very_many_members)
{
    enum { MANY = 66000 };
    char name[32], path[256];
    snprintf(path, sizeof path, "%s", cn_test_path("many.zip"));
    cn_zip_writer *writer = cn_zip_begin(path);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "m%d", i);
        cn_zip_add(writer, name, name, strlen(name));
    }
    CHECK(cn_zip_end(writer));
    cn_zip *zip = cn_zip_open(path);
    size_t size;
    const unsigned char *data = zip ? cn_zip_read(zip, "m65999", &size) : NULL;
    CHECK(cn_zip_count(zip) == MANY && data && size == 6 && !memcmp(data, "m65999", 6));
    cn_zip_close(zip);
}

TEST(zip_writer_refuses)
{
    cn_zip_writer *writer = cn_zip_begin(cn_test_path("c.zip"));
    CHECK(!cn_zip_add(writer, "../x", "", 0) && cn_error_code() == CN_EINVAL);
    check_error("zip: the name '../x' is refused: it leads outside the archive");
    CHECK(!cn_zip_add(writer, "fine", "", 0) && !cn_zip_end(writer)); /* the first failure stays */
    writer = cn_zip_begin(cn_test_path("c.zip"));
    CHECK(cn_zip_add(writer, "a", "", 0) && cn_zip_add(writer, "a", "", 0) && !cn_zip_end(writer));
    check_error("zip: member 'a' was given twice");
    writer = cn_zip_begin(cn_test_path("c.zip"));
    CHECK(cn_zip_member_begin(writer, "a") && !cn_zip_member_begin(writer, "b"));
    check_error("zip: member 'a' is still open");
    cn_zip_abort(writer);
    writer = cn_zip_begin(cn_test_path("c.zip"));
    CHECK(!cn_zip_member_write(writer, "a", 1) && cn_error_code() == CN_ESTATE);
    cn_clear_error();
    cn_zip_abort(writer);
    CHECK(!cn_zip_open(cn_test_path("c.zip")) && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
    CHECK(!cn_zip_add(NULL, "a", "", 0) && !cn_zip_member_end(NULL) && !cn_zip_end(NULL));
    cn_zip_abort(NULL);
}

TEST(zip_writing_survives_every_failure)
{
    char path[256];
    snprintf(path, sizeof path, "%s", cn_test_path("d.zip"));
    REQUIRE(write_sample(path));
    for (long n = 0;; n++) {
        cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
        bool ok = write_sample(path);
        cn_fault_at(CN_FAULT_WRITE, -1, 0);
        if (ok)
            break;
        CHECK(cn_error_code() == CN_EIO);
        cn_clear_error();
        CHECK(is_sample(path));
    }
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        bool ok = write_sample(path);
        if (!cn_mem_failed()) {
            CHECK(ok);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
        cn_mem_fail_at(-1);
        CHECK(is_sample(path));
    }
    cn_mem_fail_at(-1);
}
