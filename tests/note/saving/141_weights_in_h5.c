/* A model's weights in a .h5 file lie as users of h5py know them: layer_names, weight_names, and
 * the arrays under these names. tests/saving/run looks at the files in Python, and makes the same
 * models in Keras. */
#include "check.h"

enum { WEIGHTS = 7 };

static void plain(void)
{
    cn_model *model =
        cn_sequential(cn_input(5, 5, 2), cn_conv2d(3, {2, 2}, .name = "conv"),
                      cn_batch_normalization(.name = "bn"), cn_flatten(.name = "flat"),
                      cn_dense(4, .name = "top", .use_bias = false));
    cn_save(model, "layout.h5", .include_optimizer = false);

    static const char *const names[WEIGHTS] = {
        "sequential/conv/kernel", "sequential/conv/bias",      "sequential/bn/gamma",
        "sequential/bn/beta",     "sequential/bn/moving_mean", "sequential/bn/moving_variance",
        "sequential/top/kernel"};
    cn_list *weights = cn_weights(model);
    CHECK(cn_list_length(weights) == WEIGHTS);
    for (size_t i = 0; i < WEIGHTS; i++)
        TEXT(cn_variable_path(cn_nth(weights, i)), names[i]);
    cn_save_arrays("layout.npz", names, weights); /* what Python must find there */

    cn_model *other = cn_model_from_json(cn_model_to_json(model));
    cn_load_weights(other, "layout.h5", .by_name = true);
    for (size_t i = 0; i < WEIGHTS; i++) {
        cn_tensor *a = cn_nth(weights, i), *b = cn_nth(cn_weights(other), i);
        CHECK(!memcmp(cn_data(a), cn_data(b), (size_t)cn_size(a) * sizeof(float)));
    }
}

/* Models in models, and layers in layers. */
static void nested(void)
{
    cn_model *lazy =
        cn_sequential(cn_dense(3, .name = "a"), cn_batch_normalization(.name = "norm"));
    cn_tensor *z = cn_input(3), *x = cn_input(5, 3);
    cn_model *inner = cn_functional(z, cn_call(cn_dense(2, .name = "b"), z));
    cn_tensor *y = cn_call(cn_bidirectional(cn_lstm(2, .return_sequences = true)), x);
    y = cn_call(cn_time_distributed(cn_dense(3, .name = "each")), y);
    y = cn_call(inner, cn_call(lazy, cn_call(cn_gru(2), y)));
    cn_model *model = cn_functional(x, y);
    cn_save(model, "nested.h5", .include_optimizer = false);

    cn_list *weights = cn_weights(model);
    TEXT(cn_variable_path(cn_nth(weights, 0)), "bidirectional/forward_lstm/lstm_cell/kernel");
    TEXT(cn_variable_path(cn_nth(weights, 6)), "time_distributed/each/kernel");
    TEXT(cn_variable_path(cn_nth(weights, 11)), "sequential_1/a/kernel");
    TEXT(cn_variable_path(cn_nth(weights, 17)), "b/kernel");

    cn_layer *within = (cn_layer *)cn_sequential(cn_dense(2, .name = "c"));
    cn_model *outer = cn_sequential(cn_input(4), within, cn_dense(1, .name = "d"));
    TEXT(cn_variable_path(cn_nth(cn_weights(outer), 0)), "sequential_3/sequential_2/c/kernel");
    cn_save(outer, "outer.h5", .include_optimizer = false);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(3);
    plain();
    nested();
}
