#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"
#include "saving/hdf5/hdf5_test.h"
#include "saving/hdf5/tree.h"

static const char *const both[] = {"earliest", "latest"};

/* "types_latest.h5" and so on: old headers and new ones. */
static cn_h5_file fixture_of(const char *stem, const char *version)
{
    char *name = cn_mem_printf("%s_%s.h5", stem, version);
    cn_h5_file file = cn_h5_fixture(name);
    cn_mem_free(name);
    return file;
}

static void check_text_attribute(const cn_h5_node *node, const char *name, const char *want)
{
    char *text = cn_h5_text(cn_h5_attribute_find(node, name));
    check_text(text, want);
    cn_mem_free(text);
}

static void check_strings(const cn_h5_value *value, const char *joined)
{
    cn_h5_strings strings;
    char text[256] = "";
    if (!CHECK(value && cn_h5_strings_read(value, &strings)))
        return;
    for (size_t i = 0; i < strings.count; i++)
        strcat(strcat(text, strings.items[i]), ",");
    check_text(text, joined);
    cn_h5_strings_free(&strings);
}

TEST(hdf5_checksum_is_lookup3)
{
    CHECK(cn_h5_checksum((const unsigned char *)"", 0) == 0xdeadbeef);
    CHECK(cn_h5_checksum((const unsigned char *)"Four score and seven years ago", 30) ==
          0x17770551);
}

TEST(hdf5_reads_weights)
{
    for (size_t i = 0; i < 2; i++) {
        cn_h5_file file = fixture_of("keras_layout", both[i]);
        cn_h5_node *root = cn_h5_open(file.data, file.size);
        const cn_h5_node *kernel = cn_h5_find(root, "layers/dense/vars/0");
        float got[6];
        if (CHECK(kernel != NULL)) {
            CHECK(kernel->value.kind == CN_H5_FLOAT32 && cn_h5_is_native(&kernel->value));
            CHECK(kernel->value.rank == 2 && kernel->value.shape[0] == 2 &&
                  kernel->value.shape[1] == 3);
            CHECK(kernel->value.data > file.data && kernel->value.data < file.data + file.size);
            CHECK(cn_h5_copy(&kernel->value, got));
            check_close(got, ((float[]){-.5f, -.25f, 0, .25f, .5f, .75f}), 6, 0, 0);
        }
        char *path = cn_h5_path(kernel);
        check_text(path, "/layers/dense/vars/0");
        cn_mem_free(path);
        check_text_attribute(cn_h5_find(root, "layers/dense/vars"), "name", "dense");
        int64_t step = 0;
        CHECK(cn_h5_int(&cn_h5_find(root, "/optimizer/vars/0")->value, &step) && step == 7);
        CHECK(!cn_h5_find(root, "layers/dens") && !cn_h5_find(root, "layers/dense/vars/0/0"));
        cn_h5_free(root);
        free(file.data);
    }
}

