/* The networks of bench/models/networks.py in Cornu:
 *
 *     models NETWORK REPEATS [KIND]    trains it and predicts with it; only one of both where KIND
 *                                      is "step" or "predict"
 *     models FILE.keras                loads it and predicts once, for ones
 *
 * Lines of output are a word and a number. "step", "predict", "predict32": microseconds of each
 * repeat; "call": of the first call; "first": from $BENCH_START (CLOCK_MONOTONIC) to the first
 * prediction; "memory": the process's peak, in KiB.
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
    return cn_sequential(cn_input(784), cn_dense(128, .activation = "relu"), cn_dropout(0.2),
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

static void compile(const network *n, cn_model *model)
{
    static const char *const losses[] = {"mse", "binary_crossentropy",
                                         "sparse_categorical_crossentropy"};
    cn_compile(model, n->optimizer, .loss = {losses[n->classes > 1 ? 2 : n->classes]});
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

static cn_tensor *labels(const network *n, int64_t count)
{
    double high = n->classes > 1 ? n->classes : n->classes + 1;
    cn_tensor *y = cn_random_uniform(cn_shape(count, 1), 0, high, CN_FLOAT32, NULL);
    return n->classes ? cn_floor(y) : y;
}

enum {
    WARM = 2,    /* repeats, untimed: caches and pages as in the long run */
    AT_LEAST = 8 /* predictions of one sample in a repeat */
};

/* Random samples for a repeat's steps. */
static cn_dataset *samples(const network *n)
{
    int64_t count = (int64_t)n->batch * n->steps;
    return cn_from_arrays(inputs(n, count), labels(n, count));
}

static void say_memory(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, "VmHWM:", 6))
            printf("memory %ld\n", atol(line + 6));
    if (file)
        fclose(file);
}

static void say_first(void)
{
    const char *start = getenv("BENCH_START");
    if (start)
        printf("first %.3f\n", now() - atof(start));
}

static void time_steps(const network *n, cn_model *model, int repeats)
{
    cn_dataset *data = samples(n);
    cn_tensor *x = inputs(n, n->batch), *y = labels(n, n->batch);
    cn_compute(cn_list_of(x, y));
    double start = now();
    cn_train_on_batch(model, x, y, NULL);
    printf("call %.3f\n", now() - start);
    for (int i = -WARM; i < repeats; i++)
        CN_SCOPE {
            start = now();
            cn_fit(model, data, .batch_size = n->batch, .verbose = 0, .shuffle = false);
            if (i >= 0)
                printf("step %.3f\n", (now() - start) / n->steps);
        }
    say_memory();
}

static void time_predictions(const network *n, cn_model *model, int64_t batch, int repeats)
{
    static float y[32 * 1000];
    const void *x = cn_data(inputs(n, batch));
    int steps = batch > 1 ? (n->steps + 7) / 8 : n->steps < AT_LEAST ? AT_LEAST : n->steps;
    double start = now();
    cn_predict_into(model, x, batch, y);
    if (batch == 1) {
        printf("call %.3f\n", now() - start);
        say_first();
    }
    for (int i = -WARM; i < repeats; i++) {
        start = now();
        for (int k = 0; k < steps; k++)
            cn_predict_into(model, x, batch, y);
        if (i >= 0)
            printf("predict%s %.3f\n", batch == 1 ? "" : "32", (now() - start) / steps);
    }
    if (batch == 1)
        say_memory();
}

static int first_prediction(const char *path)
{
    cn_model *model = cn_load_model(path);
    float x[4] = {1, 1, 1, 1}, y[3];
    cn_predict_into(model, x, 1, y);
    say_first();
    say_memory();
    return 0;
}

static void time_network(const network *n, int repeats, const char *kind)
{
    cn_model *model = n->make();
    if (n->batch && strcmp(kind, "predict") != 0) {
        compile(n, model);
        time_steps(n, model, repeats);
    }
    if (strcmp(kind, "step") != 0) {
        time_predictions(n, model, 1, repeats);
        time_predictions(n, model, 32, repeats);
    }
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    if (argc == 2)
        return first_prediction(argv[1]);
    for (size_t i = 0; argc >= 3 && i < sizeof networks / sizeof *networks; i++)
        if (!strcmp(argv[1], networks[i].name)) {
            time_network(&networks[i], atoi(argv[2]), argc > 3 ? argv[3] : "");
            return 0;
        }
    fprintf(stderr, "usage: models NETWORK REPEATS [KIND], or models FILE.keras\n");
    return 1;
}
