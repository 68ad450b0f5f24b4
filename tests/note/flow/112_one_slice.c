/* Ellipsis, ranges, numbers and negative ones in one slice: y_trues[i][b, ..., 0:4],
 * conf_gt[b, ..., 0]. */
#include "check.h"

static bool has_shape(cn_tensor *x, cn_shape want)
{
    cn_shape shape = cn_shape_of(x);
    return shape.rank == want.rank &&
           !memcmp(shape.dim, want.dim, (size_t)want.rank * sizeof *want.dim);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *y = cn_reshape(cn_arange(0, 270, 1, CN_FLOAT32), cn_shape(2, 3, 3, 3, 5));
    for (int b = 0; b < 2; b++) {
        cn_tensor *boxes = cn_slice(y, cn_fmt("%d, ..., 0:4", b));
        CHECK(has_shape(boxes, cn_shape(3, 3, 3, 4)));
        CHECK(cn_item(cn_max(boxes)) == 135 * b + 133);
        CHECK(has_shape(cn_slice(y, cn_fmt("%d, ..., 0", b)), cn_shape(3, 3, 3)));
    }
    CHECK(has_shape(cn_slice(y, "..., -1, None, ::-2"), cn_shape(2, 3, 3, 1, 3)));
    VALUES(cn_slice(y, "-1, 0, 0, -1, ::-2"), 0, 149, 147, 145);

    /* its gradient, and a batch that is not known */
    cn_tensor *dy = cn_nth(cn_gradients(cn_slice(y, "1, ..., 0:4"), cn_list_of(y)), 0);
    CHECK(cn_item(cn_sum(dy)) == 108 && cn_item(cn_sum(cn_slice(dy, "0"))) == 0);
    cn_tensor *x = cn_input(3, 5), *part = cn_slice(x, "::-1, ..., None, 1:-1");
    CHECK(has_shape(part, cn_shape(CN_ANY, 3, 1, 3)));
    cn_tensor *two = cn_call(cn_functional(x, part), cn_slice(y, ":, 0, 0"));
    CHECK(has_shape(two, cn_shape(2, 3, 1, 3)));
    VALUES(cn_slice(two, "0, 0, 0"), 0, 136, 137, 138);
}
