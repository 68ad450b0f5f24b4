/* decay: the rate is lr / (1 + decay * iterations). */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_optimizer *sgd = cn_optimizer_new("sgd(0.01, decay=0.1)");
    cn_tensor *w = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
    static const double rates[] = {.01, .0090909, .0083333, .0076923};
    double before = 0;
    for (int i = 0; i < 4; i++) {
        NEAR(cn_learning_rate(sgd), rates[i]);
        cn_apply_gradients(sgd, cn_list_of(cn_ones(cn_shape(1), CN_FLOAT32)), cn_list_of(w));
        NEAR(before - cn_item(w), rates[i]);
        before = cn_item(w);
    }
    CHECK(cn_iterations(sgd) == 4);
}
