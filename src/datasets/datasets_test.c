#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/inflate.h"
#include "base/test.h"
#include "cornu/data.h"
#include "datasets/idx.h"

#define BYTES(...) (unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__})
/* Python: gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), mtime=0) */
#define GZIPPED                                                                                  \
    BYTES(31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 100, 96, 96, 96, 98, 231, 4, 0, 122, \
          130, 1, 163, 10, 0, 0, 0)

TEST(idx_reads_arrays)
{
    cn_tensor *t = cn_idx_parse(BYTES(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6), "t");
    REQUIRE(t && cn_rank(t) == 2 && cn_dim(t, 1) == 3 && cn_dtype_of(t) == CN_UINT8);
    CHECK(((const uint8_t *)cn_data(t))[5] == 6);
    t = cn_idx_parse(BYTES(0, 0, 0x0B, 1, 0, 0, 0, 2, 1, 2, 0xFF, 0xFE), "t");
    REQUIRE(t && cn_dtype_of(t) == CN_INT16);
    CHECK(((const int16_t *)cn_data(t))[0] == 258 && ((const int16_t *)cn_data(t))[1] == -2);
    t = cn_idx_parse(BYTES(0, 0, 0x0D, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0), "t");
    REQUIRE(t);
    CHECK(cn_floats(t)[0] == 1.5f);
    t = cn_idx_parse(BYTES(0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 3), "t");
    CHECK(t && cn_size(t) == 0);
}

TEST(idx_reads_gzip)
{
    cn_tensor *t = cn_idx_parse(GZIPPED, "t");
    REQUIRE(t && cn_size(t) == 2);
    CHECK(((const uint8_t *)cn_data(t))[1] == 9);
}

TEST(idx_refuses_damage)
{
    CHECK(!cn_idx_parse(BYTES(0, 0, 8), "t"));
    check_error("t: not an IDX file");
    CHECK(!cn_idx_parse(BYTES(1, 0, 8, 1, 0, 0, 0, 0), "t"));
    check_error("t: not an IDX file");
    CHECK(!cn_idx_parse(BYTES(0, 0, 7, 1, 0, 0, 0, 0), "t"));
    check_error("t: not an IDX file: unknown type 7");
    CHECK(!cn_idx_parse(BYTES(0, 0, 8, 2, 0, 0, 0, 1), "t"));
    check_error("t: a damaged IDX file: 2 axes in 8 bytes");
    CHECK(!cn_idx_parse(BYTES(0, 0, 8, 1, 0, 0, 0, 3, 1, 2), "t"));
    check_error("t: a damaged IDX file: 2 bytes of data, expected 3");
    CHECK(!cn_idx_parse(
        BYTES(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255), "t"));
    check_error("t: a damaged IDX file: its sizes are too large");
    CHECK(!cn_idx_parse(BYTES(0x1F, 0x8B, 8, 0), "t"));
    CHECK(!strncmp(cn_error(), "t: ", 3));
    cn_clear_error();
}

static void put(const char *path, const void *data, size_t size)
{
    cn_file_writer *file = cn_file_begin(path);
    CHECK(file && cn_file_write(file, data, size) && cn_file_end(file));
}

static void join(char *out, const char *folder, const char *name)
{
    strcpy(out, folder);
    strcat(out, "/");
    strcat(out, name);
}

TEST(mnist_is_found_in_the_named_folder)
{
    char folder[500], path[600];
    const char *root = cn_test_path("sets");
    mkdir(root, 0755);
    join(folder, root, "mnist");
    mkdir(folder, 0755);
    setenv("CORNU_DATA", root, 1);
    join(path, folder, "t10k-images-idx3-ubyte");
    put(path, BYTES(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4));
    join(path, folder, "t10k-labels-idx1-ubyte.gz");
    put(path, GZIPPED);
    cn_batch all;
    REQUIRE(cn_dataset_all(cn_load_mnist("test"), &all));
    CHECK(all.size == 2 && cn_rank(all.x) == 4 && cn_dim(all.x, 2) == 2 && cn_dim(all.x, 3) == 1);
    CHECK(((const uint8_t *)cn_data(all.y))[0] == 7);
    join(path, folder, "t10k-labels-idx1-ubyte.gz");
    put(path, BYTES(0, 0, 9, 1, 0, 0, 0, 1, 1));
    CHECK(!cn_load_mnist("test"));
    CHECK(strstr(cn_error(), "expected 1 axes of uint8, found shape (1,) of int8"));
    cn_clear_error();
    CHECK(!cn_load_mnist("train") && cn_error_code() == CN_ENOTFOUND);
    CHECK(strstr(cn_error(), "mnist: found no train-images-idx3-ubyte (nor "
                             "train-images-idx3-ubyte.gz) in ") &&
          strstr(cn_error(), "/usr/share/datasets/mnist; set CORNU_DATA to the folder of 'mnist'"));
    cn_clear_error();
    unsetenv("CORNU_DATA");
    CHECK(!cn_load_mnist("all"));
    check_error("cn_load_mnist: expected \"train\" or \"test\", found \"all\"");
}

TEST(fashion_mnist_where_it_is_installed)
{
    if (access("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz", R_OK))
        return;
    cn_dataset *d = cn_load_fashion_mnist("test");
    REQUIRE(d);
    CHECK(cn_dataset_size(d) == 10000);
    cn_batch first;
    REQUIRE(cn_dataset_all(cn_take(d, 5), &first));
    const uint8_t *y = cn_data(first.y);
    CHECK(y[0] == 9 && y[1] == 2 && y[2] == 1 && y[3] == 1 && y[4] == 6);
}

TEST(digits_are_read)
{
    cn_batch all;
    REQUIRE(cn_dataset_all(cn_load_npz(CORNU_SOURCE_DIR "/examples/data/digits.npz"), &all));
    CHECK(all.size == 1797 && cn_rank(all.x) == 4 && cn_dim(all.x, 1) == 8);
    const uint8_t *x = cn_data(all.x), *y = cn_data(all.y);
    int pixels = 0, labels = 0;
    for (int i = 0; i < 1797 * 64; i++)
        pixels += x[i];
    for (int i = 0; i < 1797; i++)
        labels += y[i];
    CHECK(pixels == 561718 && labels == 8070);
    CHECK(!cn_load_npz("/nowhere.npz") && cn_error_code() == CN_ENOTFOUND);
    cn_clear_error();
}
