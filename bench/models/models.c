/* The networks of bench/models/networks.py in Cornu:
 *
 *     models NETWORK REPEATS    "step" and "predict", microseconds of each repeat on a line each
 *     models FILE.keras         loads it and prints its first prediction for ones
 */
#include <cornu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct network network;
struct network {
    const char *name;
    cn_model *(*make)(void);
    int batch, steps, classes; /* batch 0: predictions only; steps in a repeat; classes 0: a
                                * regression, 1: yes or no */
    cn_shape sample;
    int words; /* the inputs are words, so many; 0: numbers */
    const char *optimizer;
};

static cn_model *small(void)
{
    return cn_sequential(cn_input(4), cn_dense(16, .activation = "relu"),
                         cn_dense(3, .activation = "softmax"));
}

static cn_model *mlp(void)
{
    return cn_sequential(cn_input(784), cn_dense(128, .activation = "relu"),
                         cn_dense(10, .activation = "softmax"));
}

static cn_model *dense1(void)
{
    return cn_sequential(cn_input(1), cn_dense(1));
}

static cn_model *fashion(void)
{
    return cn_sequential(cn_input(28, 28, 1), cn_rescaling(1.0 / 255),
                         cn_conv2d(32, {3, 3}, .activation = "relu"), cn_max_pooling2d({2, 2}),
                         cn_flatten(), cn_dropout(0.25), cn_dense(10, .activation = "softmax"));
}

static cn_model *lstm(void)
{
    return cn_sequential(cn_input(80, .dtype = CN_INT32), cn_embedding(20000, 128), cn_lstm(128),
                         cn_dense(1, .activation = "sigmoid"));
}

static cn_tensor *block(cn_tensor *x)
{
    enum { WIDTH = 256, HEADS = 8 };
    cn_tensor *seen = cn_call(cn_multi_head_attention(HEADS, WIDTH / HEADS), x, x);
    x = cn_call(cn_layer_normalization(.epsilon = 1e-5), cn_add(x, seen));
    cn_tensor *inner = cn_call(cn_dense(4 * WIDTH, .activation = "relu"), x);
    inner = cn_call(cn_dense(WIDTH), inner);
    return cn_call(cn_layer_normalization(.epsilon = 1e-5), cn_add(x, inner));
}

static cn_model *transformer(void)
{
    cn_tensor *words = cn_input(128, .dtype = CN_INT32);
    cn_tensor *places = cn_sub(cn_cumsum(cn_ones_like(cn_slice(words, "0:1")), 1), 1);
    cn_tensor *x =
        cn_add(cn_call(cn_embedding(10000, 256), words), cn_call(cn_embedding(128, 256), places));
    for (int i = 0; i < 4; i++)
        x = block(x);
    x = cn_call(cn_global_average_pooling1d(), x);
    return cn_functional(words, cn_call(cn_dense(20, .activation = "softmax"), x));
}

static cn_model *video(void)
{
    return cn_sequential(
        cn_input(24, 64, 64, 3), cn_conv3d(16, {3}, .activation = "relu", .padding = "same"),
        cn_max_pooling3d({1, 2, 2}), cn_conv3d(32, {3}, .activation = "relu", .padding = "same"),
        cn_max_pooling3d({1, 2, 2}), cn_time_distributed(cn_flatten()), cn_lstm(64),
        cn_dense(10, .activation = "softmax"));
}

static cn_model *resnet(void)
{
    return cn_resnet50(.input_shape = {64, 64, 1}, .weights = NULL, .classes = 2);
}

static cn_model *resnet224(void)
{
    return cn_resnet50(.weights = NULL);
}

static cn_model *effnet224(void)
{
    return cn_efficientnet_v2b0(.weights = NULL);
}

