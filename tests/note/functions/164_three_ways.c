/* An initializer by name, with its arguments, and by the object that Keras writes. */
#include "check.h"

static cn_tensor *kernel(const char *initializer)
{
    cn_layer *layer = cn_dense(90, .kernel_initializer = initializer);
    CHECK(cn_call(layer, cn_input(64)));
    return cn_layer_weight(layer, "kernel");
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    CHECK(cn_dim(kernel("he_normal"), 0) == 64);
    static const char *const specs[] = {
        "variance_scaling(0.33333333333, fan_out, uniform)",
        "VarianceScaling(scale=0.33333333333, mode=fan_out, distribution=uniform)",
        ("{\"class_name\": \"VarianceScaling\", \"config\": {\"scale\": 0.33333333333, \"mode\": "
         "\"fan_out\", \"distribution\": \"uniform\"}}")};
    for (int i = 0; i < 3; i++) {
        double largest = cn_item(cn_max(cn_abs(kernel(specs[i]))));
        CHECK(largest <= 0.1054093 && largest > 0.10);
    }
}
