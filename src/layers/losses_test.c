/* What layers add to the loss, weights by name, and what own layers may get wrong. */
#include <string.h>

#include "base/alloc.h"
#include "cornu/models.h"
#include "layers/check_layer.h"
#include "ops/ops.h"

#define FAULTY(P) P(cn_str, fault, NULL, "what goes wrong")
CN_LAYER(faulty, FAULTY, cn_tensor *w;)

static bool build(faulty *self, const cn_shapes *in)
{
    (void)in;
    if (!strcmp(self->fault, "build"))
        return false;
    self->w = cn_add_weight(self, "w", cn_shape(2), .initializer = "ones");
    return self->w;
}

static bool output_shape(faulty *self, const cn_shapes *in, cn_shape *shape)
{
    *shape = in->shape[0];
    return strcmp(self->fault, "shape") != 0;
}

static cn_tensor *call(faulty *self, const cn_inputs *in)
{
    if (!strcmp(self->fault, "null"))
        return NULL;
    if (!strcmp(self->fault, "update"))
        cn_add_update(self, in->x[0], in->x[0]);
    if (!strcmp(self->fault, "size"))
        cn_add_update(self, self->w, cn_ones(cn_shape(3), CN_FLOAT32));
    if (!strcmp(self->fault, "gradient"))
        return cn_mul(cn_cast(cn_argmax(cn_mul(in->x[0], self->w), -1, true), CN_FLOAT32), self->w);
    return cn_mul(in->x[0], self->w);
}

CN_REGISTER_LAYER(faulty, .build = build, .call = call, .compute_output_shape = output_shape)
#define faulty(...) CN_MAKE(faulty, FAULTY, __VA_ARGS__)

static void check_fault(const char *fault, const char *want)
{
    cn_tensor *x = cn_ones(cn_shape(1, 2), CN_FLOAT32);
    cn_tensor *y = cn_call(faulty(fault, .name = "f"), x, .training = 1);
    CHECK(!y);
    check_error(want);
}

TEST(own_layers_that_fail)
{
    CN_SCOPE {
        check_fault("null", "faulty 'f': call returned NULL without an error");
        check_fault("build", "faulty 'f': build failed");
        check_fault("shape", "faulty 'f': compute_output_shape failed");
        check_fault("update", "faulty 'f': cn_add_update: expected a variable");
        check_fault("size",
                    "faulty 'f': cn_assign: variable 'f/w' has shape (2,), found a value of "
                    "shape (3,)");
    }
}

TEST(weights_by_name)
{
    CN_SCOPE {
        cn_layer *dense = cn_dense(3, .use_bias = false, .name = "d"), *relu = cn_relu_layer();
        CHECK(!cn_layer_weight(dense, "kernel"));
        check_error("Dense 'd' has no weight 'kernel'; it has none");
        REQUIRE(cn_call(dense, cn_ones(cn_shape(1, 2), CN_FLOAT32)));
        cn_tensor *kernel = cn_layer_weight(dense, "kernel");
        CHECK(kernel && cn_has_weight(dense, "kernel") && !cn_has_weight(dense, "bias"));
        CHECK(!cn_layer_weight(dense, "bias"));
        check_error("Dense 'd' has no weight 'bias'; it has: kernel");
        CHECK(cn_share_weight(relu, kernel) == kernel && cn_share_weight(relu, kernel) == kernel);
        CHECK(cn_list_length(cn_weights(relu)) == 1);
        cn_model *model = cn_sequential(cn_input(2), dense, relu);
        CHECK(cn_list_length(cn_weights(model)) == 1 && cn_count_params(model) == 6);
        CHECK(!cn_share_weight(relu, cn_ones(cn_shape(2), CN_FLOAT32)));
        check_error("cn_share_weight: expected a variable");
    }
}

static cn_tensor *fails(cn_layer *layer, void *user)
{
    (void)layer, (void)user;
    return NULL;
}

TEST(losses_of_layers)
{
    CN_SCOPE {
        cn_layer *dense = cn_dense(2, .kernel_initializer = "ones", .name = "d");
        cn_model *model = cn_sequential(cn_input(2), dense);
        CHECK(!cn_add_loss(dense, cn_ones(CN_SCALAR, CN_FLOAT32)));
        check_error("cn_add_loss: Dense 'd' is not being called; a loss of a finished layer is a "
                    "function: cn_add_loss_function");
        CHECK(!cn_add_update(dense, cn_layer_weight(dense, "kernel"),
                             cn_ones(cn_shape(2, 2), CN_FLOAT32)));
        check_error("cn_add_update: Dense 'd' is not being called; use cn_assign");
        CHECK(cn_regularize_layers(model, .kernel = "l2(0.5)", .classes = "Conv2D") == 0);
        CHECK(cn_regularize_layers(model, .kernel = "l2(0.5)", .bias = "l1(1)") == 2);
        CHECK(cn_list_length(cn_losses(model)) == 2);
        CHECK(cn_item(cn_nth(cn_losses(model), 0)) == 2);
        CHECK(strstr(cn_model_to_json(model), "\"kernel_regularizer\": {\"module\": "
                                              "\"keras.regularizers\", \"class_name\": \"L2\""));
        CHECK(cn_regularize_layers(model, .kernel = "l2(0.5)", .classes = "Conv2d") == -1);
        check_error("cn_regularize_layers: unknown layer 'Conv2d'; did you mean 'Conv2D'?");
        CHECK(cn_regularize_layers(model, .kernel = "l7") == -1);
        check_error("unknown regularizer 'l7'; did you mean 'l1'?");
        CHECK(cn_add_loss_function(dense, fails, NULL));
        CHECK(!cn_losses(model));
        check_error("Dense 'd': its loss function returned NULL");
    }
}
