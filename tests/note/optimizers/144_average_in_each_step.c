/* The average follows each step of training, whoever takes it; not an evaluation. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_ema *ema = cn_ema_new(model, 0.99);
    cn_tensor *x = cn_ones(cn_shape(20, 2), CN_FLOAT32), *y = cn_ones(cn_shape(20, 1), CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(x, y);
    CHECK(cn_ema_updates(ema) == 0);
    cn_fit(model, data, .epochs = 3, .batch_size = 4, .validation_data = data, .verbose = 0);
    CHECK(cn_ema_updates(ema) == 15);
    cn_evaluate(model, data, .verbose = 0);
    cn_predict(model, x);
    cn_test_on_batch(model, x, y, NULL);
    CHECK(cn_ema_updates(ema) == 15);
    cn_train_on_batch(model, x, y, NULL);
    CHECK(cn_ema_updates(ema) == 16);

    cn_list *weights = cn_trainable_weights(model);
    for (int i = 0; i < 4; i++)
        CN_SCOPE {
            cn_tensor *loss = cn_loss_of("mse", y, cn_call(model, x, .training = 1));
            cn_apply_gradients(model->optimizer, cn_gradients(loss, weights), weights);
        }
    CHECK(cn_ema_updates(ema) == 20);
}
