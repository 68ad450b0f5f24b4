#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/test.h"
#include "cornu/applications.h"
#include "ops/ops.h"

/* ---- weights that Keras was given, too: noise from -1 to 1 by place ---- */

static float noise(uint32_t which, uint32_t i)
{
    uint32_t u = i * 2654435761u + which * 40503u + 12345u;
    u ^= u >> 15;
    u *= 2246822519u;
    u ^= u >> 13;
    return (float)(u >> 8) / 8388608 - 1;
}

static void fill(cn_tensor *weight, uint32_t which)
{
    const char *path = cn_variable_path(weight);
    cn_shape shape = cn_shape_of(weight);
    int64_t n = cn_size(weight), last = shape.dim[shape.rank - 1];
    double fan = strstr(path, "dwconv") ? 9 : (double)(n / last), add = 0, scale = 0.1;
    if (shape.rank > 1)
        scale = sqrt(6 / fan);
    else if (strstr(path, "gamma") || strstr(path, "variance"))
        add = 1, scale = strstr(path, "gamma") ? 0.25 : 0.5;
    float *values = cn_mem_calloc((size_t)n, sizeof *values);
    for (int64_t i = 0; i < n; i++)
        values[i] = (float)add + (float)scale * noise(which, (uint32_t)i);
    CHECK(cn_set_data(weight, values));
    cn_mem_free(values);
}

static cn_tensor *picture(int64_t size, int64_t channels, float offset, float scale)
{
    int64_t n = size * size * channels;
    float *values = cn_mem_calloc((size_t)n, sizeof *values);
    for (int64_t i = 0; i < n; i++)
        values[i] = (noise(9999, (uint32_t)i) + offset) * scale;
    cn_tensor *x = cn_array(values, CN_FLOAT32, cn_shape(1, size, size, channels));
    cn_mem_free(values);
    return x;
}

static void fill_all(cn_model *model)
{
    cn_list *weights = cn_weights(model);
    for (size_t i = 0; i < cn_list_length(weights); i++)
        fill(cn_list_item(weights, i), (uint32_t)i);
}

/* Float sums in another order differ by some units of the largest value's last place: the paths of
 * 50 layers add up to less than 1e-5 of it. */
static void check_near(cn_tensor *tensor, const double *want, int64_t n)
{
    const float *got = cn_floats(tensor);
    double largest = 0;
    CHECK(got && cn_size(tensor) == n);
    for (int64_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(want[i]));
    for (int64_t i = 0; got && i < n; i++)
        CHECK(fabs(got[i] - want[i]) <= 1e-5 * largest);
}
#define CHECK_NEAR(tensor, ...)                       \
    check_near(tensor, (const double[]){__VA_ARGS__}, \
               sizeof((double[]){__VA_ARGS__}) / sizeof(double))

/* Grad-CAM before the weighted sum is cut at 0. */
static void check_maps(cn_model *model, cn_tensor *x)
{
    cn_tensor *maps = cn_get_layer(model, "conv4_block6_out")->output;
    cn_tensor *gradient = cn_nth(cn_gradients(cn_slice(model->output, ":, 1"), maps), 0);
    cn_tensor *heat = cn_sum(cn_mul(maps, cn_mean(gradient, {1, 2}, true)), {3});
    CHECK_NEAR(cn_predict(cn_functional(model->input, heat), x), -67.96527, -80.26785, -56.024437,
               -33.028645, -84.76076, -108.39365, -77.24126, -36.533936, -81.8466, -111.41111,
               -79.36546, -44.72908, -45.746037, -39.789093, -47.8671, -47.525467);
}

TEST(resnet50_predicts_what_keras_does)
{
    cn_model *model = cn_resnet50(.input_shape = {64, 64, 1}, .weights = NULL, .classes = 4,
                                  .classifier_activation = NULL);
    fill_all(model);
    cn_tensor *x = picture(64, 1, 0, 1);
    CHECK_NEAR(cn_predict(model, x), 371.69397, -970.84387, 329.03448, 1990.98755);
    check_maps(model, x);
    CHECK(cn_list_length(model->layer.layers) == 177);
    check_text(model->layer.name, "resnet50");
    check_text(cn_get_layer_at(model, 2)->name, "conv1_conv");
}

TEST(resnet50v2_predicts_what_keras_does)
{
    cn_model *model = cn_resnet50v2(.input_shape = {32, 32, 3}, .weights = NULL, .classes = 4,
                                    .classifier_activation = NULL);
    CHECK(cn_count_params(model) == 25613800 - 996 * 2049);
    fill_all(model);
    CHECK_NEAR(cn_predict(model, picture(32, 3, 0, 1)), -60.532326, 173.305557, -28.724506,
               -89.493362);
}

