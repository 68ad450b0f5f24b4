/* The weights that others published, a .h5 file of weights alone, go into a model that matches: by
 * the order of the layers, or by their names. */
#include "check.h"

static cn_model *network(int classes, const char *top)
{
    return cn_sequential(cn_input(8, 8, 3), cn_conv2d(4, {3, 3}, .name = "conv1_conv"),
                         cn_batch_normalization(.name = "conv1_bn"), cn_flatten(),
                         cn_dense(classes, .name = top));
}

static bool same(cn_model *a, cn_model *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cn_tensor *x = cn_nth(cn_weights(a), i), *y = cn_nth(cn_weights(b), i);
        if (memcmp(cn_data(x), cn_data(y), (size_t)cn_size(x) * sizeof(float)) != 0)
            return false;
    }
    return true;
}

int main(void)
{
    cn_set_random_seed(1);
    cn_model *published = network(10, "predictions"), *model = network(10, "top");
    CHECK(cn_save(published, "network.h5"));
    CHECK(cn_load_weights(model, "network.h5")); /* in order: names do not matter */
    CHECK(same(model, published, 8));

    model = network(3, "my_classes"); /* without its top: the rest by name */
    cn_model *before = cn_model_from_json(cn_model_to_json(model));
    CHECK(cn_load_weights(model, "network.h5", .by_name = true));
    CHECK(same(model, published, 6) && !same(model, before, 6));
    CHECK(!cn_load_note(model) && !cn_error_code());

    model = network(3, "predictions"); /* a top of another size */
    CHECK(!cn_load_weights(model, "network.h5", .by_name = true));
    CHECK(strstr(cn_error(), "layer 'predictions': expected shape (144, 3) for 'kernel', the file "
                             "has (144, 10)"));
    cn_clear_error();
    CHECK(cn_load_weights(model, "network.h5", .by_name = true, .skip_mismatch = true));
    CHECK(same(model, published, 6));
    CHECK(strstr(cn_load_note(model), "'kernel' of layer 'predictions' was skipped"));
}
