/* Three boxes, of which the second overlaps the first by .818. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *boxes = cn_values(cn_shape(3, 4), 0, 0, 1, 1, 0, .1, 1, 1.1, 0, 2, 1, 3);
    cn_tensor *turned = cn_values(cn_shape(3, 4), 1, 1, 0, 0, 1, .1, 0, 1.1, 0, 3, 1, 2);
    cn_tensor *scores = cn_values(cn_shape(3), .9, .8, .7);
    cn_tensor *keep = cn_non_max_suppression(boxes, scores, 20, .iou_threshold = 0.5);
    VALUES(cn_cast(keep, CN_FLOAT32), 0, 0, 2);
    VALUES(cn_gather(boxes, keep, 0), 0, 0, 0, 1, 1, 0, 2, 1, 3);
    VALUES(cn_cast(cn_non_max_suppression(turned, scores, 20), CN_FLOAT32), 0, 0, 2);
    VALUES(cn_cast(cn_non_max_suppression(boxes, scores, 1), CN_FLOAT32), 0, 0);
    /* the overlap is .9 / 1.1 */
    keep = cn_non_max_suppression(boxes, scores, 20, .iou_threshold = 0.8181);
    VALUES(cn_cast(keep, CN_FLOAT32), 0, 0, 2);
    keep = cn_non_max_suppression(boxes, scores, 20, .iou_threshold = 0.8183);
    VALUES(cn_cast(keep, CN_FLOAT32), 0, 0, 1, 2);
}