static const network networks[] = {
    {"small", small, 16, 500, 3, {1, {4}}, 0, "sgd(0.01)"},
    {"mlp", mlp, 32, 100, 10, {1, {784}}, 0, "adam"},
    {"fashion", fashion, 128, 6, 10, {3, {28, 28, 1}}, 0, "adam"},
    {"dense1", dense1, 1, 1000, 0, {1, {1}}, 0, "sgd(0.01)"},
    {"lstm", lstm, 32, 3, 1, {1, {80}}, 20000, "adam"},
    {"transformer", transformer, 16, 1, 20, {1, {128}}, 10000, "adam"},
    {"video", video, 4, 1, 10, {4, {24, 64, 64, 3}}, 0, "adam"},
    {"resnet", resnet, 32, 1, 2, {3, {64, 64, 1}}, 0, "sgd(0.01)"},
    {"resnet224", resnet224, 0, 1, 1000, {3, {224, 224, 3}}, 0, "sgd(0.01)"},
    {"effnet224", effnet224, 0, 1, 1000, {3, {224, 224, 3}}, 0, "sgd(0.01)"}};

static cn_model *made(const network *n)
{
    static const char *const losses[] = {"mse", "binary_crossentropy",
                                         "sparse_categorical_crossentropy"};
    cn_model *model = n->make();
    cn_compile(model, n->optimizer, .loss = {losses[n->classes > 1 ? 2 : n->classes]});
    return model;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static cn_tensor *inputs(const network *n, int64_t count)
{
    double high = n->words                                                       ? n->words
                  : !strcmp(n->name, "fashion") || !strcmp(n->name, "effnet224") ? 255
                                                                                 : 1;
    cn_shape shape = {.rank = n->sample.rank + 1, .dim = {count}};
    for (int i = 0; i < n->sample.rank; i++)
        shape.dim[i + 1] = n->sample.dim[i];
    cn_tensor *x = cn_random_uniform(shape, 0, high, CN_FLOAT32, NULL);
    return n->words ? cn_cast(x, CN_INT32) : x;
}

/* Random samples for a repeat's steps. */
static cn_dataset *samples(const network *n)
{
    int64_t count = (int64_t)n->batch * n->steps;
    double high = n->classes > 1 ? n->classes : n->classes + 1;
    cn_tensor *y = cn_random_uniform(cn_shape(count, 1), 0, high, CN_FLOAT32, NULL);
    return cn_from_arrays(inputs(n, count), n->classes ? cn_floor(y) : y);
}

static void time_steps(const network *n, cn_model *model, int repeats)
{
    cn_dataset *data = samples(n);
    for (int i = -1; i < repeats; i++)
        CN_SCOPE {
            double start = now();
            cn_fit(model, data, .batch_size = n->batch, .verbose = 0, .shuffle = false);
            if (i >= 0)
                printf("step %.3f\n", (now() - start) / n->steps);
        }
}

static void time_predictions(const network *n, cn_model *model, int repeats)
{
    const void *x = cn_data(inputs(n, 1));
    float y[1000];
    cn_predict_into(model, x, 1, y);
    for (int i = 0; i < repeats; i++) {
        double start = now();
        for (int k = 0; k < n->steps; k++)
            cn_predict_into(model, x, 1, y);
        printf("predict %.3f\n", (now() - start) / n->steps);
    }
}

static int first_prediction(const char *path)
{
    cn_model *model = cn_load_model(path);
    float x[4] = {1, 1, 1, 1}, y[3];
    cn_predict_into(model, x, 1, y);
    printf("%.6f %.6f %.6f\n", y[0], y[1], y[2]);
    return 0;
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    if (argc == 2)
        return first_prediction(argv[1]);
    for (size_t i = 0; argc == 3 && i < sizeof networks / sizeof *networks; i++)
        if (!strcmp(argv[1], networks[i].name)) {
            cn_model *model = made(&networks[i]);
            if (networks[i].batch)
                time_steps(&networks[i], model, atoi(argv[2]));
            time_predictions(&networks[i], model, atoi(argv[2]));
            return 0;
        }
    fprintf(stderr, "usage: models NETWORK REPEATS, or models FILE.keras\n");
    return 1;
}
