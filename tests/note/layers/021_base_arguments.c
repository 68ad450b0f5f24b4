/* Name, dtype and trainable belong to every layer, and come back from a file. */
#include "center_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_input(2), *label = cn_input(10);
    cn_model *model =
        cn_functional(cn_list_of(x, label), cn_call(center_loss(.name = "cl"), x, label));
    CHECK(cn_save(model, "cl.keras"));
    cn_layer *layer = cn_get_layer(cn_load_model("cl.keras"), "cl");
    TEXT(layer->name, "cl");
    TEXT(cn_class_name(layer), "center_loss");
    CHECK(layer->trainable && cn_layer_dtype(layer) == CN_FLOAT32);

    layer = center_loss(.dtype = "float64", .trainable = false);
    CHECK(
        cn_call(layer, cn_ones(cn_shape(1, 2), CN_FLOAT64), cn_ones(cn_shape(1, 10), CN_FLOAT64)));
    CHECK(cn_dtype_of(cn_layer_weight(layer, "centers")) == CN_FLOAT64);
}
