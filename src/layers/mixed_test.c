#include "cornu/config.h"
#include "cornu/models.h"
#include "layers/check_layer.h"
#include "ops/ops.h"

/* y = x w of floats, as a layer of one's own: nothing in it knows of policies. */
#define SCALE(P)
CN_LAYER(scale_by, SCALE, cn_tensor *weight, *count;)

static bool build(scale_by *self, const cn_shapes *in)
{
    (void)in;
    self->weight = cn_add_weight(self, "weight", CN_SCALAR, .initializer = "constant(1.00390625)");
    self->count =
        cn_add_weight(self, "count", CN_SCALAR, .initializer = "zeros", .trainable = false);
    return self->weight && self->count;
}

static cn_tensor *call(scale_by *self, const cn_inputs *in)
{
    CHECK(self->weight->dtype == cn_layer_dtype(self) && self->count->dtype == CN_FLOAT32);
    bool ok = cn_assign(self->count, cn_add(self->count, 1)) != NULL;
    return ok ? cn_mul(in->x[0], self->weight) : NULL;
}

CN_REGISTER_LAYER(scale_by, .build = build, .call = call)
#define scale_by(...) CN_MAKE(scale_by, SCALE, __VA_ARGS__)

TEST(policies_are_named)
{
    check_text(cn_dtype_policy(), "float32");
    CHECK(cn_set_dtype_policy("mixed_bfloat16"));
    check_text(cn_dtype_policy(), "mixed_bfloat16");
    CN_SCOPE {
        cn_layer *dense = cn_dense(2), *last = cn_dense(2, .dtype = "float32");
        check_text(dense->dtype, "mixed_bfloat16");
        check_text(last->dtype, "float32");
        CHECK(cn_layer_dtype(dense) == CN_BFLOAT16 && cn_layer_dtype(last) == CN_FLOAT32);
        CHECK(cn_dtype_of(cn_input(2)) == CN_FLOAT32);
    }
    CHECK(!cn_set_dtype_policy("mixed_float16"));
    check_error("cn_set_dtype_policy: expected float32, mixed_bfloat16, bfloat16, float16 or "
                "float64. Received: 'mixed_float16'; did you mean 'mixed_bfloat16'?");
    CHECK(!cn_set_dtype_policy(NULL));
    check_error("cn_set_dtype_policy: expected float32, mixed_bfloat16, bfloat16, float16 or "
                "float64. Received: 'NULL'");
    CHECK(cn_set_dtype_policy("float32"));
    CHECK(!cn_dense(2, .dtype = "mixed_float16"));
    check_error("not supported: the dtype policy 'mixed_float16'; mixed_bfloat16 is, and plain "
                "dtypes");
}

TEST(mixed_layers_read_floats_in_bfloat16)
{
    CN_SCOPE {
        cn_layer *layer = scale_by(.dtype = "mixed_bfloat16");
        cn_tensor *x = cn_values(cn_shape(2), 1, 256);
        cn_tensor *y = cn_call(layer, x);
        cn_tensor *weight = cn_layer_weight(layer, "weight");
        REQUIRE(y && y->dtype == CN_BFLOAT16);
        CHECK(((scale_by *)layer)->weight == weight && weight->dtype == CN_FLOAT32);
        CHECK(cn_item(weight) == 1.00390625);
        /* 1 + 2^-8 lies between two numbers of bfloat16, 256 + 1 too */
        const float *rounded = cn_floats(cn_cast(y, CN_FLOAT32));
        CHECK(rounded && rounded[0] == 1 && rounded[1] == 256);
        CHECK(cn_item(cn_layer_weight(layer, "count")) == 1);
        /* integers stay, and the gradient is a float's */
        CHECK(cn_call(layer, cn_cast(x, CN_FLOAT64))->dtype == CN_BFLOAT16);
        cn_list *grads =
            cn_gradients(cn_sum(cn_cast(cn_call(layer, x), CN_FLOAT32)), cn_list_of(weight));
        REQUIRE(grads && cn_dtype_of(cn_list_item(grads, 0)) == CN_FLOAT32);
        CHECK(cn_item(cn_list_item(grads, 0)) == 257);
    }
}

/* What a layer passes on is not rounded within the next one; what it gives is. */
TEST(mixed_chains_are_those_of_floats)
{
    CN_SCOPE {
        cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 96, 1, CN_FLOAT32)), cn_shape(4, 6, 4));
        cn_tensor *y[2];
        for (int i = 0; i < 2; i++) {
            cn_str dtype = i ? "mixed_bfloat16" : "float32";
            cn_set_random_seed(3);
            cn_set_dtype_policy(dtype);
            cn_model *model = cn_sequential(
                cn_input(6, 4), cn_conv1d(8, 3, .activation = "relu"), cn_batch_normalization(),
                cn_max_pooling1d(2), cn_lstm(5, .return_sequences = true), cn_permute({2, 1}),
                cn_flatten(), cn_dropout(0.5), cn_dense(3));
            cn_set_dtype_policy("float32");
            y[i] = cn_call(model, x);
            REQUIRE(y[i]);
            check_text(((cn_layer *)model)->dtype, dtype);
        }
        CHECK(y[1]->dtype == CN_BFLOAT16);
        cn_tensor *off = cn_abs(cn_sub(cn_cast(y[1], CN_FLOAT32), y[0]));
        CHECK(cn_item(cn_max(cn_sub(off, cn_mul(cn_abs(y[0]), 0x1p-8)))) <= 1e-6);
        CHECK(cn_item(cn_max(off)) > 0);
    }
}

TEST(mixed_policies_are_saved)
{
    CN_SCOPE {
        cn_model *model = cn_sequential(cn_input(3), cn_dense(4, .dtype = "mixed_bfloat16"));
        cn_str text = cn_model_to_json(model);
        cn_model *again = cn_model_from_json(text);
        REQUIRE(again);
        check_text(cn_model_to_json(again), text);
        cn_layer *dense = cn_list_item(((cn_layer *)again)->layers, 1);
        check_text(dense->dtype, "mixed_bfloat16");
        check_text(((cn_layer *)again)->dtype, "float32");
    }
}
