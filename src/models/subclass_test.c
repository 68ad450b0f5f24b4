/* Models by subclassing: layers made in init, used in call. */
#include <string.h>

#include "base/test.h"
#include "graph/shape.h"
#include "models/model.h"
#include "ops/ops.h"

#define TEST_MLP(P) P(int, classes, 10, "classes") P(float, rate, 0.5, "of the dropout")
CN_MODEL(test_mlp, TEST_MLP, cn_layer *dense1, *dropout, *bn, *dense2;)

static bool init(test_mlp *self)
{
    self->dense1 = cn_add_sublayer(self, "dense1", cn_dense(32, .activation = "relu"));
    self->dropout = cn_add_sublayer(self, "dp", cn_dropout(self->rate));
    self->bn = cn_add_sublayer(self, "bn", cn_batch_normalization());
    self->dense2 = cn_add_sublayer(self, "dense2", cn_dense(self->classes));
    return self->dense1 && self->dropout && self->bn && self->dense2;
}

static cn_tensor *call(test_mlp *self, const cn_inputs *in)
{
    cn_tensor *x = cn_call(self->dropout, cn_call(self->dense1, in->x[0]));
    return cn_call(self->dense2, cn_call(self->bn, x));
}

CN_REGISTER_MODEL(test_mlp, .init = init, .call = call)
#define test_mlp(...) CN_MAKE(test_mlp, TEST_MLP, __VA_ARGS__)

static cn_tensor *inputs(void)
{
    return cn_reshape(cn_sin(cn_arange(0, 64 * 20, 1, CN_FLOAT32)), cn_shape(64, 20));
}

static cn_dataset *data(void)
{
    return cn_from_arrays(inputs(), cn_cos(cn_slice(inputs(), ":, 0:10")));
}

TEST(subclass_learns_and_is_shown)
{
    cn_clear_session();
    CN_SCOPE {
        cn_set_random_seed(1);
        cn_model *m = test_mlp();
        REQUIRE(m);
        check_text(m->layer.name, "test_mlp");
        CHECK(!cn_summary_text(m));
        check_error("test_mlp 'test_mlp': this model has not yet been built: call it on data, or "
                    "let cn_fit do so, before cn_summary");
        REQUIRE(cn_compile(m, "adam", .loss = {"mse"}));
        cn_history *h = cn_fit(m, data(), .epochs = 4, .verbose = 0);
        REQUIRE(h);
        CHECK(cn_history_get(h, "loss", -1) < cn_history_get(h, "loss", 0));
        CHECK(cn_count_params(m) == 20 * 32 + 32 + 4 * 32 + 330);
        check_text(cn_variable_path(cn_nth(cn_weights(m), 0)), "test_mlp/dense/kernel");
        cn_tensor *a = cn_predict(m, inputs()), *b = cn_predict(m, inputs());
        CHECK(!memcmp(cn_floats(a), cn_floats(b), 640 * sizeof(float)));
        cn_str text = cn_summary_text(m);
        REQUIRE(text);
        CHECK(strstr(text, "(32, 10)"));
    }
}

TEST(subclass_computes_its_output_shape)
{
    CN_SCOPE {
        cn_shape shape = cn_compute_output_shape(test_mlp(), cn_shape(CN_ANY, 20));
        check_text(cn_shape_text(shape), "(None, 10)");
    }
}

TEST(subclass_is_saved_and_loaded)
{
    CN_SCOPE {
        cn_model *m = test_mlp(.classes = 3, .name = "mine");
        cn_compile(m, "adam", .loss = {"mse"});
        cn_tensor *x = inputs(), *y = cn_predict(m, x);
        REQUIRE(y && cn_save(m, cn_test_path("subclass.keras")));
        cn_model *again = cn_load_model(cn_test_path("subclass.keras"));
        REQUIRE(again);
        check_text(again->layer.name, "mine");
        CHECK(((test_mlp *)again)->classes == 3);
        CHECK(cn_is_compiled(again));
        CHECK(!memcmp(cn_floats(cn_predict(again, x)), cn_floats(y), 64 * 3 * sizeof(float)));
        REQUIRE(cn_save_weights(m, cn_test_path("subclass.weights.h5")));
        cn_model *other = test_mlp(.classes = 3);
        CHECK(cn_call(other, x));
        REQUIRE(cn_load_weights(other, cn_test_path("subclass.weights.h5")));
        CHECK(!memcmp(cn_floats(cn_predict(other, x)), cn_floats(y), 64 * 3 * sizeof(float)));
        CHECK(!cn_save(m, cn_test_path("subclass.h5")));
        check_error("cn_save: an .h5 file needs a functional or Sequential model, found the class "
                    "'test_mlp': use .keras, or cn_save_weights");
    }
}

