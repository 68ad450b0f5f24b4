#include "base/test.h"
#include "config/instance.h"
#include "graph/shape.h"
#include "models/model.h"

TEST(first_layer_says_what_comes_in)
{
    CN_SCOPE {
        cn_layer *dense = cn_dense(3, .input_shape = &cn_shape(CN_ANY, 4));
        cn_model *model = cn_sequential(dense, cn_dense(2, .input_shape = &cn_shape(9)));
        REQUIRE(model);
        check_text(cn_shape_text(model->input->shape), "(None, None, 4)");
        CHECK(model->layer.layers->count == 3 && cn_count_params(model) == 23);
        cn_model *other = cn_sequential_new(NULL, 0, "other");
        CHECK(!cn_model_add(other, cn_dense(3, .input_shape = &CN_SCALAR)));
        CHECK(cn_error_code() == CN_EINVAL && !other->layer.layers->count);
        cn_clear_error();
        CHECK(cn_model_add(other, dense) && cn_count_params(other) == 15);
        cn_json *config = cn_instance_config(dense);
        CHECK(config && !cn_json_get(config, "input_shape")); /* as in Keras */
        cn_json_free(config);
    }
}

TEST(wrong_input_shapes)
{
    CN_SCOPE {
        CHECK(!cn_dense(3, .input_shape = &cn_shape(4, -3)));
        check_error("Dense: expected at most 7 sizes of 0 or more (or CN_ANY), without the batch. "
                    "Received: input_shape=(4, -3)");
        CHECK(!cn_dense(3, .input_shape = &cn_shape(1, 2, 3, 4, 5, 6, 7, 8)));
        check_error("Dense: expected at most 7 sizes of 0 or more (or CN_ANY), without the batch. "
                    "Received: input_shape=(1, 2, 3, 4, 5, 6, 7, 8)");
        CHECK(!cn_instance_of_spec(CN_LAYERS, "dense(3, input_shape=[4, \"a\"])"));
        check_error("Dense: expected a list of sizes for 'input_shape'. Received: "
                    "input_shape=[4, \"a\"]");
    }
}

/* Keras's input_dim, in specs and files. */
TEST(input_dim_is_an_input_shape)
{
    CN_SCOPE {
        cn_model *model =
            cn_sequential(cn_instance_of_spec(CN_LAYERS, "dense(4, input_dim=8)"), cn_dense(2));
        REQUIRE(model && model->input);
        check_text(cn_shape_text(model->input->shape), "(None, 8)");
        model = cn_model_from_json(
            "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": "
            "[{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2, "
            "\"input_dim\": 4}}]}}");
        REQUIRE(model && model->input);
        check_text(cn_shape_text(model->input->shape), "(None, 4)");
        cn_layer *ids = cn_instance_of_spec(CN_LAYERS, "embedding(input_dim=8, output_dim=2)");
        CHECK(ids && !ids->input_shape);
        CHECK(!cn_instance_of_spec(CN_LAYERS, "dense(4, input_dim=8, input_shape=[8])"));
        check_error("Dense: unknown argument 'input_dim'");
    }
}

TEST(old_files_say_it_with_the_batch)
{
    CN_SCOPE {
        cn_model *model = cn_model_from_json(
            "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": "
            "[{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 2, "
            "\"batch_input_shape\": [32, 4]}}]}}");
        REQUIRE(model);
        check_text(cn_shape_text(model->input->shape), "(32, 4)");
        CHECK(model->layer.layers->count == 2 && cn_count_params(model) == 10);
    }
}
