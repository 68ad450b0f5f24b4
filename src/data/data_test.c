#include "base/test.h"
#include "cornu/models.h"
#include "cornu/random.h"
#include "data/dataset.h"
#include "ops/ops.h"

/* x: (n, 2) with rows (i, -i); y: i */
static cn_dataset *numbers(int n)
{
    float x[200];
    int32_t y[100];
    for (int i = 0; i < n; i++) {
        x[2 * i] = (float)i;
        x[2 * i + 1] = (float)-i;
        y[i] = i;
    }
    return cn_from_arrays(cn_array(x, CN_FLOAT32, cn_shape(n, 2)),
                          cn_array(y, CN_INT32, cn_shape(n)));
}

/* The y of an epoch, checking that x goes with it; -1 between batches. */
static int read_epoch(cn_dataset *d, uint64_t epoch, int *out)
{
    cn_batch_views b;
    int n = 0, got;
    CHECK(cn_dataset_begin(d, epoch));
    while ((got = cn_dataset_next(d, &b)) == 1) {
        const float *x = b.views[0].data;
        const int32_t *y = b.views[1].data;
        CHECK(b.nx == 1 && b.ny == 1 && b.nw == 0 && b.views[0].dim[0] == b.size);
        CHECK(b.views[0].size == b.size * 2 && b.views[1].rank == 1);
        for (int i = 0; i < b.size; i++) {
            CHECK(x[2 * i] == (float)y[i] && x[2 * i + 1] == (float)-y[i]);
            out[n++] = y[i];
        }
        out[n++] = -1;
    }
    CHECK(got == 0);
    return n;
}

static bool reads(cn_dataset *d, uint64_t epoch, int count, const int *want)
{
    int got[256];
    bool same = read_epoch(d, epoch, got) == count;
    for (int i = 0; same && i < count; i++)
        same = got[i] == want[i];
    return same;
}
#define READS(d, ...) \
    CHECK(reads(d, 0, sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__}))

TEST(data_batches_in_order)
{
    cn_dataset *d = cn_batch_dataset(numbers(5), 2, false);
    CHECK(cn_dataset_size(d) == 5 && d->batches == 3);
    READS(d, 0, 1, -1, 2, 3, -1, 4, -1);
    READS(d, 0, 1, -1, 2, 3, -1, 4, -1);
    d = cn_batch_dataset(numbers(5), 2, true);
    CHECK(cn_dataset_size(d) == 4 && d->batches == 2);
    READS(d, 0, 1, -1, 2, 3, -1);
    READS(numbers(2), 0, -1, 1, -1);
    CHECK(reads(cn_batch_dataset(numbers(0), 2, false), 0, 0, NULL));
}

TEST(data_views_contiguous_batches)
{
    cn_tensor *x = cn_values(cn_shape(4), 1, 2, 3, 4);
    cn_dataset *d = cn_batch_dataset(cn_from_arrays(x), 2, false);
    cn_batch_views b;
    REQUIRE(cn_dataset_begin(d, 0) && cn_dataset_next(d, &b) == 1);
    CHECK(b.views[0].data == cn_data(x));
    CHECK(cn_dataset_next(d, &b) == 1 && b.views[0].data == cn_floats(x) + 2);
}

TEST(data_takes_and_skips)
{
    READS(cn_batch_dataset(cn_take(numbers(9), 3), 2, false), 0, 1, -1, 2, -1);
    READS(cn_batch_dataset(cn_skip(numbers(5), 2), 2, false), 2, 3, -1, 4, -1);
    READS(cn_take(cn_skip(cn_batch_dataset(numbers(7), 2, false), 1), 2), 2, 3, -1, 4, 5, -1);
    CHECK(cn_dataset_size(cn_take(numbers(9), 20)) == 9);
    CHECK(cn_dataset_size(cn_skip(numbers(9), 20)) == 0);
    cn_dataset *b = cn_batch_dataset(numbers(7), 2, false);
    CHECK(cn_dataset_size(cn_skip(b, 1)) == 5 && cn_dataset_size(cn_take(b, 3)) == 6);
    CHECK(cn_dataset_size(cn_take(cn_shuffle(b, 0), 3)) == -1);
    CHECK(cn_dataset_size(cn_take(cn_shuffle(b, 0), 4)) == 7);
}

static bool holds_each_once(const int *read, int count, int samples)
{
    int seen[256] = {0};
    for (int i = 0; i < count; i++)
        if (read[i] >= 0 && seen[read[i]]++)
            return false;
    for (int i = 0; i < samples; i++)
        if (!seen[i])
            return false;
    return true;
}

TEST(data_shuffles_by_seed_and_epoch)
{
    int a[256], b[256], c[256];
    cn_set_random_seed(3);
    cn_dataset *d = cn_dataset_for(numbers(50), 8, true, 11);
    int n = read_epoch(d, 0, a);
    CHECK(n == 57 && holds_each_once(a, n, 50));
    CHECK(read_epoch(d, 1, b) == n && holds_each_once(b, n, 50));
    int same = 0;
    for (int i = 0; i < n; i++)
        same += a[i] >= 0 && a[i] == b[i];
    CHECK(same < 10);
    /* another dataset, in another state of the process's generator, other batches */
    cn_set_random_seed(99);
    d = cn_dataset_for(numbers(50), 50, true, 11);
    read_epoch(d, 5, c);
    read_epoch(d, 1, c);
    int k = 0;
    for (int i = 0; i < n; i++)
        if (b[i] >= 0)
            CHECK(b[i] == c[k++]);
}

