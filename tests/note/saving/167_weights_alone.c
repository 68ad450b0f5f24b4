/* A file of weights has the weights and nothing of the optimizer, and training goes on from them.
 */
#include "check.h"

/* Does the file hold that word? */
static bool holds(const char *path, const char *word)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    CHECK(n > 1000 && n < sizeof bytes);
    fclose(file);
    for (size_t i = 0; i + strlen(word) <= n; i++)
        if (!memcmp(bytes + i, word, strlen(word)))
            return true;
    return false;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
    cn_model *other = cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"), cn_dense(2));
    cn_compile(model, "adam", .loss = {"mse"});
    cn_compile(other, "adam", .loss = {"mse"});
    cn_tensor *x = cn_values(cn_shape(1, 3), 1, -2, 3);
    cn_dataset *data = cn_from_arrays(x, cn_ones(cn_shape(1, 2), CN_FLOAT32));
    cn_fit(model, data, .epochs = 2, .verbose = 0);
    CHECK(cn_save_weights(model, "w.weights.h5"));
    CHECK(holds("w.weights.h5", "layers") && !holds("w.weights.h5", "optimizer"));
    CHECK(cn_load_weights(other, "w.weights.h5"));
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(other, x)),
                  2 * sizeof(float)));
    CHECK(cn_fit(other, data, .verbose = 0));
    CHECK(cn_iterations(other->optimizer) == 1);

    CHECK(cn_save_weights(model, "all.weights.h5", .include_optimizer = true));
    CHECK(holds("all.weights.h5", "optimizer"));
}
