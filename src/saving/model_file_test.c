/* Models as files: what Keras wrote comes back as it was, what is made here too. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/test.h"
#include "cornu/arrays.h"
#include "config/instance.h"
#include "graph/shape.h"
#include "graph/tensor.h"
#include "models/model.h"
#include "ops/ops.h"
#include "saving/hdf5/hdf5.h"
#include "saving/archive/zip.h"

static const char *golden(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/tests/parity/golden/%s.keras", CORNU_SOURCE_DIR, name);
    return path;
}

static bool same_values(cn_tensor *a, cn_tensor *b)
{
    return cn_shape_equal(a->shape, b->shape) && a->dtype == b->dtype &&
           !memcmp(cn_data(a), cn_data(b), a->variable->buffer->size);
}

static bool same_lists(cn_list *a, cn_list *b)
{
    bool same = a && b && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = same_values(a->items[i], b->items[i]);
    return same;
}

/* The same layers, weights and optimizer. */
static void check_same(cn_model *a, cn_model *b)
{
    cn_str text = cn_model_to_json(a), other = cn_model_to_json(b);
    REQUIRE(text && other);
    cn_json *x = cn_json_parse(text, strlen(text)), *y = cn_json_parse(other, strlen(other));
    if (!CHECK(cn_json_equal(x, y)))
        fprintf(stderr, "%s\n%s\n", text, other);
    cn_json_free(x);
    cn_json_free(y);
    CHECK(same_lists(cn_weights(a), cn_weights(b)));
    if (a->optimizer && CHECK(b->optimizer))
        CHECK(
            same_lists(cn_optimizer_variables(a->optimizer), cn_optimizer_variables(b->optimizer)));
}

static cn_model *again(cn_model *model, const char *name)
{
    const char *path = cn_test_path(name);
    return CHECK(cn_save(model, path)) ? cn_load_model(path) : NULL;
}

TEST(models_of_keras_come_back)
{
    static const char *const names[] = {"training_mlp", "training_cnn"};
    for (size_t i = 0; i < 2; i++)
        CN_SCOPE {
            cn_model *model = cn_load_model(golden(names[i]));
            REQUIRE(model && model->optimizer);
            cn_model *copy = again(model, "copy.keras");
            REQUIRE(copy);
            check_same(model, copy);
            cn_model *old = again(model, "copy.h5");
            REQUIRE(old);
            CHECK(same_lists(cn_weights(model), cn_weights(old)));
            CHECK(same_lists(cn_optimizer_variables(model->optimizer),
                             cn_optimizer_variables(old->optimizer)));
        }
}

TEST(compiling_is_optional)
{
    CN_SCOPE {
        cn_model *model = cn_load_model(golden("training_mlp"), .compile = false);
        REQUIRE(model);
        CHECK(!cn_is_compiled(model) && !model->optimizer);
    }
}

/* Two inputs, a shared layer, ops between layers with constants, two outputs, a model inside. */
static cn_model *branched(void)
{
    cn_tensor *a = cn_input(4, .name = "a"), *b = cn_input(4, .name = "b");
    cn_layer *shared = cn_dense(3, .activation = "tanh", .name = "shared");
    cn_tensor *x = cn_call(shared, a), *y = cn_call(shared, b);
    cn_model *inner = cn_sequential(cn_input(3), cn_dense(2));
    cn_tensor *z = cn_call(inner, cn_add(cn_mul(x, 2), cn_abs(y)));
    cn_tensor *w = cn_concat(cn_list_of(cn_transpose(cn_transpose(z, {1, 0}), {1, 0}),
                                        cn_sum(cn_maximum(x, y), {1}, true)),
                             -1);
    return cn_functional(cn_list_of(a, b), cn_list_of(cn_call(cn_dense(1, .name = "last"), w), z));
}

TEST(functional_models_round_trip)
{
    cn_clear_session();
    CN_SCOPE {
        cn_model *model = branched();
        REQUIRE(model);
        REQUIRE(cn_compile(model, "adam", .loss = {"mse", "huber(delta=2)"}, .metrics = {"mae"}));
        cn_model *copy = again(model, "branched.keras"), *old = again(model, "branched.h5");
        REQUIRE(copy && old);
        cn_tensor *one = cn_values(cn_shape(2, 4), 1, -2, 3, 4, 5, 6, -7, 8);
        cn_tensor *want = cn_call(model, one, cn_mul(one, 0.5));
        cn_tensor *got = cn_call(copy, one, cn_mul(one, 0.5));
        cn_tensor *got_old = cn_call(old, one, cn_mul(one, 0.5));
        for (size_t i = 0; i < 2; i++) {
            size_t n = (size_t)cn_size(cn_nth(want, i));
            check_close(cn_floats(cn_nth(got, i)), cn_floats(cn_nth(want, i)), n, 0, 0);
            check_close(cn_floats(cn_nth(got_old, i)), cn_floats(cn_nth(want, i)), n, 0, 0);
        }
        check_same(copy, again(copy, "branched_again.keras"));
        check_text(cn_model_input_name(copy, 1), "b");
        check_text(cn_model_output_name(copy, 0), "last");
    }
}