TEST(data_shuffles_with_a_buffer)
{
    int a[256];
    cn_set_random_seed(4);
    cn_dataset *d = cn_shuffle(numbers(50), 4);
    int n = read_epoch(d, 0, a), moved = 0;
    CHECK(n == 100 && holds_each_once(a, n, 50));
    for (int i = 0; i < 50; i++) {
        CHECK(a[2 * i] < i + 4); /* nothing comes before the buffer has reached it */
        moved += a[2 * i] != i;
    }
    CHECK(moved > 20);
    d = cn_shuffle(cn_batch_dataset(numbers(7), 2, false), 0);
    n = read_epoch(d, 2, a);
    CHECK(n == 11 && holds_each_once(a, n, 7));
    for (int i = 0; i + 1 < n; i++)
        CHECK(a[i] < 0 || a[i] % 2 || a[i] == 6 || a[i + 1] == a[i] + 1); /* batches stay whole */
}

TEST(data_for_fit)
{
    cn_dataset *batched = cn_batch_dataset(numbers(5), 2, false);
    CHECK(cn_dataset_for(batched, 4, true, 1) == batched);
    CHECK(cn_dataset_for(numbers(5), 0, false, 1)->batch_size == 32);
    READS(cn_dataset_for(numbers(5), 4, false, 1), 0, 1, 2, 3, -1, 4, -1);
    cn_dataset *train, *validation;
    REQUIRE(cn_dataset_split(numbers(5), 0.4, &train, &validation));
    READS(cn_batch_dataset(train, 9, false), 0, 1, 2, -1);
    READS(cn_batch_dataset(validation, 9, false), 3, 4, -1);
    CHECK(!cn_dataset_split(numbers(1), 0.5, &train, &validation));
    check_error("Training data contains 1 samples, which is not sufficient to split it into a "
                "validation and training set as specified by validation_split=0.5");
    CHECK(!cn_dataset_split(batched, 0.5, &train, &validation));
    check_error("validation_split: expected arrays, found a dataset that is shuffled or batched");
    CHECK(!cn_dataset_split(numbers(5), 1, &train, &validation));
    check_error("validation_split: expected a number between 0 and 1, found 1");
}

TEST(data_tells_its_specs)
{
    cn_shape shapes[CN_MAX_COMPONENTS];
    cn_dtype dtypes[CN_MAX_COMPONENTS];
    int nx, ny, nw;
    cn_tensor *x = cn_zeros(cn_shape(3, 4, 5), CN_UINT8), *y = cn_zeros(cn_shape(3), CN_INT64);
    cn_dataset *d = cn_from_arrays(.xs = cn_list_of(x, y), .ys = cn_list_of(y), .sample_weight = y);
    REQUIRE(cn_dataset_specs(d, shapes, dtypes, &nx, &ny, &nw));
    CHECK(nx == 2 && ny == 1 && nw == 1);
    CHECK(shapes[0].rank == 2 && shapes[0].dim[1] == 5 && dtypes[0] == CN_UINT8);
    CHECK(shapes[2].rank == 0 && dtypes[2] == CN_INT64);
}

TEST(data_all_at_once)
{
    cn_batch all;
    REQUIRE(cn_dataset_all(cn_batch_dataset(cn_skip(numbers(5), 2), 2, false), &all));
    CHECK(all.size == 3 && all.sample_weight == NULL && cn_list_length(all.ys) == 1);
    check_close(cn_floats(all.x), ((float[]){2, -2, 3, -3, 4, -4}), 6, 0, 0);
    CHECK(((const int32_t *)cn_data(all.y))[2] == 4);
    REQUIRE(cn_dataset_all(cn_shuffle(cn_batch_dataset(numbers(5), 2, false), 0), &all));
    CHECK(all.size == 5);
    CHECK(cn_dataset_self(NULL) == NULL && cn_dataset_size(cn_dataset_of(all.x)) == 5);
}

TEST(data_errors)
{
    cn_tensor *three = cn_zeros(cn_shape(3, 1), CN_FLOAT32), *two = cn_zeros(cn_shape(2), CN_INT8);
    CHECK(!cn_from_arrays(.xs = cn_list_of(three, three), .y = two));
    check_error("cn_from_arrays: expected as many samples in all arrays, found x: 3, 3; y: 2");
    CHECK(!cn_from_arrays(.y = two));
    check_error("cn_from_arrays: expected x, found NULL");
    CHECK(!cn_from_arrays(cn_zeros(CN_SCALAR, CN_FLOAT32)));
    check_error("cn_from_arrays: expected arrays whose first axis is the samples, found shape ()");
    CHECK(!cn_batch_dataset(numbers(3), 0, false));
    check_error("cn_batch_dataset: expected size > 0, found 0");
    CHECK(!cn_batch_dataset(cn_batch_dataset(numbers(3), 2, false), 2, false));
    check_error("cn_batch_dataset: the dataset is in batches of 2 already");
    CHECK(!cn_shuffle(numbers(3), -1));
    check_error("cn_shuffle: expected buffer >= 0, found -1");
    CHECK(!cn_take(numbers(3), -1));
    check_error("cn_take: expected n >= 0, found -1");
    CHECK(!cn_skip(numbers(3), -2));
    check_error("cn_skip: expected n >= 0, found -2");
    CHECK(!cn_batch_dataset(NULL, 2, false) && !*cn_error());
}
