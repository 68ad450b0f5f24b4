/* A model that ends at a layer of another one shares its weights. */
#include "check.h"

int main(void)
{
    cn_set_random_seed(1);
    cn_model *model = cn_sequential(
        cn_input(3), cn_dense(4, .activation = "tanh", .name = "my_layer"), cn_dense(2));
    cn_model *part = cn_functional(model->input, cn_get_layer(model, "my_layer")->output);
    cn_tensor *x = cn_values(cn_shape(2, 3), 1, 2, 3, -1, 0, 1);
    cn_tensor *features = cn_predict(part, x);
    CHECK(cn_rank(features) == 2 && cn_dim(features, 1) == 4);

    cn_compile(model, "sgd(0.5)", .loss = {"mse"});
    cn_fit(model, cn_from_arrays(x, cn_ones(cn_shape(2, 2), CN_FLOAT32)), .verbose = 0);
    cn_list *w = cn_weights(part);
    cn_tensor *want = cn_tanh(cn_add(cn_matmul(x, cn_nth(w, 0)), cn_nth(w, 1)));
    cn_tensor *now = cn_predict(part, x);
    CHECK(cn_item(cn_max(cn_abs(cn_sub(now, want)))) < 1e-6);
    CHECK(cn_item(cn_max(cn_abs(cn_sub(now, features)))) > 1e-6); /* it learnt as well */

    CHECK(!cn_error_code());
    CHECK(!cn_get_layer(model, "no_layer"));
    CHECK(cn_error_code() == CN_ENOTFOUND);
    CHECK(strstr(cn_error(), "my_layer"));
}
