#include "saving/archive/npz.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/test.h"

static bool write_sample(const char *path)
{
    float values[] = {1, 2, 3};
    char *texts[] = {"cat", "dog"};
    cn_npy x = {.type = CN_NPY_FLOAT32, .rank = 1, .shape = {3}, .data = values};
    cn_npy labels = {.type = CN_NPY_TEXT, .rank = 1, .shape = {2}, .strings = texts};
    cn_zip_writer *writer = cn_zip_begin(path);
    bool ok = cn_npz_add(writer, "x", &x) && cn_npz_add(writer, "layer/labels", &labels) &&
              cn_zip_add(writer, "notes.txt", "hi", 2);
    return cn_zip_end(writer) && ok;
}

static bool is_sample(const char *path)
{
    cn_npz *npz = cn_npz_open(path);
    cn_npy *x = npz ? cn_npz_read(npz, "x") : NULL;
    cn_npy *labels = npz ? cn_npz_read(npz, "layer/labels") : NULL;
    bool ok = x && labels && x->count == 3 && ((float *)x->data)[2] == 3 && labels->count == 2 &&
              !strcmp(labels->strings[1], "dog") && cn_npz_count(npz) == 2;
    cn_npy_free(x);
    cn_npy_free(labels);
    cn_npz_close(npz);
    return ok;
}

TEST(npz_round_trip)
{
    const char *path = cn_test_path("a.npz");
    CHECK(write_sample(path) && is_sample(path));
    cn_npz *npz = cn_npz_open(path);
    check_text(cn_npz_name(npz, 1), "layer/labels");
    CHECK(!cn_npz_name(npz, 2) && cn_npz_has(npz, "x") && !cn_npz_has(npz, "notes.txt"));
    CHECK(!cn_npz_read(npz, "y") && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
    cn_npz_close(npz);
}

/* np.savez_compressed(x=np.array([[1, 2], [3, 4]], "<i2")) */
static const unsigned char compressed[] = {
    0x50, 0x4B, 0x03, 0x04, 0x2D, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00, 0x00, 0xCA,
    0xDC, 0x6D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x05, 0x00, 0x14, 0x00, 0x78, 0x2E,
    0x6E, 0x70, 0x79, 0x01, 0x00, 0x10, 0x00, 0x88, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4E,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x9B, 0xEC, 0x17, 0xEA, 0x1B, 0x10, 0xC9, 0xC8, 0x50,
    0xC6, 0x50, 0xAD, 0x9E, 0x92, 0x5A, 0x9C, 0x5C, 0xA4, 0x6E, 0xA5, 0xA0, 0x6E, 0x93, 0x69, 0xA4,
    0xAE, 0xA3, 0xA0, 0x9E, 0x96, 0x5F, 0x54, 0x52, 0x94, 0x98, 0x17, 0x9F, 0x5F, 0x94, 0x92, 0x0A,
    0x12, 0x77, 0x4B, 0xCC, 0x29, 0x4E, 0x05, 0x8A, 0x17, 0x67, 0x24, 0x16, 0xA4, 0x02, 0xF9, 0x1A,
    0x46, 0x3A, 0x0A, 0x46, 0x9A, 0x3A, 0x0A, 0xB5, 0x0A, 0x64, 0x03, 0x2E, 0x46, 0x06, 0x26, 0x06,
    0x66, 0x06, 0x16, 0x06, 0x00, 0x50, 0x4B, 0x01, 0x02, 0x2D, 0x03, 0x2D, 0x00, 0x00, 0x00, 0x08,
    0x00, 0x00, 0x00, 0x21, 0x00, 0x00, 0xCA, 0xDC, 0x6D, 0x4E, 0x00, 0x00, 0x00, 0x88, 0x00, 0x00,
    0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x78, 0x2E, 0x6E, 0x70, 0x79, 0x50, 0x4B, 0x05, 0x06, 0x00, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x01, 0x00, 0x33, 0x00, 0x00, 0x00, 0x85, 0x00, 0x00, 0x00, 0x00, 0x00};

TEST(npz_reads_compressed_archives)
{
    cn_npz *npz = cn_npz_open_memory(compressed, sizeof compressed, "numpy.npz");
    cn_npy *x = cn_npz_read(npz, "x");
    static const int16_t want[] = {1, 2, 3, 4};
    CHECK(x && x->type == CN_NPY_INT16 && x->rank == 2 && !memcmp(x->data, want, sizeof want));
    cn_npy_free(x);
    cn_npz_close(npz);
    for (size_t size = 0; size < sizeof compressed; size++) {
        CHECK(!cn_npz_open_memory(compressed, size, "test") && cn_error_code() == CN_EFORMAT);
        cn_clear_error();
    }
}

TEST(npz_never_commits_half_an_array)
{
    const char *path = cn_test_path("b.npz");
    cn_npy bad = {.type = CN_NPY_FLOAT32, .rank = 1, .shape = {3}, .data = NULL};
    cn_zip_writer *writer = cn_zip_begin(path);
    CHECK(!cn_npz_add(writer, "x", &bad) && cn_error_code() == CN_EINVAL && !cn_zip_end(writer));
    cn_clear_error();
    CHECK(!cn_npz_open(path) && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
    CHECK(!cn_npz_add(NULL, "x", &bad) && !cn_npz_add(NULL, NULL, &bad));
    check_error("npz: expected the name of an array, found NULL");
}

TEST(npz_survives_every_failure)
{
    char path[256];
    snprintf(path, sizeof path, "%s", cn_test_path("c.npz"));
    REQUIRE(write_sample(path));
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        bool ok = write_sample(path) && is_sample(path);
        if (!cn_mem_failed()) {
            CHECK(ok && n > 20);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
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
}
