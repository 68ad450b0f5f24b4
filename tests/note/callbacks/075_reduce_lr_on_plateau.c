/* A loss that does not move: after ten epochs more the learning rate falls to a tenth. */
#include "check.h"

static cn_tensor *constant(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return cn_add(cn_mul(y_pred, 0), 1);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("constant", constant, NULL);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"constant"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_history *h = cn_fit(
        model, data, .epochs = 13, .verbose = 0,
        .callbacks = {{cn_reduce_lr_on_plateau(.monitor = "loss", .factor = 0.1, .patience = 10)}});
    for (int epoch = 0; epoch < 13; epoch++)
        NEAR(cn_history_get(h, "learning_rate", epoch), epoch <= 10 ? 0.1 : 0.01);
    NEAR(cn_learning_rate(model->optimizer), 0.01);
}
