/* Softmax, normalization and moments: NumPy's and JAX's numbers, gradients by differences. */
#include "base/test.h"
#include "ops/gradient_check.h"

#include <math.h>

static cn_tensor *doubles(cn_tensor *x)
{
    return cn_cast(x, CN_FLOAT64);
}

#define check_doubles(tensor, count, ...)                                                         \
    cn_test_close_double(cn_data(doubles(tensor)), (double[]){__VA_ARGS__}, count, 1e-12, 1e-300, \
                         __FILE__, __LINE__)
#define check_singles(tensor, count, ...) \
    check_close(cn_floats(tensor), ((float[]){__VA_ARGS__}), count, 1e-6, 1e-30)

static cn_tensor *matrix(void)
{
    return cn_values(cn_shape(2, 3), 1, 2, 3.5, -1, 0, 100);
}

TEST(softmax_values)
{
    CN_SCOPE {
        cn_tensor *m = doubles(matrix());
        check_doubles(cn_softmax(m, -1), 6, 0.062890013245867502, 0.17095278019779026,
                      0.76615720655634223, 1.3685394711738529e-44, 3.7200759760208356e-44, 1);
        check_doubles(cn_softmax(m, 0), 6, 0.88079707797788231, 0.88079707797788231,
                      1.2319199726660341e-42, 0.11920292202211755, 0.11920292202211755, 1);
        check_doubles(cn_log_softmax(m, 1), 6, -2.7663678998071335, -1.7663678998071337,
                      -0.26636789980713366, -101, -100, 0);
        check_singles(cn_softmax(cn_cast(m, CN_FLOAT32), 1), 6, 0.0628900132f, 0.170952780f,
                      0.766157207f, 0, 0, 1);
        check_singles(cn_log_softmax(cn_cast(m, CN_FLOAT32), 1), 6, -2.76636790f, -1.76636790f,
                      -0.266367900f, -101, -100, 0);
        CHECK(cn_dtype_of(cn_softmax(cn_cast(m, CN_INT32), 0)) == CN_FLOAT32);
        CHECK(cn_dtype_of(cn_softmax(cn_cast(m, CN_FLOAT16), 0)) == CN_FLOAT16);
        CHECK(!cn_softmax(m, 2));
        check_error("cn_softmax: expected an axis in [-2, 2), found 2");
        CHECK(cn_size(cn_softmax(cn_zeros(cn_shape(3, 0), CN_FLOAT32), 1)) == 0);
        CHECK(cn_data(cn_softmax(cn_zeros(cn_shape(3, 0), CN_FLOAT32), 1)));
    }
}

/* Rows of many lengths: sums are 1, and float agrees with double. */
TEST(softmax_of_rows)
{
    static const int64_t lengths[] = {1, 2, 10, 15, 16, 17, 100, 1023, 1024, 1025, 2500};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        CN_SCOPE {
            cn_tensor *x = cn_mul(gradient_values(cn_shape(37, lengths[i]), (unsigned)i), 5);
            cn_tensor *y = cn_softmax(x, -1), *l = cn_log_softmax(x, -1), *d = doubles(x);
            CHECK(cn_item(cn_max(cn_abs(cn_sub(cn_sum(y, {1}), 1)))) < 1e-5);
            CHECK(cn_item(cn_max(cn_abs(cn_sub(doubles(y), cn_softmax(d, -1))))) < 1e-6);
            CHECK(cn_item(cn_max(cn_abs(cn_sub(doubles(l), cn_log_softmax(d, -1))))) < 1e-5);
            CHECK(cn_item(cn_max(
                      cn_abs(cn_sub(cn_exp(cn_log_softmax(d, -1)), cn_softmax(d, -1))))) < 1e-14);
            cn_tensor *w = gradient_values(cn_shape_of(x), 99);
            cn_tensor *g = cn_list_item(cn_gradients(cn_sum(cn_mul(y, w)), cn_list_of(x)), 0);
            cn_tensor *s = cn_sum(cn_mul(y, w), {1}, true);
            CHECK(cn_item(cn_max(cn_abs(cn_sub(g, cn_mul(y, cn_sub(w, s)))))) < 1e-6);
        }
}

TEST(softmax_of_infinities)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(3, 2), -INFINITY, 0, NAN, 0, -INFINITY, -INFINITY);
        check_singles(cn_softmax(x, -1), 6, 0, 1, NAN, NAN, NAN, NAN);
    }
}

static cn_tensor *softmax(cn_tensor *const *x)
{
    return cn_softmax(x[0], -1);
}

static cn_tensor *log_softmax(cn_tensor *const *x)
{
    return cn_log_softmax(x[0], 0);
}

static cn_tensor *moments(cn_tensor *const *x)
{
    return cn_add(cn_std(x[0], {0}), cn_logsumexp(x[0], {0}));
}

static cn_tensor *normalized(cn_tensor *const *x)
{
    return cn_l2_normalize(x[0], 1, 1e-7);
}

static cn_tensor *batch_norm(cn_tensor *const *x)
{
    return cn_batch_norm(x[0], x[1], cn_square(x[2]), 1, x[3], x[4], 1e-3);
}

TEST(nn_gradients)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(2, 3), 1);
        check_gradients(softmax, x);
        check_gradients(log_softmax, x);
        check_gradients(moments, x);
        check_gradients(normalized, x);
        check_gradients(batch_norm, gradient_values(cn_shape(2, 2, 2), 1),
                        gradient_values(cn_shape(2), 2), gradient_values(cn_shape(2), 3),
                        gradient_values(cn_shape(2), 4), gradient_values(cn_shape(2), 5));
    }
}

TEST(moments_values)
{
    CN_SCOPE {
        cn_tensor *m = doubles(matrix());
        check_doubles(cn_var(m, {0}), 3, 1, 1, 2328.0625);
        check_doubles(cn_std(m), 1, 36.885426962720963);
        check_doubles(cn_logsumexp(m, {1}), 2, 3.7663678998071335, 100);
        CHECK(cn_shape_equal(cn_shape_of(cn_logsumexp(m, {1}, true)), cn_shape(2, 1)));
        CHECK(cn_item(cn_logsumexp(cn_values(cn_shape(2), -INFINITY, -INFINITY))) == -INFINITY);
        CHECK(cn_item(cn_logsumexp(cn_values(cn_shape(2), 1, INFINITY))) == INFINITY);
        CHECK(cn_dtype_of(cn_var(cn_cast(m, CN_INT32))) == CN_FLOAT32);
    }
}

TEST(batch_norm_values)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(1, 2, 2), 1, 2, 3, 4);
        cn_tensor *mean = cn_values(cn_shape(2), 1, 2), *variance = cn_values(cn_shape(2), 4, 16);
        check_singles(cn_batch_norm(x, mean, variance, -1, NULL, NULL, 0), 4, 0, 0, 1, 0.5f);
        check_singles(cn_batch_norm(x, mean, variance, 1, variance, mean, 0), 4, 4, 4.5f, 16.5f,
                      17);
        check_singles(cn_l2_normalize(cn_values(cn_shape(2, 2), 3, 4, 0, 0), -1, 1e-7), 4, 0.6f,
                      0.8f, 0, 0);
        CHECK(!cn_batch_norm(x, cn_zeros(cn_shape(3), CN_FLOAT32), variance, 1, NULL, NULL, 0));
        check_error("cn_batch_norm: expected a mean as long as axis 1 of (1, 2, 2), found shape "
                    "(3,)");
    }
}
