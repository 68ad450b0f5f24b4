/* Lambda: arguments, declared shapes, names in files, and what is wrong with them. */
#include <string.h>

#include "base/alloc.h"
#include "cornu/models.h"
#include "layers/check_layer.h"
#include "ops/ops.h"

static cn_tensor *power(cn_tensor *const *in, const cn_args *args)
{
    return cn_pow(in[0], cn_arg_float(args, "n"));
}

static cn_tensor *nothing(cn_tensor *const *in, const cn_args *args)
{
    (void)in, (void)args;
    return NULL;
}

static cn_tensor *misspelt(cn_tensor *const *in, const cn_args *args)
{
    return cn_mul(in[0], cn_arg_float(args, "factr"));
}

static cn_tensor *noise(cn_tensor *const *in, const cn_args *args)
{
    return cn_arg_training(args) ? cn_neg(in[0]) : in[0];
}

static cn_tensor *x12(void)
{
    return cn_values(cn_shape(1, 2), 1, 2);
}

TEST(lambda_contract)
{
    CN_SCOPE {
        REQUIRE(cn_register_function("lambda_test_power", power, "n=2.0"));
        check_layer(cn_lambda(power, .arguments = "n=3.0"), .in = cn_shape(2, 3),
                    .out = cn_shape(2, 3));
        check_config(cn_lambda(power, .arguments = "n=3.0"), "arguments", "{\"n\": 3.0}");
        check_config(cn_lambda(power), "arguments", "{}");
        check_config(cn_lambda(power), "mask", "absent");
        check_config(cn_lambda(power, .output_shape = {3, CN_ANY}), "output_shape", "[3, null]");
        cn_tensor *y = cn_call(cn_instance_of_spec(CN_LAYERS, "lambda(lambda_test_power)"), x12());
        REQUIRE(y);
        check_close(cn_floats(y), ((float[]){1, 4}), 2, 0, 0);
    }
}

TEST(lambda_training_flag)
{
    CN_SCOPE {
        cn_layer *layer = cn_lambda(noise);
        CHECK(cn_item(cn_sum(cn_call(layer, x12()))) == 3);
        CHECK(cn_item(cn_sum(cn_call(layer, x12(), .training = 1))) == -3);
    }
}

TEST(lambda_refuses)
{
    CN_SCOPE {
        REQUIRE(cn_register_function("lambda_test_power", power, "n=2.0"));
        CHECK(!cn_lambda(.name = "l"));
        check_error("Lambda: the argument 'function' is required");
        CHECK(!cn_lambda(power, .arguments = "m=3", .name = "l"));
        check_error("Lambda 'l': the function 'lambda_test_power' has no argument 'm'; did you "
                    "mean 'n'?");
        CHECK(!cn_lambda(power, .arguments = "3", .name = "l"));
        check_error("Lambda: expected arguments by name, \"index=1\". Received: arguments=\"3\"");
        CHECK(!cn_call(cn_lambda(power, .arguments = "n=two", .name = "l"), x12()));
        check_error("Lambda 'l': expected a number for the argument 'n'. Received: n=\"two\"");
        CHECK(!cn_call(cn_lambda(nothing, .name = "l"), x12()));
        check_error("Lambda 'l': the function returned NULL");
        CHECK(!cn_call(cn_lambda(misspelt, .arguments = "factor=2", .name = "l"), x12()));
        check_error("Lambda 'l': there is no argument 'factr'; did you mean 'factor'?");
        CHECK(!cn_call(cn_lambda(noise, .output_shape = {3}, .name = "l"), x12()));
        check_error("Lambda 'l': expected the declared output_shape (1, 3), but the function "
                    "returned the shape (1, 2)");
    }
}

