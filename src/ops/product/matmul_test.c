/* Matrix products against plain loops, their gradients, their messages. */
#include "cornu/function.h"
#include "ops/golden_test.h"
#include "ops/gradient_check.h"
#include "ops/products.h"

/* One product of matrices in doubles. */
static void naive(const double *a, const double *b, double *y, int m, int n, int k, bool ta,
                  bool tb)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            y[i * n + j] = 0;
            for (int p = 0; p < k; p++)
                y[i * n + j] += a[ta ? p * m + i : i * k + p] * b[tb ? j * k + p : p * n + j];
        }
}

static void compare(cn_dtype dtype, int m, int n, int k, bool ta, bool tb)
{
    cn_tensor *a = numbers(ta ? cn_shape(k, m) : cn_shape(m, k), dtype, 1);
    cn_tensor *b = numbers(tb ? cn_shape(n, k) : cn_shape(k, n), dtype, 2);
    cn_tensor *y = cn_matmul_t(a, b, ta, tb);
    double want[4096];
    naive(cn_data(cn_cast(a, CN_FLOAT64)), cn_data(cn_cast(b, CN_FLOAT64)), want, m, n, k, ta, tb);
    CHECK(cn_dtype_of(y) == dtype);
    const double *got = cn_data(cn_cast(y, CN_FLOAT64));
    REQUIRE(got);
    cn_test_close_double(got, want, (size_t)(m * n), 0, 0, __FILE__, __LINE__);
}

TEST(matmul_of_matrices)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64, CN_INT32, CN_INT64, CN_BFLOAT16};
    static const int sizes[][3] = {{1, 1, 1}, {3, 5, 7}, {17, 1, 9}, {1, 33, 2}, {16, 16, 16}};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int flags = 0; flags < 4; flags++)
                CN_SCOPE
                    compare(dtypes[d], sizes[s][0], sizes[s][1],
                            dtypes[d] == CN_BFLOAT16 ? 2 : sizes[s][2], flags & 1, flags >> 1);
}

TEST(matmul_broadcasts_leading_axes)
{
    CN_SCOPE {
        cn_tensor *a = numbers(cn_shape(2, 1, 3, 4), CN_FLOAT32, 1);
        cn_tensor *b = numbers(cn_shape(5, 4, 2), CN_FLOAT32, 2);
        const float *y = cn_floats(cn_matmul(a, b));
        REQUIRE(y && cn_shape_equal(cn_shape_of(cn_matmul(a, b)), cn_shape(2, 5, 3, 2)));
        const double *ad = cn_data(cn_cast(a, CN_FLOAT64)), *bd = cn_data(cn_cast(b, CN_FLOAT64));
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 5; j++) {
                double want[6];
                naive(ad + i * 12, bd + j * 8, want, 3, 2, 4, false, false);
                for (int e = 0; e < 6; e++)
                    CHECK(y[(i * 5 + j) * 6 + e] == (float)want[e]);
            }
        const int32_t *z = cn_data(cn_matmul(cn_cast(a, CN_INT32), cn_cast(b, CN_INT32)));
        REQUIRE(z);
        for (int e = 0; e < 60; e++)
            CHECK((float)z[e] == y[e]);
    }
}

TEST(matmul_of_vectors)
{
    CN_SCOPE {
        cn_tensor *v = cn_values(cn_shape(3), 1, 2, 3), *w = cn_values(cn_shape(2), 1, -1);
        cn_tensor *m = cn_values(cn_shape(2, 3), 1, 2, 3, 4, 5, 6);
        CHECK(cn_item(cn_matmul(v, v)) == 14);
        check_close(cn_floats(cn_matmul(m, v)), ((float[]){14, 32}), 2, 0, 0);
        check_close(cn_floats(cn_matmul(w, m)), ((float[]){-3, -3, -3}), 3, 0, 0);
        CHECK(cn_rank(cn_matmul(w, m)) == 1);
    }
}

TEST(matmul_of_nothing)
{
    CN_SCOPE {
        cn_tensor *y =
            cn_matmul(cn_zeros(cn_shape(2, 0), CN_FLOAT32), cn_zeros(cn_shape(0, 3), CN_FLOAT32));
        check_close(cn_floats(y), ((float[6]){0}), 6, 0, 0);
        y = cn_matmul(cn_zeros(cn_shape(4, 0, 2), CN_FLOAT64),
                      cn_zeros(cn_shape(2, 3), CN_FLOAT64));
        CHECK(cn_data(y) && cn_size(y) == 0);
    }
}

