/* A model without its optimizer's state: a smaller file; the optimizer starts fresh. */
#include "check.h"

static long size_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file && !fseek(file, 0, SEEK_END));
    long size = ftell(file);
    fclose(file);
    return size;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(20), cn_dense(30), cn_dense(1));
    cn_compile(model, "adam", .loss = {"mse"});
    cn_tensor *x = cn_ones(cn_shape(8, 20), CN_FLOAT32), *y = cn_zeros(cn_shape(8, 1), CN_FLOAT32);
    cn_fit(model, cn_from_arrays(x, y), .batch_size = 4, .verbose = 0);

    static const char *const names[][2] = {{"with.keras", "without.keras"},
                                           {"with.h5", "without.h5"}};
    for (int i = 0; i < 2; i++) {
        cn_save(model, names[i][0]);
        cn_save(model, names[i][1], .include_optimizer = false);
        /* two moments of each weight are not there */
        CHECK(size_of(names[i][1]) < size_of(names[i][0]) - 2 * 4 * (20 * 30 + 30 + 30 + 1) + 512);
        cn_model *again = cn_load_model(names[i][1]), *whole = cn_load_model(names[i][0]);
        CHECK(cn_iterations(whole->optimizer) == 2);
        CHECK(cn_iterations(again->optimizer) == 0);
        CHECK(cn_item(cn_max(cn_abs(cn_sub(cn_predict(again, x), cn_predict(model, x))))) == 0);
        CHECK(cn_fit(again, cn_from_arrays(x, y), .verbose = 0));
    }
}
