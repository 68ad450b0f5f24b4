/* A layer sees whether it is trained, and the mask of an Embedding two layers earlier. */
#include "check.h"

#define SPY(P)
CN_LAYER(spy, SPY, cn_tensor *trained, *steps;)

static bool build(spy *self, const cn_shapes *in)
{
    (void)in;
    self->trained =
        cn_add_weight(self, "trained", CN_SCALAR, .initializer = "zeros", .trainable = false);
    self->steps =
        cn_add_weight(self, "steps", CN_SCALAR, .initializer = "zeros", .trainable = false);
    return self->trained && self->steps;
}

static cn_tensor *call(spy *self, const cn_inputs *in)
{
    cn_assign(self->trained, in->training ? 1 : 0);
    if (!in->mask)
        return in->x[0];
    cn_assign(self->steps, cn_sum(cn_cast(in->mask, CN_FLOAT32)));
    return cn_mul(in->x[0], cn_expand_dims(cn_cast(in->mask, CN_FLOAT32), -1));
}

CN_REGISTER_LAYER(spy, .build = build, .call = call)
#define spy(...) CN_MAKE(spy, SPY, __VA_ARGS__)

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *layer = spy();
    cn_model *model = cn_sequential(cn_input(4), cn_embedding(9, 3, .mask_zero = true),
                                    cn_dropout(0.1), layer, cn_flatten(), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_tensor *words = cn_values(cn_shape(2, 4), 1, 2, 0, 0, 3, 4, 5, 0);
    cn_fit(model, cn_from_arrays(words, cn_ones(cn_shape(2, 1), CN_FLOAT32)), .verbose = 0);
    CHECK(cn_item(((spy *)layer)->trained) == 1);
    CHECK(cn_item(((spy *)layer)->steps) == 5);
    cn_predict(model, words);
    CHECK(cn_item(((spy *)layer)->trained) == 0);
    cn_tensor *x = cn_ones(cn_shape(1, 2, 3), CN_FLOAT32);
    CHECK(cn_item(cn_sum(
              cn_call(layer, x, .mask = cn_cast(cn_values(cn_shape(1, 2), 1, 0), CN_BOOL)))) == 3);
}
