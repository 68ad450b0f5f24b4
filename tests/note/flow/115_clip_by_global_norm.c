/* All tensors of a list, by the norm of all together. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_list *gradients = cn_list_of(cn_values(cn_shape(1), 3), cn_values(cn_shape(1), 4));
    NEAR(cn_item(cn_global_norm(gradients)), 5);
    cn_list *clipped = cn_clip_by_global_norm(gradients, 1, NULL);
    VALUES(cn_nth(clipped, 0), 1e-6, 0.6);
    VALUES(cn_nth(clipped, 1), 1e-6, 0.8);
    clipped = cn_clip_by_global_norm(gradients, 1, cn_number_float(10));
    VALUES(cn_nth(clipped, 0), 1e-6, 0.3);
    clipped = cn_clip_by_global_norm(cn_list_of(cn_values(cn_shape(2), 3, 4)), 1, NULL);
    VALUES(cn_nth(clipped, 0), 1e-6, 0.6, 0.8); /* one tensor: as by its own norm */
}
