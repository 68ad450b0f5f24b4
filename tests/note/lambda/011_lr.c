/* Adam by the old and the new name of its rate. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    static const char *const specs[] = {"adam(lr=1e-3)", "adam(learning_rate=1e-3)"};
    for (int i = 0; i < 2; i++) {
        cn_model *model = cn_sequential(
            cn_input(1), cn_dense(1, .kernel_initializer = "ones", .use_bias = false));
        cn_compile(model, specs[i], .loss = {"mse"});
        CHECK(cn_learning_rate(model->optimizer) == (double)1e-3f ||
              cn_learning_rate(model->optimizer) == 1e-3);
        cn_train_on_batch(model, cn_ones(cn_shape(4, 1), CN_FLOAT32),
                          cn_zeros(cn_shape(4, 1), CN_FLOAT32), NULL);
        double moved = 1 - cn_item(cn_nth(cn_weights(model), 0));
        CLOSE(moved, 0.0009999999, 1e-7);
    }
}
