#include "activations/activation.h"

#include "base/alloc.h"
#include "base/test.h"
#include "ops/ops.h"

static double at(const char *spec, double x)
{
    double y = 0;
    CN_SCOPE {
        y = cn_item(cn_activate(spec, cn_values(cn_shape(1), x)));
    }
    return y;
}

static bool near(double a, double b)
{
    return a - b < 2e-6 && b - a < 2e-6;
}

TEST(activation_gelu_is_exact)
{
    CHECK(near(at("gelu", 1), 0.8413447));
    CHECK(near(at("gelu", -1), -0.1586553));
    CHECK(near(at("gelu", 2), 1.9544997));
}

TEST(activation_arguments)
{
    CHECK(near(at("leaky_relu(0.1)", -2), -0.2));
    CHECK(near(at("relu(0.5, 5, 1)", 9), 5));
    CHECK(near(at("relu(negative_slope=0.5, threshold=1)", -1), -1));
    CHECK(near(at("threshold(1, 7)", 0.5), 7));
    CHECK(near(at("{\"class_name\": \"function\", \"config\": \"elu\"}", -1), -0.6321206));
    CHECK(near(at(NULL, 3), 3));
    CHECK(at("threshold", 1) != at("threshold", 1)); /* NaN: both arguments are required */
    check_error("threshold: the argument 'threshold' is required");
}

static cn_tensor *twice(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return cn_mul(x, 2);
}

static void check_written(const char *spec, const char *want)
{
    cn_json *json = cn_spec_serialize(CN_ACTIVATIONS, spec);
    char *text = cn_json_text(json, 0);
    check_text(text, want);
    cn_mem_free(text);
    cn_json_free(json);
}

TEST(activation_is_written_as_keras_does)
{
    CN_SCOPE {
        CHECK(cn_register_activation("activation_test_twice", twice, NULL));
        CHECK(near(at("activation_test_twice", 3), 6));
        check_written("relu", "\"relu\"");
        check_written("swish", "\"silu\"");
        check_written("activation_test_twice",
                      "{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                      "\"Custom>activation_test_twice\", \"registered_name\": \"function\"}");
        CHECK(near(at("{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                      "\"Custom>activation_test_twice\", \"registered_name\": \"function\"}",
                      3),
                   6));
    }
}
