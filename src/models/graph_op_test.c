/* Ops between layers as files have them, and models that begin inside of others. */
#include "models/graph_op.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/flow.h"
#include "cornu/image.h"
#include "graph/form.h"
#include "models/model.h"
#include "models/operation.h"
#include "ops/ops.h"
#include "saving/operations/operations.h"

static cn_json *no_tensor(void *context, cn_tensor *tensor)
{
    (void)context, (void)tensor;
    return cn_json_string("x");
}

/* "numpy.Sum {"axis": [1], …} ["x"]", of what an op is for Keras. */
#define check_form(y, want) form_check(y, want, __FILE__, __LINE__)
static void form_check(cn_tensor *y, const char *want, const char *file, int line)
{
    cn_graph_op op;
    char got[600] = "";
    if (y && cn_graph_op_describe(&op, y, no_tensor, NULL)) {
        char *config = cn_json_text(op.config, 0), *args = cn_json_text(op.args, 0);
        snprintf(got, sizeof got, "%s.%s %s %s", op.module, op.class_name, config, args);
        cn_mem_free(config);
        cn_mem_free(args);
        cn_graph_op_free(&op);
    }
    cn_test_text(got, want, file, line);
}

TEST(forms_of_ops)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(4, 6), *image = cn_input(CN_ANY, CN_ANY, 2);
        check_form(cn_sum(x, {1}), "keras.src.ops.numpy.Sum {\"axis\": [1], \"keepdims\": false} "
                                   "[\"x\"]");
        check_form(cn_gelu(x, true), "keras.src.ops.nn.Gelu {\"approximate\": true} [\"x\"]");
        check_form(cn_slice(x, "0, ..., 1:"),
                   "keras.src.ops.numpy.GetItem {} [\"x\", [0, {\"class_name\": \"__ellipsis__\", "
                   "\"config\": {}}, {\"class_name\": \"__slice__\", \"config\": {\"start\": 1, "
                   "\"stop\": null, \"step\": 1}}]]");
        check_form(cn_matmul_t(x, x, false, true),
                   "keras.src.ops.numpy.Einsum {\"subscripts\": \"...ij,...kj->...ik\"} [\"x\", "
                   "\"x\"]");
        check_form(cn_resize_images(image, {2, 3}, "nearest"),
                   "keras.src.ops.image.Resize {\"size\": [2, 3], \"interpolation\": \"nearest\", "
                   "\"antialias\": false, \"crop_to_aspect_ratio\": false, "
                   "\"pad_to_aspect_ratio\": false, \"fill_mode\": \"constant\", \"fill_value\": "
                   "0, \"data_format\": \"channels_last\"} [\"x\"]");
        check_form(cn_expand_dims(image, 1), "keras.src.ops.numpy.ExpandDims {\"axis\": 1} "
                                             "[\"x\"]");
        check_form(cn_reshape(cn_input(CN_ANY, 2, 2), cn_shape(CN_ANY, 4)),
                   "keras.src.ops.numpy.Reshape {\"newshape\": [-1, 4]} [\"x\"]");
        check_form(cn_ones_like(x), "keras.src.ops.numpy.FullLike {\"dtype\": \"float32\"} "
                                    "[\"x\", 1.0]");
        cn_tensor *n = cn_cast(x, CN_INT32);
        check_form(cn_log1p(x), "keras.src.ops.numpy.Log1p {} [\"x\"]");
        check_form(cn_relu(x), "keras.src.ops.nn.Relu {} [\"x\"]");
        check_form(cn_div(x, x), "keras.src.ops.numpy.TrueDivide {} [\"x\", \"x\"]");
        check_form(cn_greater_equal(x, x), "keras.src.ops.numpy.GreaterEqual {} [\"x\", \"x\"]");
        check_form(cn_left_shift(n, n), "keras.src.ops.numpy.LeftShift {} [\"x\", \"x\"]");
        cn_graph_op op;
        CHECK(!cn_graph_op_describe(&op, cn_shape_tensor(x), no_tensor, NULL));
        check_error("not supported: writing the op 'shape' between layers");
        cn_graph_op_free(&op);
    }
}

/* What an op is made of is no part of the model's list. */
TEST(formed_ops_are_one)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(4), *constant = cn_ones(cn_shape(2, 4), CN_FLOAT32);
        CHECK(!cn_gelu(constant, false)->form);
        CHECK(cn_tile(x, (cn_dims){{1, 1}}) == x && !x->form);
        cn_model *m = cn_functional(x, cn_gelu(cn_softmax(x, -1), false));
        REQUIRE(m);
        const cn_list *operations = m->state_->operations;
        REQUIRE(operations->count == 3);
        check_text(cn_graph_op_class(operations->items[2]), "Gelu");
    }
}

TEST(operations_of_files_without_modules)
{
    CN_SCOPE {
        static const char text[] = "{\"class_name\": \"Gelu\", \"config\": {}, \"name\": \"g\"}";
        cn_json *json = cn_json_parse(text, strlen(text));
        cn_layer *layer = cn_operation_new(json);
        cn_json *written = layer ? cn_operation_serialize(layer) : NULL;
        check_text(cn_json_as_string(cn_json_get(written, "module"), ""), "keras.src.ops.nn");
        check_text(cn_operation_module("NotEqual"), "keras.src.ops.numpy");
        check_text(cn_operation_module("Conv"), "keras.src.ops.nn");
        check_text(cn_operation_module("Cast"), "keras.src.ops.core");
        cn_json_free(written);
        cn_json_free(json);
    }
}

