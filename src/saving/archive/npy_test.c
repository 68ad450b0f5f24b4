#include "saving/archive/npy.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/test.h"

typedef struct bytes {
    unsigned char data[2048];
    size_t size;
} bytes;

/* A file of that version, header text and data. */
static bytes file_of(int version, const char *header, const void *data, size_t size)
{
    bytes file = {.size = version == 1 ? 10 : 12};
    memcpy(file.data, "\x93NUMPY", 6);
    file.data[6] = (unsigned char)version;
    cn_put32(file.data + 8,
             strlen(header)); /* version 1 has two bytes: the header goes over the rest */
    memcpy(file.data + file.size, header, strlen(header));
    file.size += strlen(header);
    if (size)
        memcpy(file.data + file.size, data, size);
    file.size += size;
    return file;
}

static cn_npy *parse(const char *header, const void *data, size_t size)
{
    bytes file = file_of(1, header, data, size);
    unsigned char *copy = cn_mem_alloc(file.size); /* on the heap a step outside is noticed */
    memcpy(copy, file.data, file.size);
    cn_npy *array = cn_npy_parse(copy, file.size, "test");
    cn_mem_free(copy);
    return array;
}

static void check_refused(const char *header, size_t size, const char *error)
{
    static const char zeros[64];
    cn_npy *array = parse(header, zeros, size);
    CHECK(array == NULL);
    cn_npy_free(array);
    check_error(error);
}

#define HEADER(descr, order, shape) \
    "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }\n"

TEST(npy_reads_every_dtype)
{
    static const struct {
        const char *header;
        cn_npy_type type;
    } cases[] = {
        {HEADER("|b1", "False", "(2,)"), CN_NPY_BOOL},
        {HEADER("|i1", "False", "(2,)"), CN_NPY_INT8},
        {HEADER("<i2", "False", "(2,)"), CN_NPY_INT16},
        {HEADER("<i4", "False", "(2,)"), CN_NPY_INT32},
        {HEADER("<i8", "False", "(2,)"), CN_NPY_INT64},
        {HEADER("|u1", "False", "(2,)"), CN_NPY_UINT8},
        {HEADER("<u2", "False", "(2,)"), CN_NPY_UINT16},
        {HEADER("<u4", "False", "(2,)"), CN_NPY_UINT32},
        {HEADER("<u8", "False", "(2,)"), CN_NPY_UINT64},
        {HEADER("<f2", "False", "(2,)"), CN_NPY_FLOAT16},
        {HEADER("<f4", "False", "(2,)"), CN_NPY_FLOAT32},
        {HEADER("<f8", "False", "(2,)"), CN_NPY_FLOAT64},
    };
    static const unsigned char data[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = cn_npy_item_size(cases[i].type) * 2;
        cn_npy *array = parse(cases[i].header, data, size);
        REQUIRE(array);
        CHECK(array->type == cases[i].type && array->rank == 1 && array->count == 2);
        CHECK(i == 0 ? ((bool *)array->data)[1] == true : !memcmp(array->data, data, size));
        cn_npy_free(array);
    }
}

TEST(npy_turns_other_orders)
{
    static const unsigned char big[] = {0x3F, 0x80, 0, 0, 0x40, 0,    0, 0,
                                        0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0};
    static const float natural[] = {1, 2, 3, 4}, turned[] = {1, 3, 2, 4};
    cn_npy *array = parse(HEADER(">f4", "False", "(2, 2)"), big, sizeof big);
    check_close(array ? array->data : NULL, natural, 4, 0, 0);
    cn_npy_free(array);
    array = parse(HEADER(">f4", "True", "(2, 2)"), big, sizeof big);
    check_close(array ? array->data : NULL, turned, 4, 0, 0);
    cn_npy_free(array);
    unsigned char cube[24], want[24];
    for (int i = 0; i < 24; i++) { /* element (a, b, c) of shape (2, 3, 4) holds 100a + 10b + c */
        cube[i] = (unsigned char)(i % 2 * 100 + i / 2 % 3 * 10 + i / 6);
        want[i] = (unsigned char)(i / 12 * 100 + i / 4 % 3 * 10 + i % 4);
    }
    array = parse(HEADER("|u1", "True", "(2, 3, 4)"), cube, 24);
    CHECK(array && array->rank == 3 && array->shape[2] == 4 && !memcmp(array->data, want, 24));
    cn_npy_free(array);
}

