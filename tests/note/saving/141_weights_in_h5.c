/* A model's weights in a .h5 file lie as users of h5py know them: layer_names, weight_names, and
 * the arrays under these names. tests/saving/run looks at the file in Python. */
#include "check.h"

enum { WEIGHTS = 7 };

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(3);
    cn_model *model =
        cn_sequential(cn_input(5, 5, 2), cn_conv2d(3, {2, 2}, .name = "conv"),
                      cn_batch_normalization(.name = "bn"), cn_flatten(.name = "flat"),
                      cn_dense(4, .name = "top", .use_bias = false));
    cn_save(model, "layout.h5", .include_optimizer = false);

    static const char *const names[WEIGHTS] = {
        "conv/kernel",    "conv/bias",          "bn/gamma",  "bn/beta",
        "bn/moving_mean", "bn/moving_variance", "top/kernel"};
    cn_list *weights = cn_weights(model);
    CHECK(cn_list_length(weights) == WEIGHTS);
    for (size_t i = 0; i < WEIGHTS; i++)
        TEXT(cn_variable_path(cn_nth(weights, i)), names[i]);
    cn_save_arrays("layout.npz", names, weights); /* what Python must find there */

    cn_model *other = cn_model_from_json(cn_model_to_json(model));
    cn_load_weights(other, "layout.h5");
    for (size_t i = 0; i < WEIGHTS; i++) {
        cn_tensor *a = cn_nth(weights, i), *b = cn_nth(cn_weights(other), i);
        CHECK(!memcmp(cn_data(a), cn_data(b), (size_t)cn_size(a) * sizeof(float)));
    }
}
