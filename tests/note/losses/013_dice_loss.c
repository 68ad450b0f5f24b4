/* One loss with parameters, twice in use with different ones. */
#include "check.h"

static cn_tensor *dice(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double smooth = cn_arg_float(args, "smooth");
    cn_tensor *overlap = cn_sum(cn_mul(y_true, y_pred));
    cn_tensor *both = cn_add(cn_sum(y_true), cn_sum(y_pred));
    return cn_sub(1, cn_div(cn_add(cn_mul(2, overlap), smooth), cn_add(both, smooth)));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("soft_dice", dice, "smooth=1.0");
    cn_loss *sharp = cn_loss_new("soft_dice(smooth=1e-5)"), *smooth = cn_loss_new("soft_dice");

    cn_tensor *y = cn_values(cn_shape(4), 1, 0, 1, 1);
    cn_tensor *p = cn_values(cn_shape(4), 0.9, 0.2, 0.8, 0.4);
    NEAR(cn_item(cn_loss_call(sharp, y, p, NULL)), 0.2075468);
    NEAR(cn_item(cn_loss_call(smooth, y, p, NULL)), 0.1746032);
    NEAR(cn_item(cn_loss_call(sharp, y, p, NULL)), 0.2075468);
}
