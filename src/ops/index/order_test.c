/* Order, running sums, triangles, sequences: NumPy's values and gradients. */
#include <math.h>

#include "base/test.h"
#include "ops/gradient_check.h"

TEST(argmax_values)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 3), 1, 5, 5, -2, -7, -7);
        check_tensor(cn_argmax(x, 1, false), cn_shape(2), 1, 0);
        check_tensor(cn_argmin(x, -1, true), cn_shape(2, 1), 0, 1);
        check_tensor(cn_argmax(x, 0, false), cn_shape(3), 0, 0, 0);
        check_tensor(cn_argmin(x, CN_UNSET, false), CN_SCALAR, 4);
        check_tensor(cn_argmax(cn_cast(x, CN_INT8), CN_UNSET, true), cn_shape(1, 1), 1);
        cn_tensor *nan = cn_values(cn_shape(4), 3, NAN, -INFINITY, NAN);
        check_tensor(cn_argmax(nan, 0, false), CN_SCALAR, 1);
        check_tensor(cn_argmin(nan, 0, false), CN_SCALAR, 1);
        CHECK(cn_dtype_of(cn_argmax(x, 0, false)) == CN_INT32);
        CHECK(!cn_argmax(cn_zeros(cn_shape(2, 0), CN_FLOAT32), 1, false));
        check_error("cn_argmax: axis 1 of shape (2, 0) is empty");
    }
}

TEST(sort_values)
{
    static const cn_dtype dtypes[] = {CN_INT8,    CN_INT16,    CN_INT32,   CN_INT64,
                                      CN_FLOAT16, CN_BFLOAT16, CN_FLOAT32, CN_FLOAT64};
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 4), 3, -1, 2, -1, 0, 8, -9, 1);
        for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
            cn_tensor *y = cn_cast(x, dtypes[i]);
            check_tensor(cn_sort(y, -1), cn_shape(2, 4), -1, -1, 2, 3, -9, 0, 1, 8);
            check_tensor(cn_argsort(y, 1), cn_shape(2, 4), 1, 3, 2, 0, 2, 0, 3, 1);
        }
        check_tensor(cn_sort(cn_cast(cn_abs(x), CN_UINT16), 0), cn_shape(2, 4), 0, 1, 2, 1, 3, 8, 9,
                     1);
        check_tensor(cn_argsort(cn_values(cn_shape(5), NAN, 1, -0.0, 0, -INFINITY), 0), cn_shape(5),
                     4, 2, 3, 1, 0);
        CHECK(cn_dim(cn_sort(cn_zeros(cn_shape(3, 0), CN_FLOAT32), 1), 0) == 3);
    }
}

/* Longer than a thread's scratch. */
TEST(sort_long)
{
    enum { N = 70001 };
    CN_SCOPE {
        cn_tensor *x = cn_mod(cn_mul(cn_arange(0, N, 1, CN_INT32), 7919), N);
        const int32_t *y = cn_data(cn_sort(x, 0)), *order = cn_data(cn_argsort(x, 0));
        const int32_t *top = cn_data(cn_top_k(x, 20));
        bool same = y && order && top;
        for (int i = 0; same && i < N; i++)
            same =
                y[i] == i && (int64_t)order[i] * 7919 % N == i && (i >= 20 || top[i] == N - 1 - i);
        CHECK(same);
    }
}

TEST(top_k_values)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 4), 3, 7, 3, 1, 0, -8, 9, 9);
        cn_tensor *y = cn_top_k(x, 3);
        check_tensor(y, cn_shape(2, 3), 7, 3, 3, 9, 9, 0);
        check_tensor(cn_nth(y, 1), cn_shape(2, 3), 1, 0, 2, 2, 3, 0);
        check_tensor(cn_nth(cn_top_k(cn_zeros(cn_shape(40), CN_INT8), 20), 1), cn_shape(20), 0, 1,
                     2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        CHECK(!cn_top_k(x, 5));
        check_error("cn_top_k: expected k from 0 to the last axis of shape (2, 4), found 5");
        cn_tensor *targets = cn_array((int32_t[]){2, 1}, CN_INT32, cn_shape(2));
        check_tensor(cn_in_top_k(targets, x, 2), cn_shape(2), 1, 0);
        check_tensor(cn_in_top_k(cn_array((int32_t[]){4, -1}, CN_INT32, cn_shape(2)), x, 4),
                     cn_shape(2), 0, 0);
    }
}

