/* All that a Lambda takes: a function, the shape of its result, a mask, arguments; and its shape
 * without being told. */
#include "check.h"

static cn_tensor *scale(cn_tensor *const *in, const cn_args *args)
{
    return cn_mul(in[0], cn_arg_float(args, "factor"));
}

static cn_tensor *positive(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    return cn_greater(cn_max(in[0], {2}), 0);
}

static cn_tensor *broken(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    return cn_matmul(in[0], cn_ones(cn_shape(7, 7), CN_FLOAT32));
}

int main(void)
{
    cn_register_function("scale", scale, "factor=2.0");
    cn_register_function("positive", positive, NULL);
    cn_tensor *x = cn_input(3, 2, .name = "x");
    cn_tensor *y = cn_call(cn_lambda(scale, .output_shape = {3, 2}, .mask = positive,
                                     .arguments = "factor=0.5", .name = "half"),
                           x);
    cn_model *model = cn_functional(x, y);
    CHECK(cn_dim(cn_call(cn_lambda(scale), x), 1) == 3);

    const char *json = cn_model_to_json(model); /* what get_config says of the layer */
    CHECK(json);
    CHECK(strstr(json, "\"function\": {\"module\": \"builtins\", \"class_name\": \"function\", "
                       "\"config\": \"scale\", \"registered_name\": \"function\"}"));
    CHECK(strstr(json, "\"output_shape\": [3, 2]"));
    CHECK(strstr(json, "\"mask\": {\"module\": \"builtins\", \"class_name\": \"function\", "
                       "\"config\": \"positive\", \"registered_name\": \"function\"}"));
    CHECK(strstr(json, "\"arguments\": {\"factor\": 0.5}"));

    cn_tensor *values = cn_values(cn_shape(1, 3, 2), 1, 2, -1, -2, 0, 4);
    cn_tensor *found = cn_call(cn_get_layer(model, "half"), values);
    VALUES(found, 0, 0.5, 1, -0.5, -1, 0, 2);
    VALUES(cn_cast(cn_mask_of(found), CN_FLOAT32), 0, 1, 0, 1);

    cn_model *first = cn_sequential(
        cn_lambda(scale, .arguments = "factor=3.0", .input_shape = &cn_shape(3, 2)), cn_flatten());
    VALUES(cn_call(first, values), 0, 3, 6, -3, -6, 0, 12);
    CHECK(strstr(cn_model_to_json(first), "\"batch_shape\": [null, 3, 2]"));

    CHECK(!cn_call(cn_lambda(broken, .name = "wrong"), x));
    CHECK(strstr(cn_error(), "Lambda 'wrong': "));
}
