/* Reading of arguments, and what is refused; the numbers are compared in tests/parity. */
#include "saving/operations/operations.h"

#include <string.h>

#include "base/test.h"
#include "ops/gradient_check.h"

static cn_tensor *resolve(void *context, const cn_json *value)
{
    (void)value;
    return context;
}

/* The operation on x, with the configuration and arguments as Keras writes them. */
static cn_tensor *call(const char *name, cn_tensor *x, const char *config, const char *args)
{
    cn_json *c = cn_json_parse(config, strlen(config)), *a = cn_json_parse(args, strlen(args));
    cn_tensor *y = cn_operation_call(name, c, a, NULL, resolve, x);
    cn_json_free(c);
    cn_json_free(a);
    return y;
}
#define T "{\"class_name\": \"__keras_tensor__\"}"

TEST(operation_arguments)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_FLOAT32);
        check_tensor(call("Sum", x, "{\"axis\": -1, \"keepdims\": true}", "[" T "]"),
                     cn_shape(2, 1), 3, 12);
        check_tensor(call("Sum", x, "{\"axis\": null}", "[" T "]"), CN_SCALAR, 15);
        check_tensor(call("Sum", x, "{\"axis\": [1, 0]}", "[" T "]"), CN_SCALAR, 15);
        check_tensor(call("Subtract", x, "{}", "[2.0, " T "]"), cn_shape(2, 3), 2, 1, 0, -1, -2,
                     -3);
        check_tensor(call("GetItem", x, "{}",
                          "[" T ", [{\"class_name\": \"__ellipsis__\", \"config\": {}}, "
                          "{\"class_name\": \"__slice__\", \"config\": {\"start\": null, \"stop\": "
                          "null, \"step\": -2}}]]"),
                     cn_shape(2, 2), 2, 0, 5, 3);
        check_tensor(call("Add", x, "{}",
                          "[" T ", {\"class_name\": \"__numpy__\", \"config\": {\"value\": [[1], "
                          "[2]], \"dtype\": \"float32\"}}]"),
                     cn_shape(2, 3), 1, 2, 3, 5, 6, 7);
        check_tensor(call("Concatenate", x, "{\"axis\": 0}", "[[" T ", " T "]]"), cn_shape(4, 3), 0,
                     1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5);
        check_tensor(call("Take", x, "{\"axis\": 1}", "[" T ", [2, 0]]"), cn_shape(2, 2), 2, 0, 5,
                     3);
    }
}

TEST(operations_of_unknown_batches)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 4, 6, 8), CN_FLOAT32, true);
        static const char *const cases[][4] = {
            {"DepthToSpace", "{\"block_size\": 2}", "[" T "]", "(None, 8, 12, 2)"},
            {"SpaceToDepth", "{\"block_size\": 2}", "[" T "]", "(None, 2, 3, 32)"},
            {"Median", "{\"axis\": [1, 2]}", "[" T "]", "(None, 8)"},
            {"Diagonal", "{\"axis1\": 1, \"axis2\": 2}", "[" T "]", "(None, 8, 4)"},
            {"LayerNorm", "{\"axis\": -1}", "[" T "]", "(None, 4, 6, 8)"},
            {"Rot90", "{\"k\": 1, \"axes\": [1, 2]}", "[" T "]", "(None, 6, 4, 8)"},
            {"Tile", "{\"repeats\": [1, 1, 1, 3]}", "[" T "]", "(None, 4, 6, 24)"},
            {"Take", "{\"axis\": 1}", "[" T ", [3, 0]]", "(None, 2, 6, 8)"},
            {"Sort", "{\"axis\": 1}", "[" T "]", "(None, 4, 6, 8)"},
            {"Reshape", "{\"newshape\": [-1, 48]}", "[" T "]", "(None, 48)"},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            cn_tensor *y = call(cases[i][0], x, cases[i][1], cases[i][2]);
            check_text(y ? cn_shape_text(y->shape) : cn_error(), cases[i][3]);
            cn_clear_error();
        }
    }
}

TEST(operations_that_are_refused)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_FLOAT32);
        static const char *const cases[][4] = {
            {"SVD", "{}", "[" T "]", "not supported: the operation 'SVD'"},
            {"Where", "{}", "[" T "]",
             "not supported: the operation 'Where' with a condition alone"},
            {"Sum", "{\"axis\": 2}", "[" T "]", "Sum: expected an axis in [-2, 2), found 2"},
            {"Sum", "{}", "[]", "Sum: the argument 'x' is missing"},
            {"Take", "{\"axis\": 0}", "[" T ", [[1], 2]]",
             "an array: expected numbers in lists of equal lengths"},
            {"BitwiseAnd", "{}", "[" T ", 1]",
             "cn_bitwise_and: expected integers, found float32 and int64"},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            CHECK(!call(cases[i][0], x, cases[i][1], cases[i][2]));
            check_error(cases[i][3]);
        }
        CHECK(cn_operation_known("Einsum") && !cn_operation_known("SVD"));
    }
}
