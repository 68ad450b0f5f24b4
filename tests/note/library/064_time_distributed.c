/* A Dense at each step of a sequence. */
#include "check.h"

enum { LENGTH = 5 };

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *dense = cn_dense(1);
    cn_model *model =
        cn_sequential(cn_lstm(3, .return_sequences = true, .input_shape = &cn_shape(LENGTH, 1)),
                      cn_time_distributed(dense));
    CHECK(cn_count_params(cn_get_layer(model, "lstm")) == 60);
    CHECK(cn_count_params(cn_get_layer(model, "time_distributed")) == 4);
    cn_tensor *x = cn_random_normal(cn_shape(2, LENGTH, 1), 0, 1, CN_FLOAT32, cn_seed(1));
    cn_tensor *h = cn_call(cn_get_layer(model, "lstm"), x), *y = cn_call(model, x);
    for (int t = 0; t < LENGTH; t++) {
        cn_tensor *one = cn_call(dense, cn_slice(h, cn_fmt(":, %d", t)));
        CLOSE(cn_item(cn_max(cn_abs(cn_sub(one, cn_slice(y, cn_fmt(":, %d", t)))))), 0, 1e-6);
    }

    cn_compile(model, "adam(0.01)", .loss = {"mse"});
    cn_dataset *data = cn_from_arrays(x, cn_mul(x, 0.5));
    double first = cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss");
    cn_fit(model, data, .epochs = 30, .verbose = 0);
    CHECK(cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss") < 0.7 * first);
}
