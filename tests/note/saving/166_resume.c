/* Five epochs, a file, a new process, five more: the same bits as ten, with shuffling and dropout.
 */
#include "check.h"

enum { N = 70 };

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 3, 1, CN_FLOAT32)), cn_shape(N, 3));
    return cn_from_arrays(x, cn_cos(cn_sum(x, {1}, .keepdims = true)));
}

static cn_model *fresh(void)
{
    cn_clear_session(); /* layers have the same names in both files */
    cn_set_random_seed(5);
    cn_model *model =
        cn_sequential(cn_input(3), cn_dense(8, .activation = "tanh"), cn_batch_normalization(),
                      cn_dropout(0.3), cn_gaussian_noise(0.1), cn_dense(1));
    cn_compile(model, "adam(exponential_decay(0.01, 10, 0.9))", .loss = {"mse"},
               .metrics = {"mae"});
    return model;
}

static cn_history *train(cn_model *model, int from, int to)
{
    return cn_fit(model, data(), .initial_epoch = from, .epochs = to, .batch_size = 16,
                  .verbose = 0);
}

/* A file of weights has all seeds, too, and here the optimizer's state. */
static bool same_bytes(const char *a, const char *b)
{
    FILE *one = fopen(a, "rb"), *two = fopen(b, "rb");
    int c = 0, d = 0;
    while (one && two && c == d && c != EOF)
        c = fgetc(one), d = fgetc(two);
    if (one)
        fclose(one);
    if (two)
        fclose(two);
    return c == EOF && d == EOF;
}

/* The second process: knows nothing but the file. */
static int go_on(void)
{
    cn_model *model = cn_load_model("half.keras");
    CHECK(cn_iterations(model->optimizer) == 5 * 5);
    train(model, 5, 10);
    CHECK(cn_save_weights(model, "resumed.weights.h5", .include_optimizer = true));
    return 0;
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    if (argc > 1)
        return go_on();
    cn_model *through = fresh();
    cn_history *history = train(through, 0, 10);
    CHECK(cn_history_get(history, "loss", 9) < cn_history_get(history, "loss", 0));
    cn_save_weights(through, "through.weights.h5", .include_optimizer = true);

    cn_model *half = fresh();
    train(half, 0, 5);
    CHECK(cn_save(half, "half.keras"));
    fflush(stdout);
    char command[4200];
    snprintf(command, sizeof command, "'%s' again", argv[0]);
    CHECK(system(command) == 0);
    CHECK(same_bytes("through.weights.h5", "resumed.weights.h5"));
}
