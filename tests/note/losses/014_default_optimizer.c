/* Compiled with a loss alone, a model is trained by RMSprop. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_compile(model, .loss = {"mse"});
    TEXT(cn_class_name(model->optimizer), "RMSprop");
    NEAR(cn_learning_rate(model->optimizer), 0.001);

    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(8, 2), CN_FLOAT32), cn_zeros(cn_shape(8, 1), CN_FLOAT32));
    cn_history *h = cn_fit(model, data, .epochs = 4, .verbose = 0);
    CHECK(cn_history_get(h, "loss", 3) < cn_history_get(h, "loss", 0));
}
