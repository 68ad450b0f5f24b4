/* Halves are rounded to even; the fuzz factor is 1e-7. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    VALUES(cn_round(cn_values(cn_shape(3), 0.5, 1.5, 2.5)), 0, 0, 2, 2);
    VALUES(cn_clip(cn_values(cn_shape(3), -2, 0.5, 3), 0, 1), 0, 0, 0.5, 1);
    NEAR(cn_item(cn_sum(cn_values(cn_shape(2, 2), 1, 2, 3, 4))), 10);
    CHECK(cn_epsilon() == 1e-7);
}