TEST(paths_are_those_of_keras)
{
    cn_clear_session();
    CN_SCOPE {
        cn_model *model = branched();
        REQUIRE(model && cn_save_weights(model, cn_test_path("w.weights.h5")));
        cn_model *other = cn_model_from_json(cn_model_to_json(model));
        REQUIRE(other);
        CHECK(!same_lists(cn_weights(model), cn_weights(other)));
        CHECK(cn_load_weights(other, cn_test_path("w.weights.h5")));
        CHECK(same_lists(cn_weights(model), cn_weights(other)));
        cn_zip *zip =
            cn_save(model, cn_test_path("p.keras")) ? cn_zip_open(cn_test_path("p.keras")) : NULL;
        REQUIRE(zip);
        size_t size;
        const unsigned char *data = cn_zip_read(zip, "model.weights.h5", &size);
        cn_h5_node *root = data ? cn_h5_open(data, size) : NULL;
        CHECK(root && cn_h5_find(root, "layers/dense/vars/1"));
        CHECK(cn_h5_find(root, "layers/sequential/layers/dense/vars/0"));
        CHECK(cn_h5_find(root, "layers/dense_1/vars/0"));
        CHECK(cn_h5_find(root, "layers/input_layer_1/vars"));
        cn_h5_free(root);
        cn_zip_close(zip);
    }
}

TEST(large_weights_lie_in_the_file)
{
    CN_SCOPE {
        cn_model *model = cn_sequential(cn_input(100), cn_dense(50));
        cn_model *copy = model ? again(model, "large.keras") : NULL;
        REQUIRE(copy);
        cn_tensor *kernel = cn_list_item(cn_weights(copy), 0);
        CHECK(kernel->variable->buffer->owner != NULL);
        cn_model *second = again(copy, "large.keras"); /* over the file that is mapped */
        CHECK(second && same_lists(cn_weights(model), cn_weights(second)));
        CHECK(same_lists(cn_weights(model), cn_weights(copy)));
        CHECK(cn_assign(kernel, cn_mul(kernel, 2)) && cn_data(kernel));
        CHECK(!same_lists(cn_weights(model), cn_weights(copy)));
    }
}

/* ---- errors ---- */

static void check_json_error(const char *json, const char *error)
{
    CN_SCOPE {
        CHECK(!cn_model_from_json(json));
        check_error(error);
    }
}

#define INPUT                                                                                    \
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 3], \"name\": " \
    "\"x\"}, \"name\": \"x\", \"inbound_nodes\": []}"
#define MODEL(layer, ends)                                                               \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [" INPUT \
    ", " layer "], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": " ends "}}"

TEST(configurations_that_cannot_be)
{
    check_json_error("[]", "expected a layer's object with its 'class_name'");
    check_json_error("{\"class_name\": \"Nowhere\", \"config\": {}}", "unknown layer 'Nowhere'");
    check_json_error("{\"class_name\": \"TFOpLambda\", \"config\": {}}",
                     "not supported: the layer 'TFOpLambda'");
    check_json_error("{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}",
                     "not supported: a file with a Dense instead of a model");
    check_json_error(MODEL("{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"name\": "
                           "\"d\"}, \"name\": \"d\", \"inbound_nodes\": [[[\"d\", 0, 0, {}]]]}",
                           "[[\"d\", 0, 0]]"),
                     "the model's configuration has calls that wait for each other, or for a call "
                     "that is missing");
    check_json_error(MODEL("{\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"name\": "
                           "\"d\"}, \"name\": \"d\", \"inbound_nodes\": [[[\"e\", 0, 0, {}]]]}",
                           "[[\"d\", 0, 0]]"),
                     "the model's configuration has no layer 'e'");
    check_json_error(MODEL(INPUT, "[[\"x\", 0, 0]]"),
                     "the name 'x' is used for two layers of the model");
}

