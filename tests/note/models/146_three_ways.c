/* One network as a Sequential, a functional and a subclassed model: equal outputs for equal
 * weights. */
#include "check.h"

#define NET(P) P(int, units, 8, "width of the hidden layer")
CN_MODEL(net, NET, cn_layer *hidden, *out;)

static bool init(net *self)
{
    self->hidden = cn_add_sublayer(self, "hidden", cn_dense(self->units, .activation = "tanh"));
    self->out = cn_add_sublayer(self, "out", cn_dense(3, .activation = "softmax"));
    return self->hidden && self->out;
}

static cn_tensor *call(net *self, const cn_inputs *in)
{
    cn_tensor *x = cn_call(self->hidden, in->x[0]);
    return cn_add_loss(self, cn_mul(1e-3, cn_sum(cn_square(x)))) ? cn_call(self->out, x) : NULL;
}

CN_REGISTER_MODEL(net, .init = init, .call = call)
#define net(...) CN_MAKE(net, NET, __VA_ARGS__)

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 40, 1, CN_FLOAT32)), cn_shape(10, 4));
    cn_tensor *in = cn_input(4), *h = cn_call(cn_dense(8, .activation = "tanh"), in);
    cn_model *models[] = {
        cn_sequential(cn_dense(8, .activation = "tanh"), cn_dense(3, .activation = "softmax")),
        cn_functional(in, cn_call(cn_dense(3, .activation = "softmax"), h)), net()};
    cn_tensor *y[3];
    for (int i = 0; i < 3; i++) {
        cn_predict(models[i], x); /* makes the weights where they are missing */
        cn_list *from = cn_weights(models[0]), *to = cn_weights(models[i]);
        CHECK(cn_list_length(to) == 4);
        for (size_t k = 0; k < 4; k++)
            cn_set_data(cn_nth(to, k), cn_data(cn_nth(from, k)));
        y[i] = cn_predict(models[i], x);
        CHECK(!memcmp(cn_floats(y[0]), cn_floats(y[i]), 30 * sizeof(float)));
    }

    /* the loss that is added inside counts in training */
    cn_tensor *hidden = cn_tanh(
        cn_add(cn_matmul(x, cn_nth(cn_weights(models[2]), 0)), cn_nth(cn_weights(models[2]), 1)));
    double extra = 1e-3 * cn_item(cn_sum(cn_square(hidden)));
    cn_dataset *data = cn_from_arrays(x, cn_zeros(cn_shape(10, 3), CN_FLOAT32));
    double loss[3];
    for (int i = 0; i < 3; i++) {
        cn_compile(models[i], "sgd", .loss = {"mse"});
        loss[i] = cn_logs_get(cn_evaluate(models[i], data, .verbose = 0), "loss");
    }
    NEAR(loss[1], loss[0]);
    NEAR(loss[2], loss[0] + extra);
}
