/* Two inputs, products, transposes and sums that keep their axis: a column of losses. */
#include "center_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *layer = center_loss();
    cn_tensor *y = cn_call(layer, cn_input(2), cn_input(10));
    CHECK(cn_rank(y) == 2 && cn_dim(y, 0) == CN_ANY && cn_dim(y, 1) == 1);
    cn_tensor *label = cn_one_hot(cn_arange(0, 7, 1, CN_INT32), 10, -1, CN_FLOAT32);
    y = cn_call(layer, cn_ones(cn_shape(7, 2), CN_FLOAT32), label);
    CHECK(cn_rank(y) == 2 && cn_dim(y, 0) == 7 && cn_dim(y, 1) == 1);
}