TEST(models_that_begin_inside)
{
    CN_SCOPE {
        cn_tensor *x = cn_input(3), *middle = cn_mul(cn_call(cn_dense(4), x), 2);
        cn_tensor *y = cn_gelu(cn_call(cn_dense(2, .name = "end"), middle), false);
        cn_model *whole = cn_functional(x, y),
                 *part = cn_functional(middle, cn_concat(cn_list_of(middle, y), -1));
        REQUIRE(whole && part);
        CHECK(cn_get_layer(part, "end") == cn_get_layer(whole, "end"));
        CHECK(part->layer.layers->count == 2);
        check_text(cn_input_name(part, 0), "keras_tensorCLONE");
        cn_model *again = cn_model_from_json(cn_model_to_json(part));
        REQUIRE(again);
        for (size_t i = 0; i < 2; i++)
            CHECK(cn_set_data(cn_list_item(cn_weights(again), i),
                              cn_data(cn_list_item(cn_weights(part), i))));
        cn_tensor *data = cn_values(cn_shape(1, 4), 1, 2, -1, 0.5);
        cn_tensor *want = cn_call(part, data), *got = cn_call(again, data);
        REQUIRE(want && got);
        check_close(cn_floats(got), cn_floats(want), 6, 0, 0);
        cn_model *outer = cn_functional(x, cn_call(part, middle));
        REQUIRE(outer);
        CHECK(!cn_functional(y, x));
        cn_clear_error();
    }
}

/* Two pieces swapped and scaled, and one of three. */
static cn_model *of_pieces(void)
{
    cn_tensor *x = cn_input(4, 3);
    cn_list *halves = cn_split(x, 2, 1), *columns = cn_unstack(x, -1);
    cn_tensor *swapped =
        cn_concat(cn_list_of(cn_list_item(halves, 1), cn_mul(cn_list_item(halves, 0), 2)), 1);
    return cn_functional(x, cn_list_of(swapped, cn_list_item(columns, 2)));
}

TEST(ops_of_several_results)
{
    static const char *const files[] = {"pieces.keras", "pieces.h5"};
    cn_clear_session();
    CN_SCOPE {
        cn_tensor *x = cn_input(4, 3), *open = cn_input(CN_ANY, 3);
        check_form(cn_list_item(cn_split(x, 2, 1), 0),
                   "keras.src.ops.numpy.Split {\"indices_or_sections\": 2, \"axis\": 1} [\"x\"]");
        check_form(cn_list_item(cn_unstack(x, -1), 0),
                   "keras.src.ops.core.Unstack {\"num\": null, \"axis\": 2} [\"x\"]");
        check_form(cn_list_item(cn_split(open, 5, 1), 0),
                   "keras.src.ops.numpy.Split {\"indices_or_sections\": 5, \"axis\": 1} [\"x\"]");
        cn_model *fifths = cn_functional(open, cn_list_item(cn_split(open, 5, 1), 4));
        CHECK(cn_dim(cn_predict(fifths, cn_ones(cn_shape(2, 10, 3), CN_FLOAT32)), 1) == 2);
        CHECK(!cn_predict(fifths, cn_ones(cn_shape(2, 4, 3), CN_FLOAT32)));
        check_error("Functional 'functional': cn_split: axis 1 of shape (2, 4, 3) does not divide "
                    "into 5 equal pieces");

        cn_model *m = of_pieces();
        REQUIRE(m);
        CHECK(m->state_->operations->count == 5); /* with the input; the pieces are none */
        CHECK(strstr(cn_model_to_json(m), "\"keras_history\": [\"split_op_0\", 0, 1]"));
        CHECK(strstr(cn_model_to_json(m), "[\"unstack_op_0\", 0, 2]]"));
        cn_tensor *data = cn_reshape(cn_arange(0, 12, 1, CN_FLOAT32), cn_shape(1, 4, 3));
        for (size_t i = 0; i < 2; i++) {
            REQUIRE(cn_save(m, cn_test_path(files[i])));
            cn_model *again = cn_load_model(cn_test_path(files[i]));
            cn_list *y = again ? cn_results_of_node(cn_predict(again, data)) : NULL;
            REQUIRE(y && y->count == 2);
            check_close(cn_floats(y->items[0]), ((float[]){6, 7, 8, 9, 10, 11, 0, 2, 4, 6, 8, 10}),
                        12, 0, 0);
            check_close(cn_floats(y->items[1]), ((float[]){2, 5, 8, 11}), 4, 0, 0);
        }
    }
}

static cn_list *both_sums(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)user;
    cn_tensor *sum = cn_add(carry[0], x[0]);
    return cn_list_of(sum, sum);
}

TEST(ops_that_no_file_has)
{
    static const char *const files[] = {"scan.keras", "scan.h5"};
    CN_SCOPE {
        cn_tensor *x = cn_input(4, 3);
        cn_list *sums =
            cn_scan(both_sums, {cn_zeros_like(cn_sum(x, {1}))}, {cn_transpose(x, {1, 0, 2})});
        cn_model *m = sums ? cn_functional(x, cn_list_item(sums, 0)) : NULL;
        REQUIRE(m);
        for (size_t i = 0; i < 2; i++) {
            CHECK(!cn_save(m, cn_test_path(files[i])));
            check_error("not supported: writing the op 'scan' between layers");
        }
    }
}
