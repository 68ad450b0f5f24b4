/* Values kept within bounds; the gradient passes where they were already. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_values(cn_shape(3), -2, 0.5, 3), *y = cn_clip(x, -1, 1);
    VALUES(y, 0, -1, 0.5, 1);
    VALUES(cn_nth(cn_gradients(y, cn_list_of(x)), 0), 0, 0, 1, 0);
    VALUES(cn_clip(x, cn_values(cn_shape(3), 0, 1, 2), 2.5), 0, 0, 1, 2.5); /* bounds for each */
}
