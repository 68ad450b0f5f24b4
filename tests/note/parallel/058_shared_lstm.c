/* One LSTM for two sequences, its outputs side by side. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *shared = cn_lstm(64);
    cn_tensor *a = cn_input(140, 256), *b = cn_input(140, 256);
    cn_tensor *merged = cn_call(cn_concatenate(.axis = -1), cn_call(shared, a), cn_call(shared, b));
    CHECK(cn_count_params(shared) == 82176);
    CHECK(cn_dim(merged, 0) == CN_ANY && cn_dim(merged, 1) == 128);
    cn_model *model = cn_functional(cn_list_of(a, b), cn_call(cn_dense(1), merged));
    CHECK(cn_count_params(model) == 82176 + 129);
    cn_tensor *x = cn_random_normal(cn_shape(1, 140, 256), 0, 1, CN_FLOAT32, cn_seed(1));
    cn_tensor *h = cn_call(shared, x), *both = cn_concat(cn_list_of(h, h), -1);
    cn_tensor *y = cn_call(model, x, x), *other = cn_call(cn_get_layer_at(model, -1), both);
    CLOSE(cn_item(cn_sub(y, other)), 0, 1e-6);
}
