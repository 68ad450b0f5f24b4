/* Of probabilities, of logits, and with softened labels; finite at 0 and 1. */
#include "check.h"

static double loss(const char *spec, double y, double p)
{
    return cn_item(cn_loss_of(spec, cn_values(cn_shape(1, 1), y), cn_values(cn_shape(1, 1), p)));
}

int main(void)
{
    cn_on_error(cn_die);
    NEAR(loss("binary_crossentropy", 1, 0.9), 0.1053605);
    NEAR(loss("binary_crossentropy(label_smoothing=0.1)", 1, 0.9), 0.2152217);
    NEAR(loss("binary_crossentropy(from_logits=true)", 1, 2.1972246), 0.1053605);
    for (int y = 0; y < 2; y++)
        for (int p = 0; p < 2; p++)
            CHECK(isfinite(loss("binary_crossentropy", y, p)));
}
