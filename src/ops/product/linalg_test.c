#include "ops/product/linalg.h"

#include "base/test.h"
#include "ops/gradient_check.h"

/* Positive definite: x x^T + 2. */
static cn_tensor *definite(cn_tensor *x)
{
    cn_tensor *square = cn_matmul_t(x, x, false, true);
    return cn_add(square, cn_mul(cn_eye(3, 3, CN_FLOAT64), 2));
}

static bool near(cn_tensor *a, cn_tensor *b)
{
    return cn_item(cn_max(cn_abs(cn_sub(a, b)))) < 1e-6;
}

TEST(linear_systems)
{
    CN_SCOPE {
        cn_tensor *a = gradient_values(cn_shape(2, 3, 3), 1),
                  *b = gradient_values(cn_shape(2, 3, 2), 2);
        CHECK(near(cn_matmul(a, cn_solve(a, b)), b));
        cn_tensor *wide = cn_cast(a, CN_FLOAT64), *l = cn_cholesky(definite(wide));
        CHECK(near(cn_matmul_t(l, l, false, true), definite(wide)));
        CHECK(near(cn_matmul(cn_triu(a, 0), cn_solve_triangular(a, b, false, false)), b));
        CHECK(near(
            cn_matmul(cn_swapaxes(cn_tril(a, 0), 1, 2), cn_solve_triangular(a, b, true, true)), b));
        cn_tensor *m = cn_values(cn_shape(2, 2), 0, 2, 3, 1);
        check_tensor(cn_cast(cn_round(cn_mul(cn_det(m), 1000)), CN_INT32), CN_SCALAR, -6000);
        CHECK(cn_item(cn_slogdet(m)) == -1);
        CHECK(cn_item(cn_det(cn_ones(cn_shape(2, 2), CN_FLOAT32))) == 0);
        check_tensor(cn_inverse(cn_values(cn_shape(2, 2), 0, 2, 4, 0)), cn_shape(2, 2), 0, 0.25,
                     0.5, 0);
        CHECK(!cn_solve(a, cn_zeros(cn_shape(2, 2, 1), CN_FLOAT32)));
        check_error(
            "cn_solve: expected a right side of shape (2, 3, None) for matrices of shape (2, "
            "3, 3), found (2, 2, 1)");
    }
}

#define FORMULA(name, expression)               \
    static cn_tensor *name(cn_tensor *const *x) \
    {                                           \
        return expression;                      \
    }
FORMULA(solved, cn_solve(definite(x[0]), x[1]))
FORMULA(lower_solved, cn_solve_triangular(definite(x[0]), x[1], true, false))
FORMULA(upper_solved, cn_solve_triangular(definite(x[0]), x[1], false, true))
FORMULA(factored, cn_cholesky(definite(x[0])))
FORMULA(determinant, cn_det(definite(x[0])))

TEST(linear_system_gradients)
{
    CN_SCOPE {
        cn_tensor *a = gradient_values(cn_shape(3, 3), 1), *b = gradient_values(cn_shape(3, 2), 2);
        check_gradients(solved, a, b);
        check_gradients(lower_solved, a, b);
        check_gradients(upper_solved, a, b);
        check_gradients(factored, a);
        check_gradients(determinant, a);
    }
}
