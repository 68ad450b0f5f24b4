#include "layers/check_layer.h"
#include "ops/ops.h"

TEST(merging_contract)
{
    CN_SCOPE {
        cn_layer *layers[] = {cn_add_layer(),     cn_subtract_layer(), cn_multiply_layer(),
                              cn_average_layer(), cn_maximum_layer(),  cn_minimum_layer()};
        for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
            check_layer(layers[i], .in = cn_shape(2, 3, 4), .in2 = cn_shape(2, 3, 1),
                        .out = cn_shape(2, 3, 4));
        check_layer(cn_add_layer(), .in = cn_shape(2, 3, 4), .in2 = cn_shape(2, 4),
                    .out = cn_shape(2, 3, 4));
        check_layer(cn_concatenate(), .in = cn_shape(2, 3, 4), .in2 = cn_shape(2, 3, 1),
                    .out = cn_shape(2, 3, 5));
        check_layer(cn_concatenate(1), .in = cn_shape(2, 3, 4), .in2 = cn_shape(2, 1, 4),
                    .out = cn_shape(2, 4, 4));
        check_layer(cn_dot_layer({1, 2}), .in = cn_shape(2, 3, 5), .in2 = cn_shape(2, 10, 3),
                    .out = cn_shape(2, 5, 10));
        check_layer(cn_dot_layer({-1}, .normalize = true), .in = cn_shape(2, 3),
                    .in2 = cn_shape(2, 3), .out = cn_shape(2, 1));
    }
}

TEST(merging_masks)
{
    CN_SCOPE {
        cn_tensor *a = cn_values(cn_shape(1, 3, 1), 1, 2, 3);
        cn_tensor *b = cn_values(cn_shape(1, 3, 1), 4, 0, 6);
        a = cn_with_mask(a, cn_array((bool[]){true, true, false}, CN_BOOL, cn_shape(1, 3)));
        cn_tensor *y = cn_call(cn_add_layer(), a, b);
        REQUIRE(y);
        CHECK(!cn_mask_of(y)); /* b has none */
        y = cn_call(cn_concatenate(1), a, b);
        const bool *mask = y ? cn_data(cn_mask_of(y)) : NULL;
        REQUIRE(mask);
        CHECK(mask[0] && mask[1] && !mask[2] && mask[3] && mask[4] && mask[5]);
        b = cn_with_mask(b, cn_array((bool[]){true, false, false}, CN_BOOL, cn_shape(1, 3)));
        y = cn_call(cn_minimum_layer(), a, b);
        mask = y ? cn_data(cn_mask_of(y)) : NULL;
        REQUIRE(mask);
        CHECK(mask[0] && mask[1] && !mask[2]);
        check_close(cn_floats(y), ((float[]){1, 2}), 2, 0, 0); /* 0 is masked */
        y = cn_call(cn_multiply_layer(), a, b);
        check_close(cn_floats(y), ((float[]){4, 2, 0}), 3, 0, 0);
        CHECK(!cn_mask_of(cn_call(cn_dot_layer({1}), a, b)));
    }
}

TEST(merging_errors)
{
    CN_SCOPE {
        cn_tensor *a = cn_zeros(cn_shape(2, 3), CN_FLOAT32);
        cn_tensor *b = cn_zeros(cn_shape(2, 4), CN_FLOAT32);
        cn_tensor *c = cn_zeros(cn_shape(5, 3), CN_FLOAT32);
        CHECK(!cn_call(cn_add_layer(.name = "a"), a, b));
        check_error("Add 'a': inputs have incompatible shapes. Received shapes [(2, 3), (2, 4)]");
        CHECK(!cn_call(cn_add_layer(.name = "a"), a, c));
        check_error("Add 'a': cannot merge tensors with different batch sizes. Received tensors "
                    "with shapes [(2, 3), (5, 3)]");
        CHECK(!cn_call(cn_subtract_layer(.name = "s"), a));
        check_error("Subtract 's': expected exactly 2 inputs. Received 1 inputs");
        cn_layer *two = cn_subtract_layer(.name = "t");
        CHECK(cn_call(two, a, a) && !cn_call(two, a));
        check_error("Subtract 't': expected exactly 2 inputs. Received 1 inputs");
        CHECK(!cn_call(cn_concatenate(.name = "c"), a, c));
        check_error("Concatenate 'c': expected inputs with matching shapes except for the "
                    "concatenation axis. Received: input_shape=[(2, 3), (5, 3)]");
        CHECK(!cn_call(cn_dot_layer({1}, .name = "d"), a, b));
        check_error("Dot 'd': incompatible input shapes: axis values 3 (at axis 1) != 4 (at axis "
                    "1). Full input shapes: (2, 3), (2, 4)");
        CHECK(!cn_dot_layer());
        check_error("Dot: expected one axis or two, other than 0, for 'axes'");
        check_config(cn_dot_layer({1}), "axes", "1");
        check_config(cn_dot_layer({1, 2}), "axes", "[1, 2]");
    }
}
