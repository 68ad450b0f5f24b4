/* A tensor that is printed whenever it is computed: one line a step, at most ten values, to whom
 * asked for it. Training goes on as without it. */
#include "check.h"

static char last[200];

static void take_line(const char *line, void *user)
{
    ++*(int *)user;
    snprintf(last, sizeof last, "%s", line);
}

static cn_model *make(bool print)
{
    cn_tensor *x = cn_input(12), *h = print ? cn_print(x, "debug: ", .summarize = 10) : x;
    cn_model *model = cn_functional(x, cn_call(cn_dense(1, .kernel_initializer = "ones"), h));
    cn_compile(model, "sgd(0.001)", .loss = {"mse"});
    return model;
}

int main(void)
{
    int lines = 0;
    cn_on_error(cn_die);
    cn_on_print(take_line, &lines);
    cn_tensor *x = cn_reshape(cn_arange(0, 48, 1, CN_FLOAT32), cn_shape(4, 12));
    cn_tensor *y = cn_ones(cn_shape(4, 1), CN_FLOAT32);
    cn_model *model = make(true), *plain = make(false);
    cn_dataset *data = cn_from_arrays(x, y);
    cn_fit(model, data, .epochs = 3, .batch_size = 2, .shuffle = false, .verbose = 0);
    CHECK(lines == 6);
    TEXT(last, "debug: [[24 25 26 27 28 29 30 31 32 33...]...]");
    cn_fit(plain, data, .epochs = 3, .batch_size = 2, .shuffle = false, .verbose = 0);
    cn_tensor *weights[] = {cn_nth(cn_weights(model), 0), cn_nth(cn_weights(plain), 0)};
    CHECK(!memcmp(cn_floats(weights[0]), cn_floats(weights[1]), 12 * sizeof(float)));

    cn_save(model, "printing.keras"); /* there it is a copy */
    cn_model *again = cn_load_model("printing.keras");
    cn_tensor *a = cn_predict(model, x);
    CHECK(lines == 7);
    CHECK(!memcmp(cn_floats(a), cn_floats(cn_predict(again, x)), 4 * sizeof(float)));
    CHECK(lines == 7);
}
