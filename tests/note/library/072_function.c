/* K.function: a piece of graph that can be called, with the inputs that it needs; updates run once
 * in each call. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *a = cn_input(3, .name = "a"), *b = cn_input(2, .name = "b");
    cn_tensor *left = cn_call(cn_dense(2, .kernel_initializer = "ones", .name = "out1"), a);
    cn_tensor *both = cn_call(cn_concatenate(), left, b);
    cn_model *model = cn_functional(cn_list_of(a, b), cn_call(cn_dense(1), both));

    cn_tensor *input = cn_nth(model->inputs, 0);
    cn_function *f = cn_function_of({input}, {cn_get_layer(model, "out1")->output});
    cn_tensor *x = cn_values(cn_shape(1, 3), 1, 2, 3);
    VALUES(cn_nth(cn_run(f, x), 0), 1e-6, 6, 6);
    VALUES(cn_nth(cn_run(f, cn_ones(cn_shape(2, 3), CN_FLOAT32)), 0), 1e-6, 3, 3, 3, 3);

    /* it reads the weights of now */
    cn_tensor *kernel = cn_nth(cn_trainable_weights(model), 0);
    cn_assign(kernel, cn_mul(kernel, 2));
    VALUES(cn_nth(cn_run(f, x), 0), 1e-6, 12, 12);

    cn_tensor *calls = cn_variable(cn_zeros(CN_SCALAR, CN_FLOAT32));
    cn_tensor *sum = cn_variable(cn_zeros(cn_shape(2), CN_FLOAT32));
    cn_function *g = cn_function_of(
        {input}, {left, calls},
        .updates = {{calls, cn_add(calls, 1)}, {sum, cn_add(sum, cn_sum(left, .axis = {0}))}});
    for (int i = 0; i < 3; i++) {
        cn_list *results = cn_run(g, x);
        VALUES(cn_nth(results, 0), 1e-6, 12, 12);
        NEAR(cn_item(cn_nth(results, 1)), i); /* as it was before the call */
    }
    NEAR(cn_item(calls), 3);
    VALUES(sum, 1e-6, 36, 36);

    cn_on_error(NULL);
    CHECK(!cn_run(f, x, x));
    CHECK(strstr(cn_error(), "cn_run: expected 1 inputs, found 2"));
    cn_clear_error();
    CHECK(!cn_function_of({input}, {both})); /* which depends on b too */
    CHECK(*cn_error());
}
