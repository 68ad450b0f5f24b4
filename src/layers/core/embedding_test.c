/* Embedding and Masking: rows by ids, ids that are outside, and how their masks travel. */
#include "layers/check_layer.h"

#include <math.h>

#include "base/alloc.h"
#include "cornu/losses.h"
#include "cornu/models.h"
#include "ops/gradient_check.h"
#include "utils/message.h"

static cn_tensor *ids(cn_shape shape, const int32_t *values)
{
    return cn_array(values, CN_INT32, shape);
}
#define IDS(shape, ...) ids(shape, (int32_t[]){__VA_ARGS__})

/* A table whose row i is 10 i, 10 i + 1, … */
static cn_layer *counting_embedding(bool mask_zero)
{
    cn_layer *layer = cn_embedding(4, 2, .mask_zero = mask_zero, .name = "words");
    cn_shape in = cn_shape(CN_ANY, 3);
    if (layer && cn_layer_build(layer, &(cn_shapes){1, &in, &(cn_dtype){CN_INT32}}))
        cn_set_data(cn_nth(layer->weights, 0), (float[]){0, 1, 10, 11, 20, 21, 30, 31});
    return layer;
}

TEST(embedding_shapes_and_parameters)
{
    CN_SCOPE {
        cn_layer *layer = cn_embedding(10, 2, .name = "words");
        cn_model *m = cn_sequential(cn_input(1), layer);
        REQUIRE(m);
        check_text(cn_shape_text(m->output->shape), "(None, 1, 2)");
        CHECK(cn_count_params(m) == 20);
        CHECK(cn_data(cn_call(m, cn_values(cn_shape(1, 1), 9))));
        CHECK(!cn_data(cn_call(m, cn_values(cn_shape(2, 1), 3, 10))));
        check_error("words: Embedding: the id 10 at (1, 0) is outside [0, 10)");
    }
}

TEST(embedding_values)
{
    CN_SCOPE {
        cn_layer *layer = counting_embedding(false);
        REQUIRE(layer);
        cn_tensor *y = cn_call(layer, IDS(cn_shape(1, 3), 3, 0, 3));
        check_tensor(y, cn_shape(1, 3, 2), 30, 31, 0, 1, 30, 31);
        check_tensor(cn_call(layer, cn_values(cn_shape(2), 1.9f, 2)), cn_shape(2, 2), 10, 11, 20,
                     21);
        check_tensor(cn_call(layer, cn_array((uint8_t[]){2}, CN_UINT8, cn_shape(1))),
                     cn_shape(1, 2), 20, 21);
        CHECK(!cn_mask_of(y));
        cn_list *grads = cn_gradients(cn_sum(y), layer->weights);
        check_tensor(cn_nth(grads, 0), cn_shape(4, 2), 1, 1, 0, 0, 0, 0, 2, 2);
    }
}

TEST(embedding_refuses_ids_outside)
{
    CN_SCOPE {
        cn_layer *layer = counting_embedding(true);
        REQUIRE(layer);
        CHECK(!cn_data(cn_call(layer, IDS(cn_shape(2, 2), 0, 1, -1, 2))));
        check_error("words: Embedding: the id -1 at (1, 0) is outside [0, 4)");
        CHECK(!cn_data(cn_call(layer, IDS(cn_shape(3), 0, 1, 4))));
        check_error("words: Embedding: the id 4 at (2,) is outside [0, 4)");
        CHECK(!cn_embedding(0, 2));
        check_error("Embedding: expected input_dim > 0. Received: input_dim=0");
        CHECK(!cn_embedding(2, -1));
        check_error("Embedding: expected output_dim > 0. Received: output_dim=-1");
    }
}

TEST(embedding_config)
{
    CN_SCOPE {
        cn_say_capture();
        cn_layer *layer = cn_embedding(10, 2, .input_length = 5);
        char *said = cn_say_captured();
        check_text(said, "UserWarning: Argument `input_length` is deprecated. Just remove it.\n");
        cn_mem_free(said);
        check_config(layer, "input_length", "absent");
        check_config(layer, "activity_regularizer", "null");
        check_config(layer, "quantization_config", "null");
        check_config(layer, "mask_zero", "false");
        check_config(layer, "embeddings_initializer",
                     "{\"module\": \"keras.initializers\", \"class_name\": \"RandomUniform\", "
                     "\"config\": {\"minval\": -0.05, \"maxval\": 0.05, \"seed\": null}, "
                     "\"registered_name\": null}");
        CHECK(cn_instance_of_spec(CN_LAYERS, "Embedding(10, 2, input_length=5, weights=null)"));
        CHECK(!cn_instance_of_spec(CN_LAYERS, "{\"class_name\": \"Embedding\", \"config\": "
                                              "{\"input_dim\": 3, \"output_dim\": 2, "
                                              "\"lora_rank\": 4}}"));
        check_error("not supported: Embedding's argument 'lora_rank'");
    }
}