TEST(efficientnet_v2b0_predicts_what_keras_does)
{
    cn_model *model = cn_efficientnet_v2b0(.input_shape = {32, 32, 3}, .weights = NULL,
                                           .classes = 4, .classifier_activation = NULL);
    CHECK(cn_count_params(model) == 7200312 - 996 * 1281);
    fill_all(model);
    /* Keras's in float64: in float32 its last one is 29.0897179 */
    CHECK_NEAR(cn_predict(model, picture(32, 3, 1, 127.5F)), 4.88580298, 30.81561464, -19.93554607,
               29.09012749);
}

/* ---- arguments ---- */

TEST(applications_without_a_top)
{
    cn_tensor *mine = cn_input(40, 48, 3, .name = "mine");
    cn_tensor *half = cn_mul(mine, 0.5);
    cn_model *model = cn_resnet50(.input_tensor = half, .include_top = false, .weights = NULL,
                                  .pooling = "avg", .name = "features");
    CHECK(model && model->input == mine && cn_rank(model->output) == 2);
    CHECK(cn_dim(model->output, 1) == 2048 && cn_count_params(model) == 23587712);
    check_text(model->layer.name, "features");
    check_text(cn_get_layer_at(model, -1)->name, "avg_pool");
}

TEST(applications_refuse)
{
    CHECK(!cn_application_new("resnet51", &(cn_application_options){.weights = NULL}));
    check_error("there is no application 'resnet51'; did you mean 'resnet50'?");
    CHECK(!cn_resnet50(.weights = "nowhere.h5"));
    check_error("ResNet50: expected NULL, \"imagenet\" or the path to a weights file for "
                "`weights`. Received: weights=nowhere.h5");
    CHECK(!cn_resnet50v2(.classes = 2));
    check_error("ResNet50V2: expected 1000, with imagenet weights and the top, for `classes`. "
                "Received: classes=2");
    CHECK(!cn_resnet50(.weights = NULL, .pooling = "median"));
    check_error("ResNet50: expected \"avg\", \"max\" or NULL for `pooling`. Received: "
                "pooling=median");
    CHECK(
        !cn_resnet50(.weights = NULL, .input_tensor = cn_ones(cn_shape(1, 32, 32, 3), CN_FLOAT32)));
    check_error("ResNet50: expected a symbolic tensor for `input_tensor`. Received: "
                "input_tensor=values");
    CHECK(!cn_resnet50(.weights = __FILE__, .classifier_activation = "relu"));
    check_error("ResNet50: expected NULL or \"softmax\", with given weights, for "
                "`classifier_activation`. Received: classifier_activation=relu");
}

TEST(applications_refuse_shapes)
{
    CHECK(!cn_resnet50(.input_shape = {64, 64, 3}));
    check_error("ResNet50: When setting `include_top=True` and loading `imagenet` weights, "
                "`input_shape` should be (224, 224, 3); Received: input_shape=(64, 64, 3)");
    CHECK(!cn_resnet50(.input_shape = {64, 64, 1}, .include_top = false));
    check_error("ResNet50: The input must have 3 channels; Received: input_shape=(64, 64, 1)");
    CHECK(!cn_resnet50(.input_shape = {64, 64}, .weights = NULL));
    check_error("ResNet50: `input_shape` must be a tuple of three integers; Received: "
                "input_shape=(64, 64)");
    CHECK(!cn_efficientnet_v2s(.input_shape = {64, 31, 3}, .weights = NULL));
    check_error("EfficientNetV2S: Input size must be at least 32x32; Received: "
                "input_shape=(64, 31, 3)");
    CHECK(!cn_resnet152(.input_shape = {CN_ANY, 64, 3}, .weights = NULL));
    check_error("ResNet152: If `include_top` is True, you should specify a static `input_shape`; "
                "Received: input_shape=(None, 64, 3)");
}

/* Keras's cache is an empty folder. */
TEST(published_weights_that_are_not_there)
{
    setenv("KERAS_HOME", "/nowhere", 1);
    CHECK(!cn_efficientnet_v2b0());
    check_error("EfficientNetV2B0: there is no file '/nowhere/models/efficientnetv2-b0.h5', and "
                "nothing is fetched: get it from https://storage.googleapis.com/tensorflow/"
                "keras-applications/efficientnet_v2/efficientnetv2-b0.h5");
    CHECK(!cn_resnet50(.include_top = false));
    check_error("ResNet50: there is no file '/nowhere/models/"
                "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5', and nothing is fetched: "
                "get it from https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
                "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5");
    CHECK(!cn_decode_predictions(cn_ones(cn_shape(1, 1000), CN_FLOAT32)));
    check_error("decode_predictions: there is no file '/nowhere/models/imagenet_class_index.json', "
                "and nothing is fetched: get it from https://storage.googleapis.com/"
                "download.tensorflow.org/data/imagenet_class_index.json");
    unsetenv("KERAS_HOME");
}
