/* Overlapping boxes of two classes both stay. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *boxes = cn_values(cn_shape(1, 2, 1, 4), 0, 0, 1, 1, 0, .1, 1, 1);
    cn_tensor *scores = cn_values(cn_shape(1, 2, 2), .9, .2, .3, .8);
    cn_tensor *r = cn_combined_non_max_suppression(boxes, scores, 5, 5, .score_threshold = 0.25);
    CHECK(cn_item(cn_nth(r, 3)) == 2);
    VALUES(cn_nth(r, 1), 1e-6, .9, .8, 0, 0, 0);
    VALUES(cn_nth(r, 2), 0, 0, 1, 0, 0, 0);
    VALUES(cn_nth(r, 0), 1e-6, 0, 0, 1, 1, 0, .1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