TEST(embedding_mask_reaches_pooling)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(3, .dtype = CN_INT32);
        cn_tensor *y = cn_call(cn_dense(1, .kernel_initializer = "ones"),
                               cn_call(counting_embedding(true), x));
        cn_model *steps = cn_functional(x, y);
        cn_model *mean = cn_functional(x, cn_call(cn_global_average_pooling1d(), y));
        REQUIRE(steps && mean);
        cn_tensor *at = IDS(cn_shape(2, 3), 1, 0, 2, 3, 0, 0);
        cn_tensor *all = cn_call(steps, at), *one = cn_call(mean, at);
        check_tensor(all, cn_shape(2, 3, 1), 21, 1, 41, 61, 1, 1);
        check_tensor(cn_cast(cn_mask_of(all), CN_INT32), cn_shape(2, 3), 1, 0, 1, 1, 0, 0);
        check_tensor(one, cn_shape(2, 1), 31, 61);
        CHECK(!cn_mask_of(one));
        /* errors 1, -, 1, 1, -, -: the mean over the steps that count */
        cn_tensor *wanted = cn_values(cn_shape(2, 3, 1), 20, 9, 40, 60, 9, 9);
        CHECK(cn_item(cn_loss_of("mse", wanted, all)) == 1);
    }
}

TEST(masking)
{
    CN_SCOPE {
        check_layer(cn_masking(), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 4),
                    .no_step = true, .open = cn_shape(CN_ANY, CN_ANY, 4),
                    .open_out = cn_shape(CN_ANY, CN_ANY, 4));
        cn_tensor *x = cn_values(cn_shape(1, 3, 2), 2, 2, 2, 1, 0, 0);
        cn_tensor *y = cn_call(cn_masking(2), x);
        check_tensor(y, cn_shape(1, 3, 2), 0, 0, 2, 1, 0, 0);
        check_tensor(cn_cast(cn_mask_of(y), CN_INT32), cn_shape(1, 3), 0, 1, 1);
        y = cn_call(cn_masking(NAN), x);
        check_tensor(y, cn_shape(1, 3, 2), 2, 2, 2, 1, 0, 0);
        check_tensor(cn_cast(cn_mask_of(y), CN_INT32), cn_shape(1, 3), 1, 1, 1);
        y = cn_call(cn_masking(0), cn_array((int32_t[]){0, 3}, CN_INT32, cn_shape(2, 1)));
        CHECK(y && y->dtype == CN_INT32);
        check_config(cn_masking(), "mask_value", "0.0");
        check_config(cn_masking(NAN), "mask_value", "NaN");
        CHECK(!cn_call(cn_masking(.name = "m"), cn_number_float(1)));
        check_error("Masking 'm': expected an input with an axis of features, found shape ()");
    }
}

/* A model's result has the mask of what made it, not that of the model's input. */
TEST(masks_and_models_within_models)
{
    CN_SCOPE {
        cn_tensor *inner = cn_input(CN_ANY, 2);
        cn_model *keeps = cn_functional(inner, cn_call(cn_identity(), inner));
        cn_model *ends = cn_sequential(cn_input(CN_ANY, 2), cn_global_average_pooling1d());
        cn_tensor *x = cn_input(3, 2), *masked = cn_call(cn_masking(), x);
        cn_model *with = cn_functional(x, cn_call(keeps, masked));
        cn_model *without = cn_functional(x, cn_call(ends, masked));
        REQUIRE(with && without);
        cn_tensor *value = cn_values(cn_shape(1, 3, 2), 1, 2, 0, 0, 3, 4);
        cn_tensor *y = cn_call(with, value);
        check_tensor(cn_cast(cn_mask_of(y), CN_INT32), cn_shape(1, 3), 1, 0, 1);
        cn_tensor *mask = cn_cast(cn_values(cn_shape(1, 3), 1, 0, 0), CN_BOOL);
        check_tensor(cn_call(ends, value, .mask = mask), cn_shape(1, 2), 1, 2);
        CHECK(!cn_mask_of(value));
        y = cn_call(without, value);
        check_tensor(y, cn_shape(1, 2), 2, 3);
        CHECK(!cn_mask_of(y));
    }
}
