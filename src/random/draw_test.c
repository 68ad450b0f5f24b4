/* Random tensors: moments, ranges, and the same numbers for the same seed. */
#include "base/test.h"
#include "cornu/config.h"
#include "ops/ops.h"

#include <math.h>

enum { N = 40001 };

static double mean(cn_tensor *x)
{
    return cn_item(cn_mean(cn_cast(x, CN_FLOAT64)));
}

static double variance(cn_tensor *x)
{
    return cn_item(cn_var(cn_cast(x, CN_FLOAT64)));
}

static bool near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance;
}

static bool same(cn_tensor *a, cn_tensor *b)
{
    return cn_shape_equal(cn_shape_of(a), cn_shape_of(b)) && cn_item(cn_all(cn_equal(a, b))) == 1;
}

TEST(random_moments)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64};
    for (int d = 0; d < 2; d++)
        CN_SCOPE {
            cn_shape shape = cn_shape(N);
            cn_tensor *u = cn_random_uniform(shape, -1, 3, dtypes[d], cn_seed(1));
            CHECK(u->dtype == dtypes[d] && near(mean(u), 1, 0.03));
            CHECK(near(variance(u), 16.0 / 12, 0.03));
            CHECK(cn_item(cn_min(u)) >= -1 && cn_item(cn_max(u)) < 3);
            cn_tensor *z = cn_random_normal(shape, 2, 3, dtypes[d], cn_seed(2));
            CHECK(z->dtype == dtypes[d] && near(mean(z), 2, 0.06) && near(variance(z), 9, 0.25));
            cn_tensor *t = cn_random_truncated_normal(shape, 1, 2, dtypes[d], cn_seed(3));
            CHECK(t->dtype == dtypes[d] && near(mean(t), 1, 0.04));
            CHECK(near(variance(t), 4 * 0.7737, 0.08));
            CHECK(cn_item(cn_min(t)) >= -3 && cn_item(cn_max(t)) <= 5);
            cn_tensor *g = cn_random_gamma(shape, 2.5, dtypes[d], cn_seed(4));
            CHECK(near(mean(g), 2.5, 0.04) && near(variance(g), 2.5, 0.12));
            cn_tensor *b = cn_random_beta(shape, 2, 3, dtypes[d], cn_seed(5));
            CHECK(near(mean(b), 0.4, 0.005) && near(variance(b), 0.04, 0.002));
            cn_tensor *k = cn_random_binomial(shape, 10, 0.3, dtypes[d], cn_seed(6));
            CHECK(near(mean(k), 3, 0.04) && near(variance(k), 2.1, 0.08));
        }
}

TEST(random_uniform_stays_below_high)
{
    CN_SCOPE {
        cn_tensor *u = cn_random_uniform(cn_shape(N), 1e7, 1e7 + 2, CN_FLOAT32, cn_seed(1));
        CHECK(cn_item(cn_max(u)) < 1e7 + 2 && cn_item(cn_min(u)) == 1e7);
    }
}

TEST(random_ints)
{
    CN_SCOPE {
        cn_tensor *x = cn_random_int(cn_shape(7, 1001), -3, 4, CN_INT32, cn_seed(1));
        CHECK(x->dtype == CN_INT32 && near(mean(x), 0, 0.1));
        CHECK(cn_item(cn_min(x)) == -3 && cn_item(cn_max(x)) == 3);
        CHECK(!cn_random_int(cn_shape(2), 3, 3, CN_INT32, cn_seed(1)));
        check_error("cn_random_int: expected low < high, found 3 and 3");
    }
}

TEST(random_masks_follow_their_tensor)
{
    CN_SCOPE {
        cn_tensor *like = cn_zeros(cn_shape(100, 50), CN_FLOAT32);
        cn_tensor *mask =
            cn_random_bernoulli(cn_shape(CN_ANY, 1), 0.25, CN_FLOAT32, like, cn_seed(1));
        CHECK(cn_shape_equal(cn_shape_of(mask), cn_shape(100, 1)));
        mask = cn_random_bernoulli(cn_shape(CN_ANY, CN_ANY), 0.25, CN_FLOAT32, like, cn_seed(1));
        CHECK(near(mean(mask), 0.25, 0.03));
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 50), CN_FLOAT32, true);
        mask = cn_random_bernoulli(cn_shape(CN_ANY, CN_ANY), 0.25, CN_BOOL, x, cn_seed(1));
        CHECK(cn_shape_equal(cn_shape_of(mask), cn_shape(CN_ANY, 50)) && mask->n_inputs == 2);
        CHECK(cn_shape_equal(cn_shape_of(cn_random_normal_like(x, 0, 1, NULL)), cn_shape_of(x)));
        CHECK(!cn_random_bernoulli(cn_shape(CN_ANY), 0.5, CN_BOOL, NULL, NULL));
        check_error("cn_random_bernoulli: expected a shape without unknown dimensions, found "
                    "(None,)");
        CHECK(!cn_random_bernoulli(cn_shape(2), 1.5, CN_BOOL, NULL, NULL));
        check_error("cn_random_bernoulli: expected a probability in [0, 1], found 1.5");
    }
}

