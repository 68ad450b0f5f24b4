/* Layers: own ones, their parameters, names, and calls on values and on symbolic tensors. */
#include "base/alloc.h"
#include "base/test.h"
#include "graph/shape.h"
#include "layers/layer.h"
#include "ops/ops.h"

#define SCALE(P) P(float, alpha, 0.5, "the factor") P(cn_dims, size, {{0}}, "unused")
CN_LAYER(scale, SCALE, cn_tensor *weight, *count;)

static bool build(scale *self, const cn_shapes *in)
{
    self->weight =
        cn_add_weight(self, "weight", cn_shape(in->shape[0].dim[1]), .initializer = "ones");
    self->count =
        cn_add_weight(self, "count", CN_SCALAR, .initializer = "zeros", .trainable = false);
    return self->weight && self->count;
}

static cn_tensor *call(scale *self, const cn_inputs *in)
{
    cn_assign(self->count, cn_add(self->count, 1));
    return cn_mul(cn_mul(in->x[0], self->weight), self->alpha);
}

CN_REGISTER_LAYER(scale, .build = build, .call = call)
#define scale(...) CN_MAKE(scale, SCALE, __VA_ARGS__)

TEST(own_parameters_come_before_those_of_all_layers)
{
    static const char *const expected[] = {
        "alpha", "size", "name", "trainable", "dtype", "learning_rate_multiplier", "input_shape"};
    size_t n = 0;
    for (const cn_param *p = NULL; (p = cn_param_next(&scale_class, p)) != NULL; n++)
        check_text(n < 7 ? p->name : "no more", n < 7 ? expected[n] : p->name);
    CHECK(n == 7);
    CN_SCOPE {
        cn_layer *layer = cn_instance_of_spec(CN_LAYERS, "scale(2, [3], 'mine', false)");
        REQUIRE(layer);
        CHECK(((scale *)layer)->alpha == 2 && ((scale *)layer)->size.d[0] == 3);
        check_text(layer->name, "mine");
        CHECK(!layer->trainable && layer->learning_rate_multiplier == 1 && !layer->input_shape);
        CHECK(!cn_instance_of_spec(CN_LAYERS, "scale(1, 2, 'a', true, 'float32', 1, [2], 8)"));
        check_error("scale: expected at most 7 arguments, found 8");
    }
}

TEST(own_layer_on_values)
{
    CN_SCOPE {
        cn_layer *layer = scale(.alpha = 2, .name = "mine");
        cn_tensor *y = cn_call(layer, cn_ones(cn_shape(3, 2), CN_FLOAT32));
        REQUIRE(y);
        CHECK(layer->built && cn_count_params(layer) == 3);
        cn_set_data(((scale *)layer)->weight, (float[]){3, 4});
        y = cn_call(layer, cn_ones(cn_shape(1, 2), CN_FLOAT32));
        check_close(cn_floats(y), ((float[]){6, 8}), 2, 0, 0);
        CHECK(*cn_floats(((scale *)layer)->count) == 2);
    }
}

TEST(own_layer_on_symbols)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 2), CN_FLOAT32, true);
        cn_tensor *y = cn_call(scale(), x);
        REQUIRE(y);
        check_text(cn_shape_text(cn_shape_of(y)), "(None, 2)");
        CHECK(!cn_data(y));
        check_error("a tensor that depends on a cn_input cannot be looked at (the result of 'layer "
                    "call', shape "
                    "(None, 2)): call the model on data instead");
    }
}

TEST(layer_from_config)
{
    CN_SCOPE {
        cn_layer *layer = cn_instance_of_spec(CN_LAYERS, "scale(0.25, name=third)");
        REQUIRE(layer);
        CHECK(((scale *)layer)->alpha == 0.25);
        cn_json *config = cn_instance_serialize(layer);
        char *text = cn_json_text(config, 0);
        check_text(
            text,
            "{\"module\": null, \"class_name\": \"scale\", \"config\": {\"alpha\": 0.25, \"size\": "
            "null, \"name\": \"third\", \"trainable\": true, \"dtype\": {\"module\": \"keras\", "
            "\"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"float32\"}, "
            "\"registered_name\": null}}, \"registered_name\": \"scale\"}");
        cn_layer *again = cn_instance_deserialize(CN_LAYERS, config);
        CHECK(again && ((scale *)again)->alpha == 0.25);
        cn_json_free(config);
        cn_mem_free(text);
    }
}

TEST(dense_refuses_zero_units)
{
    CN_SCOPE {
        CHECK(!cn_dense(0));
        check_error("Dense: expected units > 0. Received: units=0");
        CHECK(!cn_dense(.activation = "relu"));
        check_error("Dense: the argument 'units' is required");
        CHECK(!cn_instance_of_spec(CN_LAYERS, "dense(3, use_bais=false)"));
        check_error("Dense: unknown argument 'use_bais'; did you mean 'use_bias'?");
        CHECK(!cn_instance_of_spec(CN_LAYERS, "danse(3)"));
        check_error("unknown layer 'danse'; did you mean 'dense'?");
        CHECK(!cn_dense(3, .kernel_regularizer = "l7(0.1)"));
        check_error("Dense: kernel_regularizer: unknown regularizer 'l7'; did you mean 'l1'?");
        CHECK(!cn_dense(3, .kernel_constraint = "max_norm(1, 2, 3)"));
        check_error("Dense: kernel_constraint: MaxNorm: expected at most 2 arguments, found 3");
    }
}
