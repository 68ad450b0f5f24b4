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

typedef struct network {
    const char *name;
    int batch, steps, features, classes; /* steps in a repeat; classes 0: regression */
    const char *optimizer;
} network;

static const network networks[] = {{"small", 16, 500, 4, 3, "sgd(0.01)"},
                                   {"mlp", 32, 100, 784, 10, "adam"},
                                   {"fashion", 128, 6, 784, 10, "adam"},
                                   {"dense1", 1, 1000, 1, 0, "sgd(0.01)"}};

static cn_model *make(const network *n)
{
    cn_model *model = NULL;
    if (!strcmp(n->name, "small"))
        model = cn_sequential(cn_input(4), cn_dense(16, .activation = "relu"),
                              cn_dense(3, .activation = "softmax"));
    else if (!strcmp(n->name, "mlp"))
        model = cn_sequential(cn_input(784), cn_dense(128, .activation = "relu"),
                              cn_dense(10, .activation = "softmax"));
    else if (!strcmp(n->name, "dense1"))
        model = cn_sequential(cn_input(1), cn_dense(1));
    else
        model =
            cn_sequential(cn_input(28, 28, 1), cn_rescaling(1.0 / 255),
                          cn_conv2d(32, {3, 3}, .activation = "relu"), cn_max_pooling2d({2, 2}),
                          cn_flatten(), cn_dropout(0.25), cn_dense(10, .activation = "softmax"));
    cn_compile(model, n->optimizer,
               .loss = {n->classes ? "sparse_categorical_crossentropy" : "mse"});
    return model;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Random samples for a repeat's steps. */
static cn_dataset *samples(const network *n)
{
    int64_t count = (int64_t)n->batch * n->steps;
    bool picture = !strcmp(n->name, "fashion");
    double high = picture ? 255 : 1;
    cn_tensor *x = cn_random_uniform(cn_shape(count, n->features), 0, high, CN_FLOAT32, NULL);
    if (picture)
        x = cn_reshape(x, cn_shape(count, 28, 28, 1));
    high = n->classes ? n->classes : 1;
    cn_tensor *y = cn_random_uniform(cn_shape(count, 1), 0, high, CN_FLOAT32, NULL);
    return cn_from_arrays(x, n->classes ? cn_floor(y) : y);
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
    float x[784], y[10];
    for (int i = 0; i < 784; i++)
        x[i] = (float)(i % 17) / 17;
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
            cn_model *model = make(&networks[i]);
            time_steps(&networks[i], model, atoi(argv[2]));
            time_predictions(&networks[i], model, atoi(argv[2]));
            return 0;
        }
    fprintf(stderr, "usage: models small|mlp|fashion|dense1 REPEATS, or models FILE.keras\n");
    return 1;
}