TEST(npy_reads_odd_shapes_and_headers)
{
    static const double pi = 3.25;
    cn_npy *array = parse(HEADER("<f8", "False", "()"), &pi, 8);
    CHECK(array && array->rank == 0 && array->count == 1 && *(double *)array->data == pi);
    cn_npy_free(array);
    array = parse(HEADER("<f4", "False", "(3, 0, 5)"), "", 0);
    CHECK(array && array->rank == 3 && array->count == 0);
    cn_npy_free(array);
    array = parse("{\"shape\":(1L,2,),'fortran_order':False,'descr':\"|i1\"}", "ab", 2);
    CHECK(array && array->rank == 2 && array->shape[0] == 1 && array->shape[1] == 2);
    cn_npy_free(array);
    array = parse(HEADER("<u1", "False", "(1, 1, 1, 1, 1, 1, 1, 2)"), "ab", 2);
    CHECK(array && array->rank == 8 && array->count == 2);
    cn_npy_free(array);
    for (int version = 2; version <= 3; version++) {
        bytes file = file_of(version, HEADER("|i1", "False", "(2,)"), "ab", 2);
        array = cn_npy_parse(file.data, file.size, "test");
        CHECK(array && !memcmp(array->data, "ab", 2));
        cn_npy_free(array);
    }
}

TEST(npy_reads_text)
{
    static const unsigned char wide[] = {0xE4, 0, 0, 0, 'b', 0, 0, 0, 0, 0xF6, 1, 0, 0, 0, 0, 0};
    cn_npy *array = parse(HEADER("<U2", "False", "(2,)"), wide, sizeof wide);
    CHECK(array && array->type == CN_NPY_TEXT && array->count == 2);
    check_text(array ? array->strings[0] : NULL, "\xC3\xA4"
                                                 "b");
    check_text(array ? array->strings[1] : NULL, "\xF0\x9F\x98\x80");
    cn_npy_free(array);
    array = parse(HEADER(">U1", "True", "(1, 2)"), "\0\0\0a\0\0\0\0", 8);
    check_text(array ? array->strings[0] : NULL, "a");
    check_text(array ? array->strings[1] : NULL, "");
    cn_npy_free(array);
    array = parse(HEADER("|S3", "True", "(2, 2)"), "abcd\0\0ef\0ghi", 12);
    check_text(array ? array->strings[0] : NULL, "abc");
    check_text(array ? array->strings[1] : NULL, "ef");
    check_text(array ? array->strings[2] : NULL, "d");
    check_text(array ? array->strings[3] : NULL, "ghi");
    cn_npy_free(array);
    check_refused(HEADER("|S0", "False", "(70000,)"), 0, "npy 'test': 70000 texts of length 0");
    CHECK(!parse(HEADER("<U1", "False", "(1,)"), "\0\xD8\0\0", 4));
    check_error("npy 'test': an element is no Unicode text");
    CHECK(!parse(HEADER("|S3", "False", "(1,)"), "a\0b", 3));
    check_error("npy 'test': an element is no Unicode text");
    CHECK(!parse(HEADER("|S1", "False", "(1,)"), "\xFF", 1));
    check_error("npy 'test': an element is no Unicode text");
}

