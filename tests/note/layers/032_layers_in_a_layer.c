/* A layer of layers, whose weights are made at the first call. */
#include "check.h"

#define LINEAR(P) P(int, units, 32, "width of the output")
CN_LAYER(linear, LINEAR, cn_tensor *w, *b;)

static bool build_linear(linear *self, const cn_shapes *in)
{
    self->w = cn_add_weight(self, "w", cn_shape(in->shape[0].dim[1], self->units),
                            .initializer = "random_normal");
    self->b = cn_add_weight(self, "b", cn_shape(self->units), .initializer = "random_normal");
    return self->w && self->b;
}

static cn_tensor *call_linear(linear *self, const cn_inputs *in)
{
    return cn_add(cn_matmul(in->x[0], self->w), self->b);
}

CN_REGISTER_LAYER(linear, .build = build_linear, .call = call_linear)
#define linear(...) CN_MAKE(linear, LINEAR, __VA_ARGS__)

#define MLP_BLOCK(P)
CN_LAYER(mlp_block, MLP_BLOCK, cn_layer *linear_1, *linear_2, *linear_3;)

static bool init(mlp_block *self)
{
    self->linear_1 = cn_add_sublayer(self, "linear_1", linear(32));
    self->linear_2 = cn_add_sublayer(self, "linear_2", linear(32));
    self->linear_3 = cn_add_sublayer(self, "linear_3", linear(1));
    return self->linear_1 && self->linear_2 && self->linear_3;
}

static cn_tensor *call(mlp_block *self, const cn_inputs *in)
{
    cn_tensor *x = cn_relu(cn_call(self->linear_1, in->x[0]));
    x = cn_relu(cn_call(self->linear_2, x));
    return cn_call(self->linear_3, x);
}

CN_REGISTER_LAYER(mlp_block, .init = init, .call = call)
#define mlp_block(...) CN_MAKE(mlp_block, MLP_BLOCK, __VA_ARGS__)

/* The note's Linear with its input's width written down. */
#define FIXED(P) P(int, input_dim, 32, "width of the input")
CN_LAYER(fixed, FIXED, cn_tensor *w;)

static bool init_fixed(fixed *self)
{
    self->w = cn_add_weight(self, "w", cn_shape(self->input_dim, 32));
    return self->w;
}

static cn_tensor *call_fixed(fixed *self, const cn_inputs *in)
{
    return cn_matmul(in->x[0], self->w);
}

CN_REGISTER_LAYER(fixed, .init = init_fixed, .call = call_fixed)
#define fixed(...) CN_MAKE(fixed, FIXED, __VA_ARGS__)

int main(void)
{
    cn_layer *mlp = mlp_block();
    CHECK(cn_list_length(cn_weights(mlp)) == 0);
    cn_tensor *x = cn_ones(cn_shape(3, 64), CN_FLOAT32), *y = cn_call(mlp, x);
    CHECK(y && cn_dim(y, 0) == 3 && cn_dim(y, 1) == 1);
    printf("weights: %d\n", (int)cn_list_length(cn_weights(mlp)));
    printf("trainable weights: %d\n", (int)cn_list_length(cn_trainable_weights(mlp)));
    CHECK(cn_list_length(cn_weights(mlp)) == 6);
    CHECK(cn_list_length(cn_trainable_weights(mlp)) == 6);
    CHECK(cn_count_params(mlp) == 3169);

    CHECK(!cn_call(fixed(.name = "linear_1"), x));
    CHECK(strstr(cn_error(), "fixed 'linear_1': "));
    CHECK(strstr(cn_error(), "(3, 64)") && strstr(cn_error(), "(32, 32)"));
}
