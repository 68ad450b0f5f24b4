/* Models: functional and sequential, their order, sharing, sub-models. */
#include "base/test.h"
#include "graph/shape.h"
#include "models/model.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

TEST(sequential_on_values)
{
    CN_SCOPE {
        cn_model *m = cn_sequential(cn_input(3), cn_dense(4, .kernel_initializer = "ones"),
                                    cn_dense(2, .kernel_initializer = "ones"));
        REQUIRE(m);
        check_text(cn_shape_text(cn_shape_of(m->output)), "(None, 2)");
        CHECK(cn_count_params(m) == 3 * 4 + 4 + 4 * 2 + 2);
        cn_tensor *y = cn_call(m, cn_values(cn_shape(2, 3), 1, 2, 3, 4, 5, 6));
        check_close(cn_floats(y), ((float[]){24, 24, 60, 60}), 4, 0, 0);
    }
}

TEST(a_model_says_what_comes_in)
{
    CN_SCOPE {
        cn_tensor *ids = cn_input(4, .dtype = CN_INT32);
        cn_model *inner = cn_functional(ids, cn_call(cn_embedding(3, 2), ids));
        cn_model *m = cn_sequential(inner, cn_flatten());
        REQUIRE(m && m->output);
        check_text(cn_shape_text(cn_shape_of(m->output)), "(None, 8)");
        cn_model *again = cn_model_from_json(cn_model_to_json(m));
        CHECK(again && again->output);
    }
}

TEST(functional_with_a_shared_layer)
{
    CN_SCOPE {
        cn_tensor *a = cn_input(3, .name = "a"), *b = cn_input(3, .name = "b");
        cn_layer *shared = cn_dense(1, .kernel_initializer = "ones", .name = "shared");
        cn_tensor *of_a = cn_call(shared, a), *of_b = cn_call(shared, b);
        cn_tensor *sum = cn_add(of_a, cn_mul(of_b, 10));
        cn_model *m = cn_functional(cn_list_of(a, b), sum);
        REQUIRE(m);
        CHECK(cn_count_params(m) == 4);
        cn_tensor *one = cn_ones(cn_shape(2, 3), CN_FLOAT32);
        check_close(cn_floats(cn_call(m, one, one)), ((float[]){33, 33}), 2, 0, 0);
        cn_model *inner =
            cn_functional(cn_get_layer(m, "a")->output, cn_get_layer(m, "shared")->output);
        check_close(cn_floats(cn_call(inner, one)), ((float[]){3, 3}), 2, 0, 0);
        CHECK(!cn_get_layer(m, "sharde"));
        check_error("No such layer: sharde. Existing layers are: a, b, shared.");
    }
}

TEST(nested_models_and_several_outputs)
{
    cn_clear_session();
    CN_SCOPE {
        cn_tensor *x = cn_input(2);
        cn_model *inner = cn_functional(x, cn_list_of(cn_mul(x, 2), cn_sum(x, {1}, true)));
        cn_tensor *z = cn_input(2), *both = cn_call(inner, z);
        cn_model *outer = cn_functional(z, cn_add(cn_nth(both, 0), cn_nth(both, 1)));
        REQUIRE(outer);
        cn_tensor *y = cn_call(outer, cn_values(cn_shape(1, 2), 3, 4));
        check_close(cn_floats(y), ((float[]){13, 15}), 2, 0, 0);
        CHECK(!cn_call(outer, cn_ones(cn_shape(1, 3), CN_FLOAT32)));
        check_error("Functional 'functional_1': input 'input_layer_1': expected shape (None, 2), "
                    "found (1, 3)");
    }
}

TEST(model_with_a_missing_input)
{
    CN_SCOPE {
        cn_tensor *a = cn_input(1, .name = "left"), *b = cn_input(1, .name = "right");
        CHECK(!cn_functional(a, cn_add(a, b)));
        check_error(
            "cn_functional: the outputs need the input 'right', which is not among the inputs");
    }
}

TEST(scalar_outputs_are_refused)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(3), *y = cn_call(cn_dense(1), x);
        cn_layer *dense = cn_dense(1, .name = "out");
        CHECK(cn_functional(x, cn_sum(y, {1}, true)));
        CHECK(!cn_functional(x, cn_sum(y)));
        check_error(
            "cn_functional: expected outputs with a batch axis, the one of 'sum' is a "
            "scalar: give one value for each sample, as of shape (None, 1), or cn_add_loss a "
            "loss");
        CHECK(!cn_as_model(dense));
        check_error("cn_as_model: the layer 'out' is a Dense and no model");
    }
}

static size_t arena_of(cn_model *m)
{
    cn_view view = cn_view_of(NULL, CN_FLOAT32, cn_shape(64, 32));
    cn_plan *plan = cn_traced_plan(cn_model_predictor(m), &view, 1, 1);
    return plan ? cn_plan_arena_size(plan) : 0;
}

TEST(nested_models_need_no_more_memory)
{
    CN_SCOPE {
        cn_layer *layers[6];
        for (int i = 0; i < 6; i++)
            layers[i] = cn_dense(32 + 16 * (i % 3), .activation = "tanh");
        cn_tensor *flat[7] = {cn_input(32)}, *x = cn_input(32), *y = x;
        for (int i = 0; i < 6; i++)
            flat[i + 1] = cn_call(layers[i], flat[i]);
        for (int i = 0; i < 6; i += 2) {
            cn_tensor *in = cn_input(cn_dim(y, 1));
            y = cn_call(cn_functional(in, cn_call(layers[i + 1], cn_call(layers[i], in))), y);
        }
        size_t bytes = arena_of(cn_functional(flat[0], flat[6]));
        CHECK(bytes > 0);
        CHECK(arena_of(cn_functional(x, y)) == bytes);
    }
}