TEST(old_configurations_are_read)
{
    CN_SCOPE {
        cn_model *model = cn_model_from_json(
            MODEL("{\"class_name\": \"Dense\", \"config\": {\"units\": 2, \"name\": \"d\"}, "
                  "\"name\": \"d\", \"inbound_nodes\": [[[\"x\", 0, 0, {}]], [[\"x\", 0, 0, "
                  "{\"training\": true}]]]}",
                  "[[\"d\", 0, 0], [\"d\", 1, 0]]"));
        REQUIRE(model);
        check_text(cn_model_output_name(model, 1), "d_1");
        CHECK(cn_count_params(model) == 8);
    }
}

TEST(files_that_cannot_be_models)
{
    CN_SCOPE {
        CHECK(!cn_load_model("model.txt"));
        check_error("cn_load_model: expected a path that ends in .keras or .h5, found 'model.txt'");
        CHECK(!cn_load_model("/nowhere/model.keras") && cn_error_code() == CN_ENOTFOUND);
        cn_clear_error();
        cn_model *small = cn_sequential(cn_input(3), cn_dense(2, .name = "d"));
        cn_model *large = cn_sequential(cn_input(4), cn_dense(2, .name = "d"));
        REQUIRE(cn_save_weights(small, cn_test_path("s.weights.h5")));
        CHECK(!cn_load_weights(large, cn_test_path("s.weights.h5")));
        check_error("layer 'd': expected shape (4, 2) for 'kernel', the file has (3, 2)");
        CHECK(!cn_save_weights(small, "weights.h5"));
        check_error("cn_save_weights: expected a path that ends in .weights.h5, found "
                    "'weights.h5'");
        cn_model *deep =
            cn_sequential(cn_input(3), cn_dense(2), cn_dense(2, .use_bias = false, .name = "e"));
        CHECK(!cn_load_weights(deep, cn_test_path("s.weights.h5")));
        check_error("layer 'e': expected 1 variables, the file has 0 at 'layers/dense_1'");
        /* one byte of metadata.json is another */
        CHECK(!cn_load_model(CORNU_SOURCE_DIR "/tests/fuzz/corpus/keras/damaged_metadata.keras"));
        CHECK(cn_error_code() == CN_EFORMAT &&
              strstr(cn_error(), "'metadata.json': its CRC-32 is wrong: the file is damaged"));
        cn_clear_error();
    }
}

TEST(arrays_round_trip)
{
    CN_SCOPE {
        const char *path = cn_test_path("a.npz");
        cn_str names[] = {"x", "half"};
        cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4);
        REQUIRE(cn_save_arrays(path, names, cn_list_of(x, cn_cast(x, CN_BFLOAT16))));
        cn_arrays *arrays = cn_load_arrays(path);
        REQUIRE(cn_arrays_count(arrays) == 2 && cn_arrays_has(arrays, "half"));
        check_close(cn_floats(cn_arrays_get(arrays, "x")), ((float[]){1, 2, 3, 4}), 4, 0, 0);
        CHECK(cn_dtype_of(cn_arrays_get(arrays, "half")) == CN_FLOAT32);
        CHECK(!cn_arrays_get(arrays, "y"));
        check_error("there is no array 'y'; there are: x, half");
    }
}

TEST(layers_of_two_models_stay_one)
{
    cn_clear_session();
    CN_SCOPE {
        cn_layer *shared = cn_dense(3, .name = "shared");
        cn_tensor *x = cn_input(3), *y = cn_input(3);
        cn_model *inner = cn_functional(x, cn_call(shared, x));
        cn_model *model =
            cn_functional(y, cn_add(cn_call(shared, y), cn_call(inner, cn_call(cn_dense(3), y))));
        cn_model *copy = model ? again(model, "shared.keras") : NULL;
        REQUIRE(copy);
        check_same(model, copy);
        CHECK(cn_weights(copy)->count == 4);
    }
}

TEST(optimizers_without_their_state_start_afresh)
{
    cn_clear_session();
    CN_SCOPE {
        cn_model *model = cn_sequential(cn_input(3), cn_dense(2));
        REQUIRE(model && cn_compile(model, "adam", .loss = {"mse"}));
        cn_model *copy = again(model, "fresh.keras");
        REQUIRE(copy);
        check_text(cn_load_note(copy),
                   "the optimizer 'adam' starts afresh: it has 6 variables, the file 2, or others");
        cn_model *second = again(copy, "fresh.keras");
        CHECK(second && !cn_load_note(second));
    }
}

