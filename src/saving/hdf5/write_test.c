#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"
#include "saving/hdf5/hdf5_test.h"

static const float kernel[6] = {-.5f, -.25f, 0, .25f, .5f, .75f};
static const int64_t step = 7;
static const uint16_t brain[2] = {0x3f80, 0xc000};
static const unsigned char truth[3] = {1, 0, 1};

/* NULL when memory fails on the way. */
static cn_h5_node *small_tree(void)
{
    static const char *const names[] = {"dense", "batch_normalization", ""};
    cn_h5_node *root = cn_h5_new();
    cn_h5_node *vars = cn_h5_add_group(root, "layers/dense/vars");
    bool ok = cn_h5_add_dataset(vars, "0", CN_H5_FLOAT32, 2, (size_t[]){2, 3}, kernel) &&
              cn_h5_add_dataset(vars, "1", CN_H5_BFLOAT16, 1, (size_t[]){2}, brain) &&
              cn_h5_add_dataset(root, "optimizer/vars/0", CN_H5_INT64, 0, NULL, &step) &&
              cn_h5_add_dataset(root, "mask", CN_H5_BOOL, 1, (size_t[]){3}, truth) &&
              cn_h5_add_dataset(root, "empty", CN_H5_FLOAT64, 2, (size_t[]){0, 3}, NULL) &&
              cn_h5_set_text(vars, "name", "na\303\257ve") && cn_h5_set_text(root, "backend", "") &&
              cn_h5_set_strings(root, "layer_names", names, 3) &&
              cn_h5_set_strings(root, "weight_names", NULL, 0) && cn_h5_set_int(root, "i", -7) &&
              cn_h5_set_double(root, "d", 2.5) && cn_h5_set_bool(root, "b", true) &&
              cn_h5_set_int(root, "i", 8);
    if (ok)
        return root;
    cn_h5_free(root);
    return NULL;
}

TEST(hdf5_writes_what_it_reads)
{
    cn_h5_node *root = small_tree();
    REQUIRE(root != NULL);
    cn_h5_file file = cn_h5_written(root);
    cn_h5_node *back = cn_h5_open(file.data, file.size);
    int64_t whole = 0;
    if (CHECK(back != NULL)) {
        CHECK(cn_h5_same_tree(root, back) && cn_h5_same_tree(back, root));
        CHECK(cn_h5_int(cn_h5_attribute_find(back, "i"), &whole) && whole == 8);
        CHECK((size_t)(cn_h5_find(back, "layers/dense/vars/0")->value.data - file.data) % 64 == 0);
    }
    cn_h5_free(back);
    cn_h5_free(root);
    free(file.data);
}

/* A tree that was read can be written as it is. */
TEST(hdf5_rewrites_files)
{
    static const char *const names[] = {"keras.weights.h5", "keras_legacy.h5",
                                        "attributes_earliest.h5", "attributes_latest.h5",
                                        "dense_links.h5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cn_h5_file file = cn_h5_fixture(names[i]);
        cn_h5_node *root = cn_h5_open(file.data, file.size);
        REQUIRE(root != NULL);
        cn_h5_file again = cn_h5_written(root);
        cn_h5_node *back = cn_h5_open(again.data, again.size);
        CHECK(back && cn_h5_same_tree(root, back));
        cn_h5_free(back);
        cn_h5_free(root);
        free(again.data);
        free(file.data);
    }
}

TEST(hdf5_writes_thousands_of_layers)
{
    enum { LAYERS = 3000 };
    cn_h5_node *root = cn_h5_new();
    for (int i = 0; i < LAYERS; i++) {
        char *path = cn_mem_printf("layers/dense_%d/vars/0", i);
        cn_h5_node *node =
            cn_h5_add_dataset(root, path, CN_H5_FLOAT32, 2, (size_t[]){2, 3}, kernel);
        CHECK(cn_h5_set_text(node ? node->parent : NULL, "name", path));
        cn_mem_free(path);
    }
    cn_h5_file file = cn_h5_written(root);
    cn_h5_node *back = cn_h5_open(file.data, file.size);
    CHECK(back && cn_h5_find(back, "layers")->count == LAYERS && cn_h5_same_tree(root, back));
    cn_h5_free(back);
    cn_h5_free(root);
    free(file.data);
}

