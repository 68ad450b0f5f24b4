/* Gradients of symbolic tensors, which models have as outputs. */
#include "base/test.h"
#include "models/model.h"
#include "ops/ops.h"

TEST(gradients_of_lists)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_values(cn_shape(2), 2, 3));
        cn_tensor *b = cn_variable(cn_values(cn_shape(2), 5, 7));
        cn_tensor *y1 = cn_mul(a, b), *y2 = cn_square(a);
        cn_list *g = cn_gradients(cn_list_of(y1, y2), cn_list_of(a, b));
        REQUIRE(g);
        check_close(cn_floats(cn_nth(g, 0)), ((float[]){9, 13}), 2, 1e-6, 0);
        check_close(cn_floats(cn_nth(g, 1)), ((float[]){2, 3}), 2, 1e-6, 0);
        check_close(cn_floats(cn_nth(cn_gradients(y2, a), 0)), ((float[]){4, 6}), 2, 1e-6, 0);
    }
}

TEST(gradients_of_symbolic_tensors)
{
    cn_clear_session();
    CN_SCOPE {
        cn_set_random_seed(1);
        cn_model *m =
            cn_sequential(cn_input(3), cn_dense(4, .activation = "tanh", .name = "hidden"),
                          cn_dense(2, .name = "top"));
        cn_tensor *hidden = cn_get_layer(m, "hidden")->output, *other = cn_input(2);
        cn_list *kernels = cn_list_of(cn_nth(cn_weights(m), 2), other, hidden, m->input);
        cn_list *g = cn_gradients(cn_square(m->output), kernels);
        REQUIRE(g && cn_list_length(g) == 4);
        CHECK(cn_is_none(cn_nth(g, 1)));
        CHECK(cn_dim(cn_nth(g, 2), 0) == CN_ANY && cn_dim(cn_nth(g, 2), 1) == 4);
        cn_model *both = cn_functional(
            m->input, cn_list_of(cn_nth(g, 2), cn_nth(g, 0), cn_nth(g, 3), hidden, m->output));
        REQUIRE(both);
        cn_tensor *x = cn_variable(cn_values(cn_shape(2, 3), 1, 2, 3, -1, 0.5, 2));
        cn_tensor *y = cn_call(both, x);
        REQUIRE(y);
        /* the same by hand: 2 y times the transposed kernel */
        cn_tensor *kernel = cn_nth(cn_weights(m), 2), *dy = cn_mul(cn_nth(y, 4), 2);
        cn_tensor *want = cn_matmul(dy, cn_transpose(kernel));
        check_close(cn_floats(cn_nth(y, 0)), cn_floats(want), 8, 1e-5, 1e-6);
        want = cn_matmul(cn_transpose(cn_nth(y, 3)), dy);
        check_close(cn_floats(cn_nth(y, 1)), cn_floats(want), 8, 1e-5, 1e-6);
        cn_list *eager = cn_gradients(cn_square(cn_call(m, x)), x);
        check_close(cn_floats(cn_nth(y, 2)), cn_floats(cn_nth(eager, 0)), 6, 1e-5, 1e-6);
        CHECK(!cn_save(both, cn_test_path("gradients.keras")));
        check_error("Gradients 'gradients': not supported: a model with cn_gradients in a file");
    }
}
