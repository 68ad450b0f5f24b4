#include "initializers/initializer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "layers/layer.h"
#include "ops/ops.h"

static bool equal(cn_tensor *a, cn_tensor *b)
{
    const float *x = cn_floats(a), *y = cn_floats(b);
    return x && y && cn_size(a) == cn_size(b) && !memcmp(x, y, (size_t)cn_size(a) * sizeof *x);
}

static cn_tensor *make(const char *spec, cn_shape shape)
{
    return cn_initialize(spec, shape, CN_FLOAT32);
}

TEST(initializer_seeds_repeat)
{
    static const char *const names[] = {"random_normal(seed=%d)", "random_uniform(seed=%d)",
                                        "orthogonal(seed=%d)", "glorot_uniform(seed=%d)",
                                        "truncated_normal(seed=%d)"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CN_SCOPE {
            char *one = cn_mem_printf(names[i], 7), *two = cn_mem_printf(names[i], 8);
            cn_shape shape = cn_shape(5, 6);
            CHECK(equal(make(one, shape), make(one, shape)));
            CHECK(!equal(make(one, shape), make(two, shape)));
            cn_mem_free(one);
            cn_mem_free(two);
        }
    CN_SCOPE {
        CHECK(!equal(make("uniform", cn_shape(9)), make("uniform", cn_shape(9))));
        cn_set_random_seed(3);
        cn_tensor *first = make("uniform", cn_shape(9));
        CHECK(cn_floats(first) != NULL);
        cn_set_random_seed(3);
        CHECK(equal(first, make("uniform", cn_shape(9))));
    }
}

TEST(initializer_limits)
{
    CN_SCOPE {
        cn_tensor *x = make("glorot_uniform", cn_shape(32, 64));
        CHECK(cn_item(cn_max(x)) <= 0.25 && cn_item(cn_min(x)) >= -0.25);
        CHECK(cn_item(cn_max(x)) > 0.24);
        x = make(
            "{\"class_name\": \"VarianceScaling\", \"config\": {\"scale\": 0.3333333333333333, "
            "\"mode\": \"fan_out\", \"distribution\": \"uniform\"}}",
            cn_shape(64, 90));
        CHECK(cn_item(cn_max(cn_abs(x))) <= 0.1054093 && cn_item(cn_max(cn_abs(x))) > 0.1);
        x = make("glorot_normal", cn_shape(320, 640));
        CHECK(fabs(cn_item(cn_std(x)) - sqrt(2.0 / 960)) < 4e-4);
        x = make("variance_scaling(2, 'fan_in', 'normal')", cn_shape(3, 3, 8, 256));
        CHECK(fabs(cn_item(cn_std(x)) - sqrt(2.0 / 72)) < 4e-3);
        x = make("variance_scaling(2, 'fan_in', 'untruncated_normal')", cn_shape(3, 3, 8, 256));
        CHECK(fabs(cn_item(cn_std(x)) - sqrt(2.0 / 72)) < 4e-3);
        CHECK(cn_item(cn_max(x)) > 2 * sqrt(2.0 / 72) / 0.8796);
    }
}

static void check_values(cn_tensor *x, const double *values)
{
    const float *got = cn_floats(x);
    REQUIRE(got);
    for (int64_t i = 0; i < cn_size(x); i++)
        CHECK(fabs(got[i] - values[i]) < 1e-7);
}

TEST(initializer_constant_takes_arrays)
{
    CN_SCOPE {
        check_values(make("constant(2.5)", cn_shape(2)), (double[]){2.5, 2.5});
        check_values(make("constant([1, 2])", cn_shape(2, 2)), (double[]){1, 2, 1, 2});
        check_values(make("constant([[1], [2]])", cn_shape(2, 2)), (double[]){1, 1, 2, 2});
        check_values(make("{\"class_name\": \"Constant\", \"config\": {\"value\": {\"class_name\": "
                          "\"__numpy__\", \"config\": {\"value\": [3.0, 4.0], \"dtype\": "
                          "\"float64\"}}}}",
                          cn_shape(2)),
                     (double[]){3, 4});
        CHECK(!make("constant([[1, 2], [3]])", cn_shape(2, 2)));
        check_error("Constant: expected a number or lists of numbers of one length for 'value'");
        cn_json *json = cn_spec_serialize(CN_INITIALIZERS, "constant([1, 2])");
        char *text = cn_json_text(cn_json_get(json, "config"), 0);
        check_text(text, "{\"value\": [1, 2]}");
        cn_mem_free(text);
        cn_json_free(json);
    }
}

TEST(initializer_identity)
{
    CN_SCOPE {
        check_values(make("identity(2)", cn_shape(2, 3)), (double[]){2, 0, 0, 0, 2, 0});
        CHECK(!make("identity", cn_shape(2)));
        check_error("Identity matrix initializer can only be used for 2D matrices. Received: "
                    "shape=(2,) of rank 1.");
        CHECK(!make("orthogonal", cn_shape(2)));
        check_error("The tensor to initialize must be at least two-dimensional. Received: "
                    "shape=(2,) of rank 1.");
        CHECK(cn_size(make("orthogonal", cn_shape(4, 0))) == 0);
    }
}

TEST(initializer_refuses_arguments)
{
    CN_SCOPE {
        CHECK(!make("variance_scaling(0)", cn_shape(2)));
        check_error("Argument `scale` must be positive float. Received: scale=0");
        CHECK(!make("variance_scaling(1, 'fan')", cn_shape(2)));
        check_error("Invalid `mode` argument: fan. Please use one of {'fan_in', 'fan_out', "
                    "'fan_avg'}");
        CHECK(!make("variance_scaling(1, 'fan_in', 'cauchy')", cn_shape(2)));
        check_error("Invalid `distribution` argument: cauchy. Please use one of {'uniform', "
                    "'truncated_normal', 'untruncated_normal'}");
        CHECK(!make("random_uniform(seed=x)", cn_shape(2)));
        check_error("RandomUniform: expected a whole number for 'seed'. Received: seed=\"x\"");
    }
}

/* The seed of files may be a generator's. */
TEST(initializer_reads_seed_generators)
{
    CN_SCOPE {
        const char *spec = "{\"class_name\": \"RandomNormal\", \"config\": {\"mean\": 0.0, "
                           "\"stddev\": 0.05, \"seed\": {\"class_name\": \"SeedGenerator\", "
                           "\"config\": {\"name\": \"g\", \"seed\": 7}}}}";
        CHECK(equal(make(spec, cn_shape(4)), make("random_normal(seed=7)", cn_shape(4))));
    }
}

static cn_shape seen;

static cn_tensor *own(cn_shape shape, cn_dtype dtype, const cn_args *args)
{
    seen = shape;
    return cn_full(shape, cn_arg_float(args, "value"), dtype);
}

TEST(initializer_of_the_user)
{
    CN_SCOPE {
        CHECK(cn_register_initializer("initializer_test_own", own, "value=0.5"));
        cn_layer *layer = cn_dense(64, .kernel_initializer = "initializer_test_own(0.25)");
        cn_tensor *y = cn_call(layer, cn_ones(cn_shape(1, 8), CN_FLOAT32));
        CHECK(cn_floats(y) && cn_floats(y)[0] == 2);
        CHECK(seen.rank == 2 && seen.dim[0] == 8 && seen.dim[1] == 64);
    }
}