static void check_types(const cn_h5_node *types)
{
    static const char *const numbers[] = {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"};
    static const char *const orders[] = {"little", "big"};
    for (size_t k = 0; k < 16; k++) {
        char *name = cn_mem_printf("%s_%s", numbers[k / 2], orders[k % 2]);
        const cn_h5_node *node = cn_h5_find(types, name);
        int64_t first = 0, all[3] = {0};
        CHECK(node && node->value.count == 3 && cn_h5_int(&node->value, &first) && first == 1);
        CHECK(node && cn_h5_copy(&node->value, all));
        CHECK(node && cn_h5_kind_size(node->value.kind) == (size_t)(numbers[k / 2][1] - '0'));
        cn_mem_free(name);
    }
    static const char *const doubles[] = {"f8_little", "f8_big"};
    for (size_t k = 0; k < 2; k++) {
        double got[3] = {0};
        CHECK(cn_h5_copy(&cn_h5_find(types, doubles[k])->value, got));
        CHECK(got[0] == 1 && got[1] == 2 && got[2] == 100);
        CHECK(cn_h5_is_native(&cn_h5_find(types, doubles[k])->value) == !k);
    }
}

static void check_rare_types(const cn_h5_node *types)
{
    unsigned char truth[3];
    uint16_t half[3];
    int32_t whole[3];
    CHECK(cn_h5_copy(&cn_h5_find(types, "bool")->value, truth));
    CHECK(truth[0] == 1 && truth[1] == 0 && truth[2] == 1);
    CHECK(cn_h5_copy(&cn_h5_find(types, "f2_big")->value, half));
    CHECK(half[0] == 0x3c00 && half[1] == 0x4000 && half[2] == 0x5640);
    CHECK(cn_h5_find(types, "bfloat16")->value.kind == CN_H5_BFLOAT16);
    CHECK(cn_h5_copy(&cn_h5_find(types, "bfloat16")->value, half));
    CHECK(half[0] == 0x3f80 && half[1] == 0xc000);
    CHECK(cn_h5_copy(&cn_h5_find(types, "compact")->value, whole) && whole[2] == 100);
    CHECK(cn_h5_find(types, "opaque")->value.width == 3);
    CHECK(!cn_h5_copy(&cn_h5_find(types, "opaque")->value, whole));
    check_error("HDF5 object '/types/opaque': expected numbers, found opaque bytes");
    CHECK(cn_h5_find(types, "scalar")->value.rank == 0 &&
          cn_h5_find(types, "scalar")->value.count == 1);
    CHECK(cn_h5_find(types, "empty")->value.count == 0 &&
          cn_h5_find(types, "empty")->value.rank == 2);
    check_strings(&cn_h5_find(types, "fixed")->value, "ab,c,,");
    check_strings(&cn_h5_find(types, "text")->value, "ab,,\303\274,");
}

TEST(hdf5_reads_every_type)
{
    for (size_t i = 0; i < 2; i++) {
        cn_h5_file file = fixture_of("types", both[i]);
        cn_h5_node *root = cn_h5_open(file.data, file.size);
        if (CHECK(root != NULL)) {
            check_types(cn_h5_find(root, "types"));
            check_rare_types(cn_h5_find(root, "types"));
        }
        cn_h5_free(root);
        free(file.data);
    }
}

static void check_attributes(const cn_h5_node *root)
{
    int64_t whole = 0;
    double number = 0;
    cn_h5_strings names;
    check_text_attribute(root, "text", "na\303\257ve");
    check_strings(cn_h5_attribute_find(root, "texts"), "x,,yz,");
    check_strings(cn_h5_attribute_find(root, "fixed"), "a,bcd,,");
    check_strings(cn_h5_attribute_find(root, "none"), "");
    CHECK(cn_h5_attribute_find(root, "nothing")->count == 0);
    CHECK(cn_h5_int(cn_h5_attribute_find(root, "int"), &whole) && whole == -7);
    CHECK(cn_h5_double(cn_h5_attribute_find(root, "int"), &number) && number == -7);
    CHECK(cn_h5_double(cn_h5_attribute_find(root, "float"), &number) && number == 2.5);
    CHECK(cn_h5_int(cn_h5_attribute_find(root, "bool"), &whole) && whole == 1);
    CHECK(cn_h5_int(cn_h5_attribute_find(root, "uint16"), &whole) && whole == 65535);
    CHECK(cn_h5_attribute_find(root, "matrix")->shape[1] == 3);
    CHECK(!cn_h5_attribute_find(root, "missing"));
    CHECK(cn_h5_names(root, "names", &names) && names.count == 3 && !strcmp(names.items[2], "c"));
    cn_h5_strings_free(&names);
    CHECK(!cn_h5_names(root, "missing", &names));
    check_error("HDF5 object '/': expected an attribute 'missing'");
    CHECK(!cn_h5_text(cn_h5_attribute_find(root, "float")));
    check_error("HDF5 object '/', attribute 'float': expected text, found float64");
}

TEST(hdf5_reads_attributes)
{
    for (size_t i = 0; i < 2; i++) { /* the second keeps them in dense storage */
        cn_h5_file file = fixture_of("attributes", both[i]);
        cn_h5_node *root = cn_h5_open(file.data, file.size);
        if (CHECK(root != NULL))
            check_attributes(root);
        cn_h5_free(root);
        free(file.data);
    }
}

TEST(hdf5_reads_dense_links)
{
    cn_h5_file file = cn_h5_fixture("dense_links.h5");
    cn_h5_node *root = cn_h5_open(file.data, file.size);
    if (CHECK(root && root->count == 60)) {
        check_text(root->children[0]->name, "layer_0");
        check_text(root->children[1]->name, "layer_1");
        check_text(root->children[2]->name, "layer_10");
        CHECK(cn_h5_find(root, "layer_59")->is_group);
    }
    cn_h5_free(root);
    free(file.data);
}

TEST(hdf5_reads_chunks)
{
    cn_h5_file file = cn_h5_fixture("chunks.h5");
    cn_h5_node *root = cn_h5_open(file.data, file.size);
    float got[35];
    REQUIRE(root != NULL);
    if (CHECK(cn_h5_copy(&cn_h5_find(root, "whole")->value, got)))
        for (int i = 0; i < 35; i++)
            CHECK(got[i] == (float)i);
    CHECK(!cn_h5_copy(&cn_h5_find(root, "other")->value, got));
    check_error("not supported: HDF5 object '/other': filters other than shuffle and deflate");
    CHECK(!cn_h5_copy(&cn_h5_find(root, "partly")->value, got));
    check_error(
        "not supported: HDF5 object '/partly': a chunked data set that was not written whole");
    cn_h5_free(root);
    free(file.data);
}

TEST(hdf5_reads_deflated_chunks)
{
    cn_h5_file file = cn_h5_fixture("deflated.h5");
    cn_h5_node *root = cn_h5_open(file.data, file.size);
    double zeros[50];
    float got[35];
    if (!root && cn_error_code() == CN_EUNSUPPORTED) { /* zlib is not installed */
        cn_clear_error();
    } else if (CHECK(root != NULL)) {
        CHECK(cn_h5_copy(&cn_h5_find(root, "gzip")->value, zeros) && !zeros[0] && !zeros[49]);
        CHECK(cn_h5_copy(&cn_h5_find(root, "shuffled")->value, got));
        for (int i = 0; i < 35; i++)
            CHECK(got[i] == (float)i);
    }
    cn_h5_free(root);
    free(file.data);
}

/* What Keras wrote: Dense(3) called "first" behind two inputs, then BatchNormalization. */
TEST(hdf5_reads_what_keras_writes)
{
    cn_h5_file file = cn_h5_fixture("keras.weights.h5");
    cn_h5_node *root = cn_h5_open(file.data, file.size);
    float got[6];
    check_text_attribute(cn_h5_find(root, "layers/dense/vars"), "name", "first");
    if (CHECK(cn_h5_find(root, "layers/dense/vars/0") &&
              cn_h5_copy(&cn_h5_find(root, "layers/dense/vars/0")->value, got)))
        check_close(got, ((float[]){0, 1, 2, 3, 4, 5}), 6, 0, 0);
    cn_h5_free(root);
    free(file.data);
    file = cn_h5_fixture("keras_legacy.h5");
    root = cn_h5_open(file.data, file.size);
    check_strings(cn_h5_attribute_find(cn_h5_find(root, "model_weights"), "layer_names"),
                  "first,batch_normalization,");
    char *config = cn_h5_text(cn_h5_attribute_find(root, "model_config"));
    CHECK(config && !strncmp(config, "{\"class_name\": \"Sequential\"", 26));
    cn_mem_free(config);
    CHECK(cn_h5_find(root, "model_weights/first/first/kernel") ||
          cn_h5_find(root, "model_weights/first/sequential/first/kernel"));
    cn_h5_free(root);
    free(file.data);
}

TEST(hdf5_refuses_what_is_elsewhere)
{
    static const struct {
        const char *path, *message;
    } cases[] = {
        {"external_data", "data in another file"},
        {"external_link", "a link out of the file"},
        {"soft_link", "a soft link"},
        {"compound", "a data type other than numbers, bool and strings"},
        {"never", "a data set that was never written"},
        {"named_type", "an object that is neither a group nor a data set"},
        {"shared_type", "a shared data type"},
    };
    cn_h5_file file = cn_h5_fixture("refused.h5");
    cn_h5_node *root = cn_h5_open(file.data, file.size);
    REQUIRE(root != NULL);
    float got[8];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const cn_h5_node *node = cn_h5_find(root, cases[i].path);
        char *want =
            cn_mem_printf("not supported: HDF5 object '/%s': %s", cases[i].path, cases[i].message);
        CHECK(node && !cn_h5_copy(&node->value, got));
        check_error(want);
        cn_mem_free(want);
    }
    CHECK(!cn_h5_copy(&root->value, got));
    check_error("HDF5 object '/': expected a data set, found a group");
    cn_h5_free(root);
    free(file.data);
    file = cn_h5_fixture("virtual.h5");
    root = cn_h5_open(file.data, file.size);
    CHECK(root && !cn_h5_copy(&cn_h5_find(root, "data")->value, got));
    check_error("not supported: HDF5 object '/data': a virtual data set");
    cn_h5_free(root);
    free(file.data);
}

TEST(hdf5_refuses_a_group_in_itself)
{
    cn_h5_file file = cn_h5_fixture("circle.h5");
    CHECK(!cn_h5_open(file.data, file.size));
    check_error("HDF5 object '/group/itself': the group holds itself");
    free(file.data);
}