TEST(random_numbers_repeat_with_their_seed)
{
    CN_SCOPE {
        cn_shape shape = cn_shape(3, 101);
        cn_tensor *a = cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(5));
        CHECK(same(a, cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(5))));
        CHECK(!same(a, cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_seed(6))));
        cn_set_random_seed(7);
        cn_tensor *b = cn_random_normal(shape, 0, 1, CN_FLOAT64, NULL);
        cn_tensor *c = cn_random_normal(shape, 0, 1, CN_FLOAT64, NULL);
        CHECK(!same(b, c));
        cn_set_random_seed(7);
        CHECK(same(b, cn_random_normal(shape, 0, 1, CN_FLOAT64, NULL)));
        CHECK(same(c, cn_random_normal(shape, 0, 1, CN_FLOAT64, NULL)));
        CHECK(!cn_random_normal(shape, 0, 1, CN_FLOAT32, cn_values(cn_shape(2), 1, 2)));
        check_error("cn_random_normal: expected a seed uint32 (2,), found float32 (2,)");
    }
}

TEST(random_numbers_do_not_depend_on_threads)
{
    CN_SCOPE {
        cn_tensor *x[2];
        for (int i = 0; i < 2; i++) {
            cn_set_num_threads(i + 1);
            x[i] = cn_random_normal(cn_shape(N), 1, 2, CN_FLOAT64, cn_seed(5));
            CHECK(cn_data(x[i]));
        }
        cn_set_num_threads(0);
        CHECK(same(x[0], x[1]));
    }
}

TEST(random_shuffle_keeps_rows)
{
    CN_SCOPE {
        cn_tensor *x = cn_reshape(cn_arange(0, 300, 1, CN_FLOAT32), cn_shape(100, 3));
        cn_tensor *y = cn_random_shuffle(x, 0, cn_seed(1));
        CHECK(!same(x, y) && same(cn_sort(y, 0), x));
        cn_tensor *z = cn_random_shuffle(x, 1, cn_seed(2));
        CHECK(same(cn_sort(z, 1), x));
        const float *rows = cn_floats(y);
        for (int i = 0; rows && i < 100; i++)
            CHECK(rows[3 * i + 1] == rows[3 * i] + 1 && rows[3 * i + 2] == rows[3 * i] + 2);
    }
}

TEST(random_categories)
{
    CN_SCOPE {
        cn_tensor *logits = cn_log(cn_values(cn_shape(2, 3), 0.2, 0.3, 0.5, 0, 1, 0));
        cn_tensor *y = cn_random_categorical(logits, 20000, cn_seed(1));
        CHECK(y->dtype == CN_INT32 && cn_shape_equal(cn_shape_of(y), cn_shape(2, 20000)));
        cn_tensor *hits = cn_mean(cn_cast(cn_equal(y, 2), CN_FLOAT32), {1});
        check_close(cn_floats(hits), ((float[]){0.5f, 0}), 2, 0, 0.015);
        CHECK(cn_item(cn_sum(cn_slice(y, "1"))) == 20000);
        CHECK(!cn_random_categorical(cn_zeros(cn_shape(3), CN_FLOAT32), 1, NULL));
        check_error("cn_random_categorical: expected logits (rows, classes) and 0 or more "
                    "samples, found shape (3,) and 1");
    }
}

TEST(random_nothing)
{
    CN_SCOPE {
        CHECK(cn_data(cn_random_normal(cn_shape(0, 3), 0, 1, CN_FLOAT32, NULL)));
        CHECK(cn_data(cn_random_normal(cn_shape(1), 0, 1, CN_FLOAT64, NULL)));
        CHECK(isfinite(cn_item(cn_random_uniform(CN_SCALAR, 0, 1, CN_FLOAT32, NULL))));
    }
}