static cn_model *named_net(int outputs, const char *last)
{
    return cn_sequential(cn_input(3), cn_dense(4, .name = "a"),
                         cn_batch_normalization(.name = "bn"), cn_dense(outputs, .name = last));
}

/* The sum of each weight. */
static void check_sums(cn_model *m, const double *want)
{
    for (size_t i = 0; i < 8; i++)
        CHECK(fabs(cn_item(cn_sum(cn_nth(cn_weights(m), i))) - want[i]) < 1e-4);
}

static void clear(cn_model *m)
{
    for (size_t i = 0; i < 8; i++) {
        cn_tensor *w = cn_nth(cn_weights(m), i);
        cn_assign(w, cn_zeros_like(w));
    }
}

/* tests/data/hdf5/weights_alone.h5 is what Keras's save_weights_to_hdf5_group wrote, the format of
 * published weights: the i-th weight is arange / 10 + i. */
TEST(weights_alone_in_h5)
{
    const double all[] = {6.6, 4.6, 8.6, 12.6, 16.6, 20.6, 50.8, 14.1},
                 part[] = {6.6, 4.6, 8.6, 12.6, 16.6, 20.6, 0, 0};
    CN_SCOPE {
        const char *path = CORNU_SOURCE_DIR "/tests/data/hdf5/weights_alone.h5";
        cn_model *m = named_net(2, "other");
        REQUIRE(cn_load_weights(m, path));
        check_sums(m, all);
        clear(m);
        REQUIRE(cn_load_weights(m, path, .by_name = true));
        check_sums(m, part);
        CHECK(!cn_load_note(m));

        m = named_net(5, "b");
        clear(m);
        REQUIRE(cn_load_weights(m, path, .by_name = true, .skip_mismatch = true));
        check_sums(m, part);
        check_text(
            cn_load_note(m),
            "'kernel' of layer 'b' was skipped: the file's has another shape; 'bias' of layer "
            "'b' was skipped: the file's has another shape");
        CHECK(!cn_load_weights(m, path));
        check_error("layer 'b': expected shape (4, 5) for 'kernel', the file has (4, 2)");
        clear(m);
        REQUIRE(cn_save_weights(named_net(2, "b"), cn_test_path("two.weights.h5")));
        REQUIRE(cn_load_weights(m, cn_test_path("two.weights.h5"), .skip_mismatch = true));
        check_text(cn_load_note(m),
                   "layer 'b' was skipped: its variables are not those of the file");
        CHECK(!cn_load_weights(m, "w.weights.h5", .by_name = true));
        check_error("cn_load_weights: by_name is for .h5 files alone, found 'w.weights.h5'");
    }
}

/* The iterations that a file's optimizer has counted; -1: no such model. */
static int64_t iterations_in(const char *path)
{
    int64_t n = -1;
    CN_SCOPE {
        cn_model *model = cn_load_model(path);
        n = model && model->optimizer ? cn_iterations(model->optimizer) : -1;
    }
    return n;
}

/* A model that has been trained for two steps. */
static cn_model *trained(void)
{
    cn_model *model = cn_sequential(cn_input(3), cn_dense(2));
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 3), CN_FLOAT32), cn_ones(cn_shape(4, 2), CN_FLOAT32));
    bool ok = cn_compile(model, "adam", .loss = {"mse"}) &&
              cn_fit(model, data, .batch_size = 2, .verbose = 0);
    return ok ? model : NULL;
}

TEST(every_failing_write_leaves_the_old_model)
{
    static const char *const names[] = {"old.keras", "old.h5"};
    char path[400];
    for (int i = 0; i < 2; i++)
        CN_SCOPE {
            snprintf(path, sizeof path, "%s", cn_test_path(names[i]));
            cn_model *old = cn_sequential(cn_input(3), cn_dense(2)), *model = trained();
            CHECK(cn_compile(old, "adam", .loss = {"mse"}));
            for (long n = 0;; n++) {
                CHECK(cn_save(old, path));
                cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
                bool ok = cn_save(model, path), failed = cn_fault_seen(CN_FAULT_WRITE);
                cn_fault_at(CN_FAULT_WRITE, -1, 0);
                if (!failed) {
                    CHECK(ok && n > 4);
                    break;
                }
                CHECK(!ok && cn_error_code() == CN_EIO && strstr(cn_error(), "cannot write"));
                cn_clear_error();
                int64_t found =
                    iterations_in(path); /* only the last sync comes behind the rename */
                CHECK(found == 0 || found == 2);
            }
            CHECK(iterations_in(path) == 2);
        }
}
