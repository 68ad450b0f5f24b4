#include "activations/activation.h"

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/layers.h"
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
                      "\"activation_test_twice\", \"registered_name\": \"function\"}");
        CHECK(near(at("{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                      "\"activation_test_twice\", \"registered_name\": \"function\"}",
                      3),
                   6));
    }
}

/* A layer in place of a name. */
TEST(activation_may_be_a_layer)
{
    const char *leaky = "{\"module\": \"keras.layers\", \"class_name\": \"LeakyReLU\", "
                        "\"config\": {\"name\": \"leaky\", \"negative_slope\": 0.25}, "
                        "\"registered_name\": null}";
    CHECK(near(at(leaky, -2), -0.5));
    CHECK(at("{\"class_name\": \"Nothing\", \"config\": {}}", 1) != 0);
    check_error("unknown activation 'Nothing'");
    CN_SCOPE {
        cn_layer *layer = cn_dense(1, .activation = leaky, .kernel_initializer = "ones");
        cn_tensor *x = cn_values(cn_shape(1, 2), -1, -3);
        CHECK(near(cn_item(cn_call(layer, x)), -1));
        cn_json *config = cn_instance_config(layer);
        const cn_json *written = cn_json_get(config, "activation");
        check_text(cn_json_as_string(cn_json_get(written, "class_name"), NULL), "LeakyReLU");
        cn_json_free(config);
    }
}

TEST(activation_may_have_weights)
{
    CN_SCOPE {
        const char *prelu = "{\"class_name\": \"PReLU\", \"config\": {\"alpha_initializer\": "
                            "{\"class_name\": \"Constant\", \"config\": {\"value\": 0.5}}}}";
        cn_layer *layer = cn_dense(2, .activation = prelu, .kernel_initializer = "ones");
        cn_tensor *x = cn_values(cn_shape(1, 2), -1, -3);
        CHECK(near(cn_floats(cn_call(layer, x))[1], -2));
        cn_list *weights = cn_trainable_weights(layer);
        REQUIRE(weights && cn_list_length(weights) == 3);
        CHECK(cn_set_data(cn_list_item(weights, 2), (float[]){0.25f, 0.75f}));
        const float *y = cn_floats(cn_call(layer, x));
        CHECK(y && near(y[0], -1) && near(y[1], -3));
    }
}

TEST(activation_names_are_checked)
{
    CHECK(at("rulu", 1) != 0);
    check_error("unknown activation 'rulu'; did you mean 'relu'?");
    CHECK(at("relu(0, 6, 0, 1)", 1) != 0);
    check_error("relu: expected at most 3 arguments, found 4");
}
