#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(rescaling)
{
    CN_SCOPE {
        check_layer(cn_rescaling(1.0 / 255), .in = cn_shape(2, 3, 4), .out = cn_shape(2, 3, 4));
        cn_tensor *pixels = cn_array((uint8_t[]){0, 255}, CN_UINT8, cn_shape(1, 2));
        cn_tensor *y = cn_call(cn_rescaling(2.0 / 255, -1), pixels);
        REQUIRE(y);
        check_close(cn_floats(y), ((float[]){-1, 1}), 2, 0, 1e-6);
        cn_layer *layer = cn_instance_of_spec(CN_LAYERS, "rescaling([2, 0.5], offset=[1, 0])");
        check_config(layer, "scale", "[2, 0.5]");
        check_config(layer, "offset", "[1, 0]");
        check_config(layer, "scales", "absent");
        y = layer ? cn_call(layer, pixels) : NULL;
        REQUIRE(y);
        check_close(cn_floats(y), ((float[]){1, 127.5f}), 2, 0, 0);
        check_config(cn_rescaling(0.5), "offset", "0.0");
    }
}