TEST(lambda_without_a_name_is_not_saved)
{
    CN_SCOPE {
        cn_model *model = cn_sequential(cn_input(2), cn_lambda(nothing, .name = "l"));
        CHECK(!model);
        cn_clear_error();
        model = cn_sequential(cn_input(2), cn_lambda(noise, .name = "l"));
        REQUIRE(model);
        CHECK(!cn_save(model, cn_test_path("l.keras")));
        check_error("Lambda 'l': the argument 'function' is a C function without a name, which no "
                    "file can hold: give it one with cn_register_function(\"name\", …)");
    }
}

TEST(functions_are_registered_once)
{
    CN_SCOPE {
        CHECK(cn_register_function("lambda_test_power", power, "n=2.0"));
        CHECK(cn_register_function("lambda_test_power", power, "n=2.0"));
        CHECK(!cn_register_function("lambda_test_power", nothing, NULL));
        check_error("register: the function 'lambda_test_power' is registered already");
        CHECK(!cn_register_function("a b", nothing, NULL));
        check_error("register: expected the name of a function of letters, digits and '_', found "
                    "'a b'");
        CHECK(!cn_register_function("ab", nothing, "2"));
        check_error("register: expected arguments with defaults, \"smooth=1.0\", for the function "
                    "'ab', found \"2\"");
        CHECK(!cn_register_function(NULL, nothing, NULL));
        check_error("register: expected a name and a function, found NULL");
    }
}

/* A model with one Lambda whose function is `function`. */
static cn_model *of_json(const char *function, const char *more)
{
    char *json = cn_mem_printf(
        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": "
        "[{\"module\": \"keras.layers\", \"class_name\": \"Lambda\", \"config\": {\"name\": "
        "\"lambda_test_body\", \"function\": %s, \"arguments\": {\"n\": 3}%s}}]}}",
        function, more);
    cn_model *model = json ? cn_model_from_json(json) : NULL;
    cn_mem_free(json);
    return model;
}

TEST(lambda_with_python_code)
{
    static const char *const code =
        "{\"class_name\": \"__lambda__\", \"config\": {\"code\": \"4wE=\", \"defaults\": null, "
        "\"closure\": null}}";
    static const char *const old = ", \"function_type\": \"lambda\", \"module\": \"__main__\", "
                                   "\"output_shape\": null, \"output_shape_type\": \"raw\", "
                                   "\"output_shape_module\": null";
    CN_SCOPE {
        CHECK(!of_json(code, ""));
        check_error("not supported: the Lambda layer 'lambda_test_body' holds Python code; "
                    "register what it computes as cn_register_function(\"lambda_test_body\", …) "
                    "before loading");
        CHECK(!of_json("{\"class_name\": \"function\", \"config\": \"lambda_test_odd\"}", ""));
        CHECK(strstr(cn_error(), "unknown function 'lambda_test_odd'"));
        cn_clear_error();
        REQUIRE(cn_register_function("lambda_test_power", power, "n=2.0"));
        cn_model *model = of_json("\"lambda_test_power\"", old);
        REQUIRE(model);
        CHECK(cn_item(cn_sum(cn_predict(model, x12()))) == 9);
    }
}

static cn_tensor *cube(cn_tensor *const *in, const cn_args *args)
{
    return cn_pow(in[0], cn_arg_int(args, "n"));
}

TEST(lambda_with_python_code_by_its_name)
{
    CN_SCOPE {
        static const char *const code = "[\"4wEA\", null, null]";
        REQUIRE(cn_register_function("lambda_test_cube", cube, "n=1"));
        char *json = cn_mem_printf("{\"class_name\": \"Lambda\", \"config\": {\"name\": "
                                   "\"lambda_test_cube\", \"function\": %s, \"function_type\": "
                                   "\"lambda\", \"arguments\": {\"n\": 3}}}",
                                   code);
        cn_layer *layer = cn_instance_of_spec(CN_LAYERS, json);
        cn_mem_free(json);
        REQUIRE(layer);
        CHECK(cn_item(cn_sum(cn_call(layer, x12()))) == 9);
        check_config(layer, "function",
                     "{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                     "\"lambda_test_cube\", \"registered_name\": \"function\"}");
    }
}
