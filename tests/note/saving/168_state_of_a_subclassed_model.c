/* A model by subclassing: its weights by a file, its optimizer's state by arrays. */
#include "check.h"

#define SIMPLE_MLP(P) P(int, units, 8, "width of the hidden layer")
CN_MODEL(simple_mlp, SIMPLE_MLP, cn_layer *hidden, *last;)

static bool init(simple_mlp *self)
{
    self->hidden = cn_add_sublayer(self, "hidden", cn_dense(self->units, .activation = "tanh"));
    self->last = cn_add_sublayer(self, "last", cn_dense(1));
    return self->hidden && self->last;
}

static cn_tensor *call(simple_mlp *self, const cn_inputs *in)
{
    return cn_call(self->last, cn_call(self->hidden, in->x[0]));
}

CN_REGISTER_MODEL(simple_mlp, .init = init, .call = call)

static cn_tensor *x, *y;

static cn_model *fresh(void)
{
    cn_set_random_seed(6);
    cn_model *model = cn_simple_mlp_new(NULL);
    cn_compile(model, "adam(0.05)", .loss = {"mse"});
    cn_call(model, x);
    return model;
}

static void train(cn_model *model, int epochs)
{
    CHECK(cn_fit(model, cn_from_arrays(x, y), .epochs = epochs, .batch_size = 5, .shuffle = false,
                 .verbose = 0));
}

int main(void)
{
    cn_on_error(cn_die);
    x = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    y = cn_cos(cn_sum(x, {1}, .keepdims = true));
    cn_model *through = fresh();
    train(through, 6);

    cn_model *first = fresh();
    train(first, 3);
    cn_save_weights(first, "mlp.weights.h5");
    cn_list *state = cn_optimizer_get_weights(first->optimizer);
    static const char *const names[] = {"iterations", "m1", "v1", "m2", "v2",
                                        "m3",         "v3", "m4", "v4"};
    CHECK(cn_list_length(state) == 9);
    cn_save_arrays("optimizer.npz", names, state);

    cn_model *second = fresh();
    CHECK(cn_load_weights(second, "mlp.weights.h5"));
    cn_arrays *file = cn_load_arrays("optimizer.npz");
    cn_list *saved = cn_list_new();
    for (int i = 0; i < 9; i++)
        cn_list_add(saved, cn_arrays_get(file, names[i]));
    cn_optimizer_build(second->optimizer, cn_trainable_weights(second));
    cn_optimizer_set_weights(second->optimizer, saved);
    train(second, 3);
    for (size_t i = 0; i < 4; i++) {
        cn_tensor *a = cn_nth(cn_weights(through), i), *b = cn_nth(cn_weights(second), i);
        CHECK(!memcmp(cn_floats(a), cn_floats(b), (size_t)cn_size(a) * sizeof(float)));
    }
}