TEST(subclass_in_a_functional_model)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(20);
        cn_model *inner = test_mlp(.classes = 4), *m = cn_functional(x, cn_call(inner, x));
        REQUIRE(m && cn_save(m, cn_test_path("nested.keras")));
        cn_model *again = cn_load_model(cn_test_path("nested.keras"));
        REQUIRE(again);
        cn_tensor *y[] = {cn_predict(m, inputs()), cn_predict(again, inputs())};
        CHECK(!memcmp(cn_floats(y[0]), cn_floats(y[1]), 64 * 4 * sizeof(float)));
    }
}

/* ---- layers from outside ---- */

#define PAIR(P) P(float, factor, 2, "of the second")
CN_MODEL(test_pair, PAIR, cn_layer *a, *b;)
CN_MODEL(test_saved_pair, PAIR, cn_layer *a, *b;)
CN_MODEL(test_mute_pair, PAIR, cn_layer *a, *b;)

static cn_tensor *call_pair(test_pair *self, const cn_inputs *in)
{
    return cn_add(cn_call(self->a, in->x[0]), cn_mul(cn_call(self->b, in->x[0]), self->factor));
}

static cn_tensor *call_saved_pair(test_saved_pair *self, const cn_inputs *in)
{
    return cn_add(cn_call(self->a, in->x[0]), cn_mul(cn_call(self->b, in->x[0]), self->factor));
}

static bool write_pair(const test_saved_pair *self, cn_json *config)
{
    return cn_config_set_layer(config, "a", self->a) && cn_config_set_layer(config, "b", self->b);
}

static cn_tensor *call_mute_pair(test_mute_pair *self, const cn_inputs *in)
{
    (void)self;
    return cn_mul(in->x[0], 2);
}

static bool write_nothing(const test_mute_pair *self, cn_json *config)
{
    (void)self, (void)config;
    return false;
}

static void *read_pair(const cn_json *config);

CN_REGISTER_MODEL(test_pair, .call = call_pair)
CN_REGISTER_MODEL(test_mute_pair, .call = call_mute_pair, .write_config = write_nothing)
CN_REGISTER_MODEL(test_saved_pair, .call = call_saved_pair, .write_config = write_pair,
                  .from_config = read_pair)

static cn_model *saved_pair(cn_layer *a, cn_layer *b, double factor)
{
    test_saved_pair *self = (test_saved_pair *)CN_MAKE(test_saved_pair, PAIR, .factor = factor);
    self->a = cn_add_sublayer(self, "a", a);
    self->b = cn_add_sublayer(self, "b", b);
    return self->a && self->b ? &self->model : NULL;
}

static void *read_pair(const cn_json *config)
{
    cn_layer *a = cn_config_layer(config, "a"), *b = cn_config_layer(config, "b");
    return a && b ? saved_pair(a, b, cn_config_number(config, "factor")) : NULL;
}

TEST(given_layers_need_a_config)
{
    cn_clear_session();
    CN_SCOPE {
        test_pair *pair = (test_pair *)CN_MAKE(test_pair, PAIR, .factor = 3);
        pair->a = cn_add_sublayer(pair, "a", cn_dense(1));
        pair->b = cn_add_sublayer(pair, "b", cn_dense(1));
        CHECK(cn_predict(&pair->model, inputs()));
        CHECK(!cn_save(&pair->model, cn_test_path("pair.keras")));
        check_error("test_pair 'test_pair' was given the layer 'dense_1' after it was made, and "
                    "therefore must have the methods write_config and from_config to be saved");
        CHECK(!cn_model_to_json(&pair->model));
        cn_clear_error();
        CHECK(!cn_get_output(pair));
        check_error("The layer 'test_pair' has never been called and thus has no defined output");

        cn_model *m = saved_pair(cn_dense(1), cn_dense(1), 3.5);
        cn_tensor *y = cn_predict(m, inputs());
        REQUIRE(y && cn_save(m, cn_test_path("pair.keras")));
        cn_model *again = cn_load_model(cn_test_path("pair.keras"));
        REQUIRE(again);
        CHECK(((test_saved_pair *)again)->factor == 3.5);
        CHECK(!memcmp(cn_floats(cn_predict(again, inputs())), cn_floats(y), 64 * sizeof(float)));
    }
}

