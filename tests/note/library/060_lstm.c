/* LSTM(units): its parameters, and hard_sigmoid for the gates, which files keep. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *plain = cn_lstm(3);
    cn_tensor *x = cn_input(5, 1);
    CHECK(cn_dim(cn_call(plain, x), 1) == 3);
    CHECK(cn_count_params(plain) == 60);
    TEXT(cn_variable_path(cn_nth(cn_weights(plain), 1)), "lstm/lstm_cell/recurrent_kernel");

    /* by hand: one unit, one step, so that h = o tanh(i candidate) */
    cn_layer *hard = cn_lstm(1, .recurrent_activation = "hard_sigmoid");
    cn_tensor *y = cn_call(hard, x);
    cn_list *weights = cn_weights(hard);
    cn_set_data(cn_nth(weights, 0), (float[]){1, 0, 0.5, -2});
    cn_model *model = cn_functional(x, y);
    cn_tensor *one = cn_reshape(cn_values(cn_shape(1), 0.6), cn_shape(1, 1, 1));
    double i = (0.6 + 3) / 6, o = (-1.2 + 3) / 6;
    NEAR(cn_item(cn_call(hard, one)), o * tanh(i * tanh(0.3)));

    cn_tensor *sequence = cn_values(cn_shape(1, 5, 1), 0.1, -0.2, 0.3, 0.4, -0.5);
    double before = cn_item(cn_predict(model, sequence));
    cn_save(model, "hard.h5");
    cn_save(model, "hard.keras");
    CHECK(cn_item(cn_predict(cn_load_model("hard.h5"), sequence)) == before);
    CHECK(cn_item(cn_predict(cn_load_model("hard.keras"), sequence)) == before);
}
