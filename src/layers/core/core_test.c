#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(dense_contract)
{
    CN_SCOPE {
        check_layer(cn_dense(4, .activation = "relu"), .in = cn_shape(2, 3), .out = cn_shape(2, 4),
                    .trainable = 2);
        check_layer(cn_dense(4, .use_bias = false, .activity_regularizer = "l2(0.1)"),
                    .in = cn_shape(2, 5, 3), .out = cn_shape(2, 5, 4), .trainable = 1,
                    .open = cn_shape(CN_ANY, CN_ANY, 3), .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        check_config(cn_dense(4), "activity_regularizer", "absent");
        check_config(cn_dense(4), "activation", "\"linear\"");
    }
}

/* The bias is added before or behind the views that give the result its shape. */
static void check_bias(const char *equation, cn_dims size, const char *axes)
{
    CN_SCOPE {
        cn_tensor *x = cn_random_uniform(cn_shape(2, 3, 4), -1, 1, CN_FLOAT32, NULL);
        cn_layer *layer =
            cn_einsum_dense(equation, size, .bias_axes = axes, .bias_initializer = "random_normal");
        cn_tensor *y = cn_call(layer, x);
        const cn_list *weights = cn_trainable_weights(layer);
        REQUIRE(y && weights && weights->count == 2);
        cn_tensor *kernel = cn_list_item(weights, 0), *bias = cn_list_item(weights, 1);
        cn_tensor *want = cn_add(cn_einsum(equation, cn_list_of(x, kernel)), bias);
        cn_list *dy = cn_gradients(cn_sum(cn_square(y)), cn_list_of(x, kernel, bias));
        cn_list *dwant = cn_gradients(cn_sum(cn_square(want)), cn_list_of(x, kernel, bias));
        for (size_t i = 0; i < 4; i++) { /* y, and what it gives back */
            cn_tensor *got = i < 3 ? cn_list_item(dy, i) : y;
            cn_tensor *expected = i < 3 ? cn_list_item(dwant, i) : want;
            check_close(cn_floats(got), cn_floats(expected), (size_t)cn_size(expected), 1e-5, 1e-5);
        }
    }
}

TEST(einsum_dense_adds_a_bias_of_any_axes)
{
    check_bias("abc,cde->abde", (cn_dims){{CN_ANY, 3, 5}}, "de");
    check_bias("abc,cde->abde", (cn_dims){{CN_ANY, 3, 5}}, "e");
    check_bias("abc,cde->abde", (cn_dims){{CN_ANY, 3, 5}}, "d");
    check_bias("abc,cde->abed", (cn_dims){{CN_ANY, 5, 3}}, "ed");
    check_bias("abc,bcd->ad", (cn_dims){{5}}, "d");
}

TEST(einsum_dense_contract)
{
    CN_SCOPE {
        check_layer(cn_einsum_dense("abc,cd->abd", {CN_ANY, 6}, .bias_axes = "d"),
                    .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 6), .trainable = 2,
                    .open = cn_shape(CN_ANY, CN_ANY, 4), .open_out = cn_shape(CN_ANY, CN_ANY, 6));
        check_layer(cn_einsum_dense("...x,xy->...y", {6}, .bias_axes = "y"),
                    .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 6), .trainable = 2);
        check_layer(cn_einsum_dense("ab...,bc->ac...", {6}, .bias_axes = "c"),
                    .in = cn_shape(2, 3, 4), .out = cn_shape(2, 6, 4), .trainable = 2);
        check_config(cn_einsum_dense("abc,cd->abd", {CN_ANY, 6}), "output_shape", "[null, 6]");
        CHECK(!cn_einsum_dense("abc", {6}));
        check_error("EinsumDense: invalid einsum equation 'abc'. Equations must be in the form "
                    "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...");
        cn_tensor *x = cn_zeros(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_call(cn_einsum_dense("ab,bc->ac", {4}, .bias_axes = "z", .name = "e"), x));
        check_error("EinsumDense 'e': bias dimension 'z' was requested, but is not part of the "
                    "output 'ac'");
        CHECK(!cn_call(cn_einsum_dense("ab,bc->bc", {4}, .name = "f"), x));
        check_error("EinsumDense 'f': input shape and output shape do not match at shared "
                    "dimension 'b' of 'ab,bc->bc'. Input shape is (2, 3), output size is 2");
    }
}

TEST(dense_inputs)
{
    CN_SCOPE {
        cn_layer *layer = cn_dense(4, .name = "d");
        REQUIRE(cn_call(layer, cn_zeros(cn_shape(2, 3), CN_FLOAT32)));
        CHECK(!cn_call(layer, cn_zeros(cn_shape(2, 5), CN_FLOAT32)));
        check_error("Dense 'd': expected last axis 3, found shape (2, 5)");
        cn_tensor *x = cn_zeros(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_call(layer, x, x));
        check_error("Dense 'd': expects 1 input(s), but it received 2 input tensors");
        CHECK(!cn_call(layer, .inputs = cn_list_new()));
        check_error("Dense 'd': expects 1 input(s), but it received 0 input tensors");
    }
}
