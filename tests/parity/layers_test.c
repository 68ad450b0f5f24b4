/* Every layer against Keras: its configuration, the names of its weights, its output, what it
 * writes to its weights, and the gradients of its inputs and weights. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "layers/layer.h"
#include "ops/ops.h"
#include "parity/golden.h"

/* Classes that do not exist yet. */
static const char *const missing[] = {"AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D",
                                      "Normalization", "SpectralNormalization", NULL};
/* Cases that need what is not supported, by the beginning of their names. */
static const char *const unsupported[] = {"Activation.sparsemax", NULL};

static bool among(const char *name, const char *const *names, bool beginning)
{
    for (; *names; names++)
        if (beginning ? !strncmp(name, *names, strlen(*names)) : !strcmp(name, *names))
            return true;
    return false;
}

typedef struct case_of {
    const golden_file *file;
    const cn_json *json;
    const char *id;
    double tolerance;
    cn_layer *layer;
    cn_list *inputs, *weights;
    cn_tensor *mask;
} case_of;

/* What Keras wrote we write. */
static void check_config(const case_of *c)
{
    cn_json *config = cn_instance_config(c->layer);
    const cn_json *want = cn_json_get(cn_json_get(c->json, "config"), "config");
    for (size_t i = 0; i < want->count; i++) {
        const cn_json *member = cn_json_get(config, want->items[i]->key);
        if (!CHECK(member && cn_json_equal(member, want->items[i]))) {
            char *text = member ? cn_json_text(member, 0) : NULL;
            fprintf(stderr, "%s: %s: %s\n", c->id, want->items[i]->key, text ? text : "absent");
            cn_mem_free(text);
        }
    }
    for (size_t i = 0; config && i < config->count; i++)
        if (!CHECK(cn_json_get(want, config->items[i]->key)))
            fprintf(stderr, "%s: %s is too much\n", c->id, config->items[i]->key);
    cn_json_free(config);
}

static cn_list *arrays(const golden_file *file, const cn_json *names)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; i < names->count; i++) {
        bool none = cn_json_is(names->items[i], CN_JSON_NULL);
        cn_list_add(list, none ? cn_none() : golden_array(file, names->items[i]));
    }
    return list;
}

/* Builds the layer for the inputs and gives it Keras's weights. */
static bool set_weights(case_of *c)
{
    cn_shape shapes[8];
    cn_dtype dtypes[8];
    size_t n = cn_list_length(c->inputs);
    for (size_t i = 0; i < n; i++) {
        shapes[i] = cn_shape_of(cn_list_item(c->inputs, i));
        dtypes[i] = cn_dtype_of(cn_list_item(c->inputs, i));
    }
    if (!cn_layer_build(c->layer, &(cn_shapes){n, shapes, dtypes}))
        return false;
    const cn_json *want = cn_json_get(c->json, "weights");
    c->weights = cn_weights(c->layer);
    if (!CHECK(c->weights && cn_list_length(c->weights) == want->count))
        return false;
    for (size_t i = 0; i < want->count; i++) {
        cn_tensor *weight = cn_list_item(c->weights, i);
        cn_tensor *value = golden_array(c->file, cn_json_get(want->items[i], "array"));
        check_text(cn_variable_path(weight), cn_json_get(want->items[i], "path")->string);
        CHECK(cn_variable_trainable(weight) ==
              cn_json_as_bool(cn_json_get(want->items[i], "trainable"), false));
        if (!CHECK(cn_shape_equal(weight->shape, value->shape)) ||
            !CHECK(cn_set_data(weight, cn_data(cn_cast(value, weight->dtype)))))
            return false;
    }
    return true;
}

static cn_tensor *weight_at(const case_of *c, const char *path)
{
    for (size_t i = 0; i < cn_list_length(c->weights); i++)
        if (!strcmp(cn_variable_path(cn_list_item(c->weights, i)), path))
            return cn_list_item(c->weights, i);
    return NULL;
}

static void compare(const case_of *c, const char *what, const char *path, cn_tensor *got,
                    const cn_json *want)
{
    char text[160];
    snprintf(text, sizeof text, "%s: %s%s", c->id, what, path);
    golden_close_to(c->file, got, want, c->tolerance, text);
}

