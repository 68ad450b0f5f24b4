/* Weights go into a file of any name. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(2)),
             *other = cn_sequential(cn_input(3), cn_dense(2));
    CHECK(cn_save_weights(model, "best_model.weights"));
    FILE *file = fopen("best_model.weights", "rb");
    char start[8] = {0};
    CHECK(file && fread(start, 1, 8, file) == 8 && !memcmp(start, "\211HDF\r\n\032\n", 8));
    fclose(file);
    CHECK(cn_load_weights(other, "best_model.weights"));
    cn_tensor *a = cn_nth(cn_weights(model), 0), *b = cn_nth(cn_weights(other), 0);
    CHECK(!memcmp(cn_floats(a), cn_floats(b), 6 * sizeof(float)));
}