TEST(matmul_messages)
{
    CN_SCOPE {
        cn_tensor *a = cn_zeros(cn_shape(2, 3), CN_FLOAT32),
                  *b = cn_zeros(cn_shape(4, 5), CN_FLOAT32);
        CHECK(!cn_matmul(a, b));
        check_error("cn_matmul: shapes (2, 3) and (4, 5) do not fit: the inner dimensions are 3 "
                    "and 4");
        CHECK(!cn_matmul_t(a, b, true, false));
        check_error("cn_matmul: shapes (2, 3) (transposed) and (4, 5) do not fit: the inner "
                    "dimensions are 2 and 4");
        CHECK(!cn_matmul(a, cn_zeros(CN_SCALAR, CN_FLOAT32)));
        check_error("cn_matmul: expected two tensors of rank 1 or more, found shapes (2, 3) and "
                    "()");
        CHECK(!cn_matmul(cn_zeros(cn_shape(2, 3, 4), CN_FLOAT32),
                         cn_zeros(cn_shape(3, 4, 5), CN_FLOAT32)));
        check_error("cn_matmul: the leading axes of shapes (2, 3, 4) and (3, 4, 5) do not "
                    "broadcast");
    }
}

TEST(matmul_of_unknown_sizes)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, CN_ANY, 4), CN_FLOAT32, true);
        cn_tensor *y = cn_matmul(x, cn_zeros(cn_shape(4, 5), CN_FLOAT32));
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 5)));
        cn_tensor *g = cn_list_item(cn_gradients(cn_sum(y), cn_list_of(y->inputs[1])), 0);
        CHECK(cn_shape_equal(cn_shape_of(g), cn_shape(4, 5)));
    }
}

static cn_tensor *plain(cn_tensor *const *x)
{
    return cn_matmul(x[0], x[1]);
}

static cn_tensor *transposed(cn_tensor *const *x)
{
    return cn_add(cn_matmul_t(x[0], x[1], true, false), cn_matmul_t(x[2], x[3], false, true));
}

static cn_tensor *both_transposed(cn_tensor *const *x)
{
    return cn_matmul_t(x[0], x[1], true, true);
}

TEST(matmul_gradients)
{
    CN_SCOPE {
        cn_tensor *a = gradient_values(cn_shape(2, 3), 1), *b = gradient_values(cn_shape(3, 4), 2);
        cn_tensor *c = gradient_values(cn_shape(3, 2), 3), *d = gradient_values(cn_shape(4, 3), 4);
        cn_tensor *many = gradient_values(cn_shape(2, 1, 2, 3), 5);
        cn_tensor *some = gradient_values(cn_shape(3, 3, 2), 6);
        cn_tensor *v = gradient_values(cn_shape(3), 7);
        check_gradients(plain, a, b);
        check_gradients(transposed, c, b, a, d);
        check_gradients(both_transposed, c, d);
        check_gradients(plain, many, b);
        check_gradients(plain, many, some);
        check_gradients(plain, v, b);
        check_gradients(plain, many, v);
        check_gradients(plain, v, v);
    }
}

static cn_list *two_products(cn_tensor *const *in, void *user)
{
    cn_tensor *w = user;
    return cn_list_of(cn_matmul(in[0], w), cn_matmul(in[1], cn_reshape(w, cn_shape(64, 256))));
}

/* Element i is i mod 11 - 5, so that sums are exact in any order. */
static cn_tensor *whole_numbers(int64_t rows, int64_t columns)
{
    cn_tensor *x = cn_mod(cn_arange(0, (double)(rows * columns), 1, CN_FLOAT32), 11);
    return cn_reshape(cn_sub(x, 5), cn_shape(rows, columns));
}

/* Plans that are to run often keep a variable as kernels read it, in one shape or the other, until
 * it is written. */
TEST(matmul_keeps_weights)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(whole_numbers(128, 128));
        cn_function *f = cn_traced_function(two_products, w);
        static const int64_t rows[] = {8, 17, 24, 25, 48, 100, 256, 300};
        for (int turn = 0; turn < 3; turn++) {
            for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                cn_tensor *in[] = {whole_numbers(rows[i], 128), whole_numbers(rows[i], 64)};
                cn_list *got = cn_run(f, in[0], in[1]), *want = two_products(in, w);
                REQUIRE(got && want);
                for (int k = 0; k < 2; k++)
                    CHECK(cn_item(cn_all(cn_equal(cn_list_item(got, k), cn_list_item(want, k)))));
            }
            cn_assign(w, cn_sub(3, w));
        }
    }
}
