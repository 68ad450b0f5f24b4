/* An own loss of two tensors with a default: crossentropy, a share of it with the uniform one.
 * Targets and predictions are given by name, so that a swap is seen. */
#include "check.h"

static cn_tensor *my_crossentropy(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double e = cn_arg_float(args, "e");
    const char *cross = "categorical_crossentropy(reduction=none)";
    cn_tensor *uniform = cn_div(cn_ones_like(y_pred), cn_dim(y_pred, -1));
    cn_tensor *loss1 = cn_loss_of(cross, .y_true = y_true, .y_pred = y_pred);
    cn_tensor *loss2 = cn_loss_of(cross, .y_true = uniform, .y_pred = y_pred);
    return cn_add(cn_mul(1 - e, loss1), cn_mul(e, loss2));
}

/* As the note has it: what is predicted in the place of what is true. */
static cn_tensor *swapped(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double e = cn_arg_float(args, "e");
    const char *cross = "categorical_crossentropy(reduction=none)";
    cn_tensor *uniform = cn_div(cn_ones_like(y_pred), cn_dim(y_pred, -1));
    cn_tensor *loss1 = cn_loss_of(cross, .y_true = y_pred, .y_pred = y_true);
    cn_tensor *loss2 = cn_loss_of(cross, .y_true = y_pred, .y_pred = uniform);
    return cn_add(cn_mul(1 - e, loss1), cn_mul(e, loss2));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("my_crossentropy", my_crossentropy, "e=0.1");
    cn_register_loss("swapped", swapped, "e=0.1");

    cn_tensor *y = cn_one_hot(cn_values(cn_shape(1), 3), 10, -1, CN_FLOAT32);
    cn_tensor *p = cn_add(cn_mul(y, 0.9), 0.01); /* .91 where it is true, .01 elsewhere */
    NEAR(cn_item(cn_loss_of("my_crossentropy", y, p)), 0.5002880);
    NEAR(cn_item(cn_loss_of("my_crossentropy(e=0)", y, p)), -log(0.91));
    CLOSE(cn_item(cn_loss_of("swapped", y, p)), 1.5358243, 1e-5);

    cn_set_random_seed(1);
    cn_model *model = cn_sequential(cn_input(10), cn_dense(10, .activation = "softmax"));
    cn_compile(model, "sgd(1.0)", .loss = {"my_crossentropy"});
    cn_history *h = cn_fit(model, cn_from_arrays(p, y), .epochs = 5, .verbose = 0);
    CHECK(cn_history_get(h, "loss", -1) < cn_history_get(h, "loss", 0));
}
