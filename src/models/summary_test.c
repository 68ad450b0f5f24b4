/* The texts in tests/data/summary are Keras's: see tools/make_summaries.py. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/test.h"
#include "cornu/models.h"
#include "layers/layer.h"
#include "models/summary_table.h"
#include "ops/ops.h"
#include "utils/message.h"

static void check_summary(cn_model *model, const char *name)
{
    char path[600], want[8000] = "";
    snprintf(path, sizeof path, "%s/tests/data/summary/%s.txt", CORNU_SOURCE_DIR, name);
    cn_file_view file;
    if (!CHECK(cn_file_open(&file, path)))
        return;
    if (CHECK(file.size < sizeof want))
        memcpy(want, file.data, file.size);
    check_text(cn_summary_text(model), want);
    cn_file_close(&file);
}

static void *const *chain_layers(void)
{
    static void *layers[6];
    layers[0] = cn_input(28, 28, 1);
    layers[1] = cn_conv2d(32, {3, 3}, .activation = "relu");
    layers[2] = cn_max_pooling2d({2, 2});
    layers[3] = cn_flatten();
    layers[4] = cn_dropout(0.25);
    layers[5] = cn_dense(10, .activation = "softmax");
    return layers;
}

TEST(summary_of_a_chain)
{
    cn_forget_names();
    cn_model *model = cn_sequential_new(chain_layers(), 6, NULL);
    check_summary(model, "chain");
}

TEST(summary_with_an_optimizer)
{
    cn_forget_names();
    char name[91];
    memset(name, 'x', 90);
    name[90] = 0;
    cn_model *model = cn_sequential_new(chain_layers(), 6, name);
    REQUIRE(cn_compile(model, "adam", .loss = {"mse"}));
    REQUIRE(cn_optimizer_build(model->optimizer, cn_trainable_weights(model)));
    check_summary(model, "compiled");
}

TEST(summary_of_what_is_not_built)
{
    cn_forget_names();
    check_summary(cn_sequential(cn_dense(3)), "unbuilt");
}

TEST(summary_of_branches)
{
    cn_forget_names();
    cn_tensor *a = cn_input(4, .name = "a");
    cn_tensor *b = cn_input(4, .name = "b_input_with_a_long_name_really");
    cn_layer *shared = cn_dense(8, .name = "shared_dense_layer_with_name");
    cn_tensor *x = cn_call(cn_concatenate(), cn_call(shared, a), cn_call(shared, b));
    cn_list *out = cn_list_of(cn_call(cn_dense(1000), x), cn_call(cn_dense(2), x));
    check_summary(cn_functional_new(cn_list_of(a, b), out, "two"), "branches");
}

TEST(summary_of_operations)
{
    cn_forget_names();
    cn_tensor *x = cn_input(CN_ANY, 3);
    cn_tensor *y = cn_call(cn_batch_normalization(), cn_add(cn_mul(x, 2), 1));
    check_summary(cn_functional(x, y), "operations");
}

TEST(summary_of_models_inside)
{
    cn_forget_names();
    cn_tensor *x = cn_input(5), *first = cn_input(5);
    void *inner[] = {first, cn_dense(6)};
    cn_tensor *y = cn_call(cn_sequential_new(inner, 2, "inner"), x);
    cn_list *out = cn_list_of(cn_call(cn_dense(100000), y));
    check_summary(cn_functional_new(cn_list_of(x), out, "outer"), "nested");
}

TEST(summary_of_other_graphs)
{
    cn_forget_names();
    cn_tensor *x = cn_input(5);
    cn_tensor *y =
        cn_call(cn_layer_new(cn_class_find(CN_LAYERS, "Add"), NULL), x, cn_call(cn_dense(5), x));
    check_summary(cn_functional(x, y), "residual");
    cn_forget_names();
    x = cn_input(5);
    cn_layer *layer = cn_dense(5);
    check_summary(cn_functional(x, cn_call(layer, cn_call(layer, x))), "shared");
}

TEST(summary_of_several_results)
{
    cn_text out = {0};
    cn_summary_row row = {{"lstm (LSTM)", "[(None, 4), (None, 4), (None, 4)]", "128", "-"}};
    cn_summary_add(&out, false, true, &row);
    check_text(out.text,
               "│ lstm (LSTM)                     │ [(None, 4), (None, 4), │           128 │\n"
               "│                                 │ (None, 4)]             │               │\n");
    cn_mem_free(out.text);
}

TEST(summary_is_printed)
{
    cn_say_capture();
    CHECK(cn_summary(cn_sequential(cn_dense(3, .name = "first"))));
    char *said = cn_say_captured();
    CHECK(!strncmp(said, "Model: \"sequential", 18) && strstr(said, " Total params: 0 (0.00 B)\n"));
    cn_mem_free(said);
    CHECK(!cn_summary(NULL) && !cn_summary_text(NULL));
}
