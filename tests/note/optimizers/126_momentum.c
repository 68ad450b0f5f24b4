/* v = m v - lr g; with and without a look ahead. */
#include "check.h"

static void two_steps(const char *spec, double first, double second)
{
    cn_optimizer *sgd = cn_optimizer_new(spec);
    cn_tensor *p = cn_variable(cn_ones(cn_shape(1), CN_FLOAT32));
    cn_tensor *g = cn_ones(cn_shape(1), CN_FLOAT32);
    cn_apply_gradients(sgd, cn_list_of(g), cn_list_of(p));
    NEAR(cn_item(p), first);
    cn_apply_gradients(sgd, cn_list_of(g), cn_list_of(p));
    NEAR(cn_item(p), second);
}

int main(void)
{
    cn_on_error(cn_die);
    two_steps("sgd(0.1, momentum=0.9)", 0.9, 0.71);
    two_steps("sgd(0.1, momentum=0.9, nesterov=true)", 0.81, 0.539);
}
