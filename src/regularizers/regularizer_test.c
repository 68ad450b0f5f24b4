#include "regularizers/regularizer.h"

#include <math.h>

#include "base/alloc.h"
#include "base/test.h"
#include "constraints/constraint.h"
#include "ops/ops.h"

static double penalty(const char *spec, cn_shape shape)
{
    double value = NAN;
    CN_SCOPE {
        value = cn_item(cn_regularize(spec, cn_ones(shape, CN_FLOAT32)));
    }
    return value;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

TEST(regularizer_values)
{
    CHECK(near(penalty("l1(0.01)", cn_shape(5, 5)), 0.25));
    CHECK(near(penalty("l2(0.01)", cn_shape(5, 5)), 0.25));
    CHECK(near(penalty("l1_l2(l1=0.01, l2=0.01)", cn_shape(5, 5)), 0.5));
    CHECK(near(penalty("L1L2(0.01, 0.01)", cn_shape(5, 5)), 0.5));
    CHECK(near(penalty("orthogonal_regularizer(2)", cn_shape(3, 4)), 2));
}

static cn_tensor *strength(cn_tensor *x, const cn_args *args)
{
    return cn_mul(cn_sum(cn_square(x)), cn_arg_float(args, "strength"));
}

TEST(regularizer_of_the_user)
{
    CHECK(cn_register_regularizer("regularizer_test_strength", strength, "strength=0.001"));
    CHECK(near(penalty("regularizer_test_strength", cn_shape(5, 5)), 0.025));
    CHECK(near(penalty("regularizer_test_strength(0.01)", cn_shape(5, 5)), 0.25));
    cn_json *json = cn_spec_serialize(CN_REGULARIZERS, "regularizer_test_strength(0.01)");
    char *text = cn_json_text(json, 0);
    CHECK(near(penalty(text, cn_shape(5, 5)), 0.25));
    cn_mem_free(text);
    cn_json_free(json);
}

TEST(regularizer_refuses_arguments)
{
    CHECK(isnan(penalty("l1(-1)", cn_shape(2))));
    check_error("Invalid value for argument l1: expected a non-negative float. Received: l1=-1");
    CHECK(isnan(penalty("orthogonal_regularizer(1, 'rows')", cn_shape(2))));
    check_error("Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=(2,)");
    CHECK(isnan(penalty("orthogonal_regularizer(1, 'diagonals')", cn_shape(2, 2))));
    check_error("Invalid value for argument `mode`. Expected one of {\"rows\", \"columns\"}. "
                "Received: mode=diagonals");
}

static cn_tensor *halve(cn_tensor *w, const cn_args *args)
{
    (void)args;
    return cn_mul(w, 0.5);
}

TEST(constraint_of_the_user)
{
    CN_SCOPE {
        CHECK(cn_register_constraint("constraint_test_halve", halve, NULL));
        cn_tensor *w = cn_full(CN_SCALAR, 3, CN_FLOAT32);
        CHECK(near(cn_item(cn_constrain("constraint_test_halve", w)), 1.5));
        w = cn_values(cn_shape(2, 1), 3, 4);
        CHECK(near(cn_floats(cn_constrain("max_norm(1)", w))[1], 0.8));
        CHECK(near(cn_floats(cn_constrain("MaxNorm(2, axis=1)", w))[1], 2));
    }
}