/* As Keras does: 8,001 names of 20 bytes are 160,020 bytes, so three parts of 2,667. */
TEST(hdf5_splits_long_lists_of_names)
{
    enum { NAMES = 8001 };
    static char texts[NAMES][21];
    static const char *names[NAMES];
    cn_h5_strings got;
    for (int i = 0; i < NAMES; i++) {
        memset(texts[i], 'a' + i % 26, 20);
        names[i] = texts[i];
    }
    cn_h5_node *root = cn_h5_new();
    CHECK(cn_h5_set_names(root, "layer_names", names, NAMES) && root->attribute_count == 3);
    CHECK(cn_h5_attribute_find(root, "layer_names2")->shape[0] == 2667);
    CHECK(cn_h5_set_names(root, "short", names, 3) && cn_h5_attribute_find(root, "short"));
    cn_h5_file file = cn_h5_written(root);
    cn_h5_node *back = cn_h5_open(file.data, file.size);
    if (CHECK(back && cn_h5_names(back, "layer_names", &got))) {
        CHECK(got.count == NAMES && !strcmp(got.items[NAMES - 1], names[NAMES - 1]));
        cn_h5_strings_free(&got);
    }
    cn_h5_free(back);
    cn_h5_free(root);
    free(file.data);
}

TEST(hdf5_writes_long_text)
{
    enum { LENGTH = 3 << 20 };
    char *text = malloc(LENGTH + 1);
    memset(text, 'x', LENGTH);
    text[LENGTH] = 0;
    cn_h5_node *root = cn_h5_new();
    CHECK(cn_h5_set_text(root, "a", "first") && cn_h5_set_text(root, "model_config", text) &&
          cn_h5_set_text(root, "z", "last"));
    cn_h5_file file = cn_h5_written(root);
    cn_h5_node *back = cn_h5_open(file.data, file.size);
    CHECK(back && cn_h5_same_tree(root, back));
    cn_h5_free(back);
    cn_h5_free(root);
    free(file.data);
    free(text);
}

TEST(hdf5_refuses_to_write_nonsense)
{
    cn_h5_node *root = cn_h5_new();
    cn_h5_node *data = cn_h5_add_dataset(root, "a/b", CN_H5_INT64, 0, NULL, &step);
    CHECK(data && !cn_h5_add_dataset(root, "a/b", CN_H5_INT64, 0, NULL, &step));
    check_error("HDF5: expected a new name, found 'a/b' again");
    CHECK(!cn_h5_add_group(root, "a/b"));
    check_error("HDF5: expected a group at 'a/b', found a data set");
    CHECK(!cn_h5_add_group(root, "a/b/c"));
    check_error("HDF5: expected a group on the way to 'b/c', found a data set");
    CHECK(!cn_h5_add_dataset(root, "c", CN_H5_TEXT, 0, NULL, &step));
    check_error("HDF5: expected numbers of at most 32 dimensions, found text of 0");
    CHECK(!cn_h5_add_dataset(root, "c", CN_H5_INT64, 2, (size_t[]){SIZE_MAX, 2}, &step));
    check_error("HDF5: the shape is too large");
    CHECK(!cn_h5_add_group(NULL, "a") && !cn_h5_set_int(NULL, "a", 1) && !cn_h5_image_new(NULL));
    float *wide = calloc(20000, sizeof *wide);
    CHECK(cn_h5_set_numbers(root, "wide", CN_H5_FLOAT32, 1, (size_t[]){20000}, wide));
    CHECK(!cn_h5_image_new(root));
    check_error("HDF5 object '/', attribute 'wide': expected at most 64 KiB, found 80000 bytes");
    free(wide);
    cn_h5_free(root);
}

static bool stop(void *context, const void *bytes, size_t n)
{
    (void)bytes;
    size_t *left = context;
    bool fits = n <= *left;
    *left -= fits ? n : 0;
    return fits;
}

TEST(hdf5_stops_when_the_sink_does)
{
    cn_h5_node *root = small_tree();
    cn_h5_image *image = cn_h5_image_new(root);
    for (size_t room = 0; room < cn_h5_image_size(image); room += 50) {
        size_t left = room;
        CHECK(!cn_h5_image_write(image, stop, &left));
    }
    cn_h5_image_free(image);
    cn_h5_free(root);
}

TEST(hdf5_writing_survives_lack_of_memory)
{
    for (long n = 0;; n++) {
        cn_mem_fail_at(n);
        cn_h5_node *root = small_tree();
        cn_h5_image *image = cn_h5_image_new(root);
        bool failed = cn_mem_failed();
        cn_mem_fail_at(-1);
        CHECK(failed ? !image && cn_error_code() == CN_ENOMEM : image != NULL);
        cn_h5_image_free(image);
        cn_h5_free(root);
        cn_clear_error();
        if (!failed)
            break;
    }
}
