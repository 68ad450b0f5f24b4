/* A tensor, or each of its rows, no longer than that. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    VALUES(cn_clip_by_norm(cn_values(cn_shape(2), 3, 4), 1), 1e-6, 0.6, 0.8);
    VALUES(cn_clip_by_norm(cn_values(cn_shape(2), 3, 4), 10), 1e-6, 3, 4);
    cn_tensor *rows = cn_values(cn_shape(2, 2), 3, 4, 6, 8);
    VALUES(cn_clip_by_norm(rows, 5, .axes = {1}), 1e-6, 3, 4, 3, 4);
    VALUES(cn_clip(cn_values(cn_shape(3), -2, 0.5, 3), -1, 1), 0, -1, 0.5, 1);
}