TEST(scan_values)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_INT16);
        check_tensor(cn_cumsum(x, 1), cn_shape(2, 3), 0, 1, 3, 3, 7, 12);
        check_tensor(cn_cumsum(x, 0), cn_shape(2, 3), 0, 1, 2, 3, 5, 7);
        check_tensor(cn_cumprod(cn_add(x, 1), -1), cn_shape(2, 3), 1, 2, 6, 4, 20, 120);
        CHECK(cn_dtype_of(cn_cumsum(x, 0)) == CN_INT16);
        CHECK(cn_dtype_of(cn_cumsum(cn_cast(x, CN_BOOL), 0)) == CN_INT32);
        CHECK(cn_dim(cn_cumsum(cn_zeros(cn_shape(0, 2), CN_FLOAT32), 0), 1) == 2);
    }
}

TEST(triangles_and_sequences)
{
    CN_SCOPE {
        cn_tensor *x = cn_add(counting_values(cn_shape(2, 3), CN_INT32), 1);
        check_tensor(cn_tril(x, 0), cn_shape(2, 3), 1, 0, 0, 4, 5, 0);
        check_tensor(cn_triu(x, 1), cn_shape(2, 3), 0, 2, 3, 0, 0, 6);
        check_tensor(cn_tril(x, -1), cn_shape(2, 3), 0, 0, 0, 4, 0, 0);
        check_tensor(cn_triu(x, -5), cn_shape(2, 3), 1, 2, 3, 4, 5, 6);
        check_tensor(cn_arange(1, 2, 0.25, CN_FLOAT32), cn_shape(4), 1, 1.25, 1.5, 1.75);
        check_tensor(cn_arange(5, 0, -2, CN_INT64), cn_shape(3), 5, 3, 1);
        check_tensor(cn_linspace(0, 1, 5, CN_FLOAT64), cn_shape(5), 0, 0.25, 0.5, 0.75, 1);
        check_tensor(cn_eye(2, 3, CN_FLOAT16), cn_shape(2, 3), 1, 0, 0, 0, 1, 0);
        check_tensor(cn_shape_tensor(x), cn_shape(2), 2, 3);
        cn_tensor *classes = cn_array((int32_t[]){2, -1, 0}, CN_INT32, cn_shape(3));
        check_tensor(cn_one_hot(classes, 3, -1, CN_FLOAT32), cn_shape(3, 3), 0, 0, 1, 0, 0, 0, 1, 0,
                     0);
        check_tensor(cn_one_hot(classes, 2, 0, CN_INT32), cn_shape(2, 3), 0, 0, 1, 0, 0, 0);
        CHECK(!cn_arange(0, 1, 0, CN_FLOAT32));
        check_error("cn_arange: no range from 0 to 1 in steps of 0");
    }
}

#define FORMULA(name, expression)               \
    static cn_tensor *name(cn_tensor *const *x) \
    {                                           \
        return expression;                      \
    }
FORMULA(sorted, cn_square(cn_sort(x[0], 0)))
FORMULA(top, cn_square(cn_top_k(x[0], 2)))
FORMULA(summed, cn_square(cn_cumsum(x[0], 1)))
FORMULA(multiplied, cn_cumprod(x[0], 1))
FORMULA(with_zeros, cn_cumprod(cn_mul(x[0], cn_values(cn_shape(4), 1, 0, 1, 0)), 1))
FORMULA(lower, cn_square(cn_tril(x[0], 0)))

TEST(order_gradients)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(3, 4), 1);
        check_gradients(sorted, x);
        check_gradients(top, x);
        check_gradients(summed, x);
        check_gradients(multiplied, x);
        check_gradients(with_zeros, x);
        check_gradients(lower, x);
    }
}
