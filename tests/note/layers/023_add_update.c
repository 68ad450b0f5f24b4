/* State is written once in each step of training and not in evaluation; the loss reads the old. */
#include "center_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("pass", pass, NULL);
    cn_tensor *x = cn_input(2), *label = cn_input(10);
    cn_layer *layer = center_loss(.alpha = 0.5);
    cn_model *model = cn_functional(cn_list_of(x, label), cn_call(layer, x, label));
    cn_tensor *centers = cn_layer_weight(layer, "centers");
    cn_set_data(centers, (float[20]){0});

    cn_tensor *xs = cn_values(cn_shape(2, 2), 1, 2, 3, 4);
    cn_tensor *labels = cn_one_hot(cn_arange(0, 2, 1, CN_INT32), 10, -1, CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(.xs = cn_list_of(xs, labels),
                                      .ys = cn_list_of(cn_zeros(cn_shape(2, 1), CN_FLOAT32)));
    cn_compile(model, "sgd", .loss = {"pass"});
    VALUES(cn_predict(model, data), 1e-6, 5, 25);
    NEAR(cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss"), 15);
    CHECK(cn_item(cn_sum(cn_abs(centers))) == 0);

    NEAR(cn_history_get(cn_fit(model, data, .verbose = 0), "loss", 0), 15);
    VALUES(cn_slice(centers, ":2"), 1e-6, 0.25, 0.5, 0.75, 1);
    cn_evaluate(model, data, .verbose = 0);
    VALUES(cn_slice(centers, ":2"), 1e-6, 0.25, 0.5, 0.75, 1);
}
