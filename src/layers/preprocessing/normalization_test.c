#include "layers/check_layer.h"

#include "cornu.h"
#include "ops/gradient_check.h"

/* Keras's numbers. */
TEST(normalization_learns)
{
    CN_SCOPE {
        cn_tensor *data = cn_values(cn_shape(4, 3), 0, 7, 4, 2, 9, 6, 0, 7, 4, 2, 9, 6);
        cn_layer *layer = cn_normalization(), *back = cn_normalization(.invert = true);
        cn_layer *whole = cn_normalization(.axis = CN_ALL_AXES);
        REQUIRE(cn_adapt(layer, data) && cn_adapt(back, cn_from_arrays(data)) &&
                cn_adapt(whole, cn_values(cn_shape(5), 1, 2, 3, 4, 5)));
        check_tensor(cn_call(layer, cn_values(cn_shape(1, 3), 0, 7, 4)), cn_shape(1, 3), -1, -1,
                     -1);
        check_tensor(cn_call(back, cn_values(cn_shape(1, 3), 1, 2, 3)), cn_shape(1, 3), 2, 10, 8);
        check_tensor(cn_call(whole, cn_values(cn_shape(3), 1, 2, 3)), cn_shape(3), -1.4142135f,
                     -0.70710677f, 0);
        CHECK(cn_list_length(cn_weights(layer)) == 3);
        CHECK(cn_list_length(cn_trainable_weights(layer)) == 0);
        cn_layer *two = cn_normalization(.axis = {{1, 2}});
        cn_tensor *x = cn_values(cn_shape(2, 1, 2), 1, 5, 3, 9);
        REQUIRE(cn_adapt(two, x));
        check_tensor(cn_call(two, x), cn_shape(2, 1, 2), -1, -1, 1, 1);
    }
}

TEST(normalization_is_given)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(1, 2), 1, 2);
        check_tensor(cn_call(cn_normalization(.mean = "3", .variance = "4"), x), cn_shape(1, 2), -1,
                     -0.5f);
        cn_layer *each = cn_normalization(.mean = "[1, 0.5]", .variance = "[4, 1]");
        check_tensor(cn_call(each, x), cn_shape(1, 2), 0, 1.5f);
        CHECK(!cn_list_length(cn_weights(each)));
        check_config(each, "mean", "[1, 0.5]");
        check_config(each, "axis", "[-1]");
        check_config(cn_normalization(.axis = CN_ALL_AXES), "axis", "[]");
    }
}

TEST(normalization_refuses)
{
    CN_SCOPE {
        CHECK(!cn_normalization(.mean = "1"));
        check_error("Normalization: When setting values directly, both `mean` and `variance` must "
                    "be set. Received: mean=1 and variance=None");
        cn_layer *layer =
            cn_normalization(.mean = "[1, 2, 3]", .variance = "[1, 1, 1]", .name = "given");
        CHECK(!cn_call(layer, cn_ones(cn_shape(1, 2), CN_FLOAT32)));
        cn_clear_error();
        CHECK(!cn_adapt(layer, cn_ones(cn_shape(1, 3), CN_FLOAT32)));
        check_error("cn_adapt: Normalization 'given' was given its mean and variance");
        CHECK(!cn_adapt(cn_dense(2, .name = "d"), cn_ones(cn_shape(1, 3), CN_FLOAT32)));
        check_error("cn_adapt: Dense 'd' learns nothing from data before training");
    }
}