TEST(nodes_of_a_shared_layer)
{
    CN_SCOPE {
        cn_layer *shared = cn_dense(2, .name = "shared");
        CHECK(!cn_get_input(shared));
        check_error("The layer 'shared' has never been called and thus has no defined input");
        cn_tensor *a = cn_input(3), *b = cn_input(3);
        cn_tensor *of_a = cn_call(shared, a);
        CHECK(cn_get_output(shared) == of_a);
        cn_tensor *of_b = cn_call(shared, b);
        CHECK(cn_get_output_at(shared, 0) == of_a && cn_get_output_at(shared, 1) == of_b);
        CHECK(cn_get_input_at(shared, 1) == b);
        CHECK(!cn_get_output(shared));
        check_error(
            "The layer 'shared' has 2 inbound nodes, hence the notion of \"layer output\" is "
            "ill-defined: use cn_get_output_at");
        CHECK(!cn_get_output_at(shared, 2));
        check_error(
            "Asked to get output at node 2, but the layer 'shared' has only 2 inbound nodes");
    }
}

/* Nothing that saving is refused for goes without a message. */
TEST(saving_says_why_not)
{
    CN_SCOPE {
        cn_model *m = (cn_model *)CN_MAKE(test_mute_pair, PAIR, .factor = 1);
        CHECK(cn_predict(m, inputs()));
        CHECK(!cn_save(m, cn_test_path("mute.keras")));
        check_error("test_mute_pair: the method write_config has failed");
        CHECK(!cn_save(NULL, cn_test_path("mute.keras")));
        check_error("cn_save: expected a model, found NULL");
        CHECK(!cn_save(m, NULL));
        check_error("cn_save: expected a path, found NULL");
        CHECK(!cn_save_weights(NULL, cn_test_path("mute.weights.h5")));
        check_error("cn_save_weights: expected a model, found NULL");
    }
}

/* ---- packages ---- */

#define HELD(P) P(cn_layers, inner, CN_REQUIRED_LAYERS, "the layer")
CN_LAYER(test_packed, PAIR, )
CN_MODEL(test_packed_model, HELD, )

static cn_tensor *call_packed(test_packed *self, const cn_inputs *in)
{
    return cn_mul(in->x[0], self->factor);
}

static bool init_packed_model(test_packed_model *self)
{
    return cn_add_sublayer(self, "inner", self->inner);
}

static cn_tensor *call_packed_model(test_packed_model *self, const cn_inputs *in)
{
    return cn_call(self->inner, in->x[0]);
}

CN_REGISTER_LAYER_IN("Custom", test_packed, .call = call_packed)
CN_REGISTER_MODEL_IN("Mine", test_packed_model, .init = init_packed_model,
                     .call = call_packed_model)

TEST(classes_in_packages)
{
    CN_SCOPE {
        cn_layer *layer = CN_MAKE(test_packed, PAIR, .factor = 3);
        cn_model *m = (cn_model *)CN_MAKE(test_packed_model, HELD, .inner = layer);
        cn_tensor *y = cn_predict(m, inputs());
        REQUIRE(y && cn_save(m, cn_test_path("packed.keras")));
        cn_str json = cn_model_to_json(m);
        CHECK(strstr(json, "{\"module\": null, \"class_name\": \"test_packed_model\""));
        CHECK(strstr(json, "\"registered_name\": \"Mine>test_packed_model\""));
        CHECK(strstr(json, "\"registered_name\": \"Custom>test_packed\""));
        cn_model *again = cn_load_model(cn_test_path("packed.keras"));
        REQUIRE(again);
        check_text(cn_class_name(again), "test_packed_model");
        CHECK(
            !memcmp(cn_floats(cn_predict(again, inputs())), cn_floats(y), 64 * 20 * sizeof(float)));
        CHECK(cn_class_find(CN_LAYERS, "Custom>test_packed") ==
              cn_class_find(CN_LAYERS, "test_packed"));
    }
}
