/* A layer compiled outside of the library trains, is saved and loaded. */
#include "center_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("pass", pass, NULL);
    cn_set_random_seed(2);
    cn_tensor *x = cn_input(3), *label = cn_input(10);
    cn_tensor *feature = cn_call(cn_dense(2), x);
    cn_model *model =
        cn_functional(cn_list_of(x, label), cn_call(center_loss(.alpha = 0.3), feature, label));
    cn_compile(model, "sgd(0.05)", .loss = {"pass"});
    cn_tensor *xs = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    cn_tensor *labels = cn_one_hot(cn_mod(cn_arange(0, 20, 1, CN_INT32), 10), 10, -1, CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(.xs = cn_list_of(xs, labels),
                                      .ys = cn_list_of(cn_zeros(cn_shape(20, 1), CN_FLOAT32)));
    cn_history *h = cn_fit(model, data, .epochs = 5, .verbose = 0);
    CHECK(cn_history_get(h, "loss", 4) < 0.5 * cn_history_get(h, "loss", 0));

    CHECK(cn_save(model, "centers.keras"));
    cn_model *again = cn_load_model("centers.keras");
    center_loss *mine = (center_loss *)cn_get_layer(again, "center_loss");
    NEAR(mine->alpha, 0.3);
    cn_list *both = cn_list_of(xs, labels);
    cn_tensor *want = cn_call(model, .inputs = both), *found = cn_call(again, .inputs = both);
    CHECK(!memcmp(cn_floats(want), cn_floats(found), 20 * sizeof(float)));
}
