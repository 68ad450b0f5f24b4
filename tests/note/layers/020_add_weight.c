/* A weight that no gradient trains, with Keras's old name of an initializer. */
#include "center_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *layer = center_loss();
    CHECK(cn_call(layer, cn_input(2), cn_input(10)));
    CHECK(cn_list_length(cn_weights(layer)) == 1);
    CHECK(cn_list_length(cn_trainable_weights(layer)) == 0);
    cn_tensor *centers = cn_layer_weight(layer, "centers");
    CHECK(cn_dim(centers, 0) == 10 && cn_dim(centers, 1) == 2);
    CHECK(cn_item(cn_max(cn_abs(centers))) <= 0.05);
    CHECK(cn_item(cn_max(centers)) > cn_item(cn_min(centers)));
}