/* The sum of all outputs, each times its cotangent. */
static cn_tensor *loss_of(const case_of *c, cn_tensor *y)
{
    const cn_json *cotangents = cn_json_get(c->json, "cotangents");
    cn_tensor *loss = NULL;
    for (size_t i = 0; cotangents && i < cotangents->count; i++) {
        cn_tensor *dy = golden_array(c->file, cotangents->items[i]);
        if (!dy)
            continue;
        cn_tensor *part = cn_sum(cn_mul(cn_nth_result(y, i), dy));
        loss = loss ? cn_add(loss, part) : part;
    }
    return loss;
}

static void check_gradients(const case_of *c, cn_tensor *y)
{
    const cn_json *of_inputs = cn_json_get(c->json, "input_grads");
    const cn_json *of_weights = cn_json_get(c->json, "weight_grads");
    cn_tensor *loss = loss_of(c, y);
    cn_list *xs = cn_list_concat(c->inputs, c->weights);
    cn_list *grads = loss ? cn_gradients(loss, xs) : NULL;
    size_t n = cn_list_length(c->inputs);
    if (!loss || !CHECK(grads))
        return;
    for (size_t i = 0; i < of_inputs->count; i++)
        if (!cn_json_is(of_inputs->items[i], CN_JSON_NULL))
            compare(c, "gradient of the input", "", cn_list_item(grads, i), of_inputs->items[i]);
    for (size_t i = 0; i < cn_list_length(c->weights); i++) {
        const char *path = cn_variable_path(cn_list_item(c->weights, i));
        const cn_json *want = cn_json_get(of_weights, path);
        if (want)
            compare(c, "gradient of ", path, cn_list_item(grads, n + i), want);
    }
}

/* Those that come with the inputs. */
static void add_masks(const case_of *c)
{
    const cn_json *masks = cn_json_get(c->json, "masks");
    for (size_t i = 0; masks && i < masks->count; i++)
        cn_with_mask(cn_list_item(c->inputs, i), golden_array(c->file, masks->items[i]));
}

static void check_case(case_of *c)
{
    const cn_json *outputs = cn_json_get(c->json, "outputs");
    const cn_json *updated = cn_json_get(c->json, "updated_weights");
    c->layer = cn_instance_deserialize(CN_LAYERS, cn_json_get(c->json, "config"));
    c->inputs = arrays(c->file, cn_json_get(c->json, "inputs"));
    c->mask = golden_array(c->file, cn_json_get(c->json, "mask"));
    if (!c->layer || !set_weights(c)) {
        fprintf(stderr, "%s: %s\n", c->id, cn_error());
        CHECK(!"built");
        cn_clear_error();
        return;
    }
    check_config(c);
    int training = cn_json_as_bool(cn_json_get(c->json, "training"), false);
    const char *arguments = cn_json_as_string(cn_json_get(c->json, "arguments"), NULL);
    add_masks(c);
    cn_tensor *y = cn_call(c->layer, .inputs = c->inputs, .mask = c->mask, .training = training,
                           .arguments = arguments);
    for (size_t i = 0; i < outputs->count; i++)
        compare(c, "output", "", y ? cn_nth_result(y, i) : NULL, outputs->items[i]);
    if (!y)
        return;
    check_gradients(c, y);
    for (size_t i = 0; i < updated->count; i++)
        compare(c, "new value of ", updated->items[i]->key, weight_at(c, updated->items[i]->key),
                updated->items[i]);
}

/* `tolerance` is of the largest value: JAX added in another order. */
static void check_family(const char *family, double tolerance)
{
    golden_file file;
    if (!golden_open(&file, family))
        return;
    for (size_t i = 0; i < file.cases->count; i++)
        CN_SCOPE {
            const cn_json *json = file.cases->items[i];
            case_of c = {.file = &file, .json = json, .tolerance = tolerance};
            c.id = cn_json_get(json, "id")->string;
            const char *name = cn_json_get(cn_json_get(json, "config"), "class_name")->string;
            if (!among(name, missing, false) && !among(c.id, unsupported, true))
                check_case(&c);
        }
    golden_close(&file);
}

TEST(parity_layers_core)
{
    check_family("layers_core", 1e-5);
}

TEST(parity_layers_convolution)
{
    check_family("layers_convolution", 2e-5);
}

TEST(parity_layers_rnn)
{
    check_family("layers_rnn", 2e-5);
}

TEST(parity_layers_attention)
{
    check_family("layers_attention", 2e-5);
}
