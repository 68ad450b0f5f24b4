#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"
#include "saving/hdf5/hdf5_test.h"

static const char *const fixtures[] = {
    "keras_layout_earliest.h5",
    "keras_layout_latest.h5",
    "types_latest.h5",
    "attributes_earliest.h5",
    "attributes_latest.h5",
    "dense_links.h5",
    "chunks.h5",
    "keras_legacy.h5",
    "deflated.h5",
};
enum { FIXTURES = sizeof fixtures / sizeof *fixtures };

static void read_all(const cn_h5_node *node)
{
    cn_h5_strings strings;
    for (size_t i = 0; i < node->attribute_count; i++)
        if (cn_h5_strings_read(&node->attributes[i].value, &strings))
            cn_h5_strings_free(&strings);
    size_t size = node->value.count * cn_h5_kind_size(node->value.kind);
    void *copy = !node->is_group ? malloc(size + 1) : NULL;
    if (copy)
        cn_h5_copy(&node->value, copy);
    free(copy);
    for (size_t i = 0; i < node->count; i++)
        read_all(node->children[i]);
}

static void open_and_read(const unsigned char *data, size_t size)
{
    cn_h5_node *root = cn_h5_open(data, size);
    CHECK(root || cn_error_code() == CN_EFORMAT || cn_error_code() == CN_EUNSUPPORTED);
    if (root)
        read_all(root);
    cn_h5_free(root);
    cn_clear_error();
}

TEST(hdf5_refuses_other_files)
{
    CHECK(!cn_h5_open((const unsigned char *)"PK\3\4", 4));
    check_error("not an HDF5 file: expected its signature in 4 bytes, found none");
    CHECK(!cn_h5_open((const unsigned char *)"\211HDF\r\n\032\n", 8));
    CHECK(cn_error_code() == CN_EFORMAT);
    cn_clear_error();
    CHECK(!cn_h5_open(NULL, 0) && !cn_error_code());
}

TEST(hdf5_refuses_every_truncation)
{
    for (size_t i = 0; i < FIXTURES; i++) {
        cn_h5_file file = cn_h5_fixture(fixtures[i]);
        for (size_t size = 0; size < file.size; size += size < 512 ? 1 : 97) {
            unsigned char *tight = malloc(size + 1);
            memcpy(tight, file.data, size);
            CHECK(!cn_h5_open(tight, size) && cn_error_code() == CN_EFORMAT);
            cn_clear_error();
            free(tight);
        }
        free(file.data);
    }
}

TEST(hdf5_survives_any_byte_changed)
{
    static const unsigned char values[] = {0, 1, 0x7f, 0xff};
    for (size_t i = 0; i < FIXTURES; i++) {
        cn_h5_file file = cn_h5_fixture(fixtures[i]);
        for (size_t at = i % 13; at < file.size; at += 13) {
            unsigned char old = file.data[at];
            file.data[at] = old ^ 0x10;
            open_and_read(file.data, file.size);
            file.data[at] = values[at / 13 % 4];
            open_and_read(file.data, file.size);
            file.data[at] = old;
        }
        free(file.data);
    }
}

TEST(hdf5_notices_a_wrong_checksum)
{
    cn_h5_file file = cn_h5_fixture("keras_layout_latest.h5");
    file.data[13] ^= 1;
    CHECK(!cn_h5_open(file.data, file.size));
    CHECK(cn_error_code() == CN_EFORMAT);
    cn_clear_error();
    file.data[13] ^= 1;
    file.data[48 + 12] ^= 1; /* in the root's header */
    CHECK(!cn_h5_open(file.data, file.size));
    check_error("HDF5 object '/': the object header's checksum is wrong");
    free(file.data);
}

/* Each allocation of a read fails in turn: an error, no leak (which a sanitizer sees). */
TEST(hdf5_reading_survives_lack_of_memory)
{
    for (size_t i = 0; i < FIXTURES; i++) {
        cn_h5_file file = cn_h5_fixture(fixtures[i]);
        for (long n = 0;; n++) {
            cn_mem_fail_at(n);
            cn_h5_node *root = cn_h5_open(file.data, file.size);
            cn_h5_strings names;
            if (root && cn_h5_names(cn_h5_find(root, "model_weights"), "layer_names", &names))
                cn_h5_strings_free(&names);
            bool failed = cn_mem_failed();
            cn_mem_fail_at(-1);
            CHECK(!failed || cn_error_code() == CN_ENOMEM);
            cn_h5_free(root);
            cn_clear_error();
            if (!failed)
                break;
        }
        free(file.data);
    }
}