TEST(npy_refuses_bad_headers)
{
    check_refused(HEADER("<c8", "False", "(1,)"), 8, "not supported: npy 'test': dtype '<c8'");
    check_refused(HEADER("|O", "False", "(1,)"), 8, "not supported: npy 'test': dtype '|O'");
    check_refused(HEADER("<f3", "False", "(1,)"), 3, "not supported: npy 'test': dtype '<f3'");
    check_refused("{'descr': [('a', '<f4')], }", 4, "not supported: npy 'test': records");
    check_refused(HEADER("<f4", "None", "(1,)"), 4,
                  "npy 'test': header: expected True or False, found 'N'");
    check_refused(HEADER("<f4", "False", "(1)"), 4, "npy 'test': header: expected ',', found ')'");
    check_refused(HEADER("<f4", "False", "(-1,)"), 4,
                  "npy 'test': header: expected a number, found '-'");
    check_refused(HEADER("<f4", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 4,
                  "not supported: npy 'test': more than 8 axes");
    check_refused(HEADER("<f4", "False", "(1, 2 3)"), 4,
                  "npy 'test': header: expected ',', found '3'");
    check_refused("{'descr': '<f4', 'fortran_order': False}", 4,
                  "npy 'test': header: expected descr, fortran_order and shape");
    check_refused("{'descr': '<f4', 'descr': '<f4'}", 4,
                  "npy 'test': header: 'descr' is unknown or repeated");
    check_refused(HEADER("<f4", "False", "(1,)") "x", 4,
                  "npy 'test': header: expected the end, found 'x'");
    check_refused("", 0, "npy 'test': header: expected '{', found the end");
    check_refused(HEADER("<U", "False", "(1,)"), 4,
                  "npy 'test': header: expected a number, found the end");
    check_refused(HEADER("<U4x", "False", "(1,)"), 4,
                  "npy 'test': header: dtype 'U4x' is malformed");
}

TEST(npy_refuses_sizes_that_lie)
{
    check_refused(HEADER("<f4", "False", "(3,)"), 8,
                  "npy 'test': expected 12 bytes of data, found 8");
    check_refused(HEADER("<f4", "False", "(3,)"), 16,
                  "npy 'test': expected 12 bytes of data, found 16");
    check_refused(HEADER("<f4", "False", "(4611686018427387904, 4)"), 8,
                  "npy 'test': its shape is larger than memory");
    check_refused(HEADER("<f4", "False", "(0, 4611686018427387904, 4)"), 0,
                  "npy 'test': its shape is larger than memory");
    check_refused(HEADER("<f4", "False", "(99999999999999999999,)"), 8,
                  "npy 'test': header: expected a smaller number, found '9'");
    check_refused(HEADER("<U9999999999", "False", "(1,)"), 8,
                  "npy 'test': header: dtype 'U9999999999' is malformed");
}

TEST(npy_survives_truncation_and_changes)
{
    bytes file = file_of(1, HEADER("<U2", "True", "(2, 2)"),
                         "a\0\0\0b\0\0\0c\0\0\0d\0\0\0e\0\0\0f\0\0\0g\0\0\0h\0\0\0", 32);
    for (size_t size = 0; size < file.size; size++) {
        unsigned char *copy = cn_mem_alloc(size);
        memcpy(copy, file.data, size);
        CHECK(!cn_npy_parse(copy, size, "test") && cn_error_code() == CN_EFORMAT);
        cn_clear_error();
        cn_mem_free(copy);
    }
    for (size_t i = 0; i < file.size * 8; i++) {
        file.data[i / 8] ^= (unsigned char)(1 << i % 8);
        cn_npy_free(cn_npy_parse(file.data, file.size, "test"));
        cn_clear_error();
        file.data[i / 8] ^= (unsigned char)(1 << i % 8);
    }
}

TEST(npy_writes_what_numpy_writes)
{
    static const float values[] = {1, 2, 3, 4, 5, 6};
    cn_npy array = {
        .type = CN_NPY_FLOAT32, .rank = 2, .shape = {2, 3}, .data = (void *)(size_t)values};
    const char *path = cn_test_path("a.npy");
    REQUIRE(cn_npy_save(path, &array));
    cn_file_view view;
    REQUIRE(cn_file_open(&view, path));
    static const char header[] =
        "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    CHECK(view.size == 128 + 24 && !memcmp(view.data, header, sizeof header - 1));
    CHECK(view.data[126] == ' ' && view.data[127] == '\n' && !memcmp(view.data + 128, values, 24));
    cn_file_close(&view);
    cn_npy *back = cn_npy_load(path);
    CHECK(back && back->rank == 2 && (size_t)back->data % 64 == 0);
    check_close(back ? back->data : NULL, values, 6, 0, 0);
    cn_npy_free(back);
}

static bool round_trip_text(const char *path)
{
    char *texts[] = {"one", "", "\xC3\xA4\xF0\x9F\x98\x80", NULL};
    cn_npy array = {.type = CN_NPY_TEXT, .rank = 1, .shape = {4}, .strings = texts};
    cn_npy *back = cn_npy_save(path, &array) ? cn_npy_load(path) : NULL;
    bool ok = back && back->count == 4;
    for (int i = 0; ok && i < 4; i++)
        ok = !strcmp(back->strings[i], texts[i] ? texts[i] : "");
    cn_npy_free(back);
    return ok;
}

TEST(npy_writes_text_whatever_memory_there_is)
{
    char path[256];
    snprintf(path, sizeof path, "%s", cn_test_path("b.npy"));
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        bool ok = round_trip_text(path);
        if (!cn_mem_failed()) {
            CHECK(ok && n > 5);
            break;
        }
        CHECK(!ok && cn_error_code() == CN_ENOMEM);
        cn_clear_error();
    }
    cn_mem_fail_at(-1);
}

TEST(npy_writer_refuses)
{
    char *texts[] = {"\xFF"};
    cn_npy array = {.type = CN_NPY_TEXT, .rank = 1, .shape = {1}, .strings = texts};
    const char *path = cn_test_path("c.npy");
    CHECK(!cn_npy_save(path, &array) && cn_error_code() == CN_EINVAL);
    check_error("npy: expected text in UTF-8, found other bytes");
    array.shape[0] = -1;
    CHECK(!cn_npy_save(path, &array));
    check_error("npy: expected a shape of axes from 0 on that fits in memory");
    array = (cn_npy){.type = CN_NPY_INT8, .rank = 9};
    CHECK(!cn_npy_save(path, &array));
    check_error("npy: expected at most 8 axes and a known dtype, found 9, 1");
    array.rank = 0;
    CHECK(!cn_npy_save(path, &array));
    check_error("npy: expected 1 elements, found NULL");
    CHECK(!cn_npy_load(path) && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
}
