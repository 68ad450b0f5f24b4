/* Keras's SimpleMLP: no table before there are data, then as Keras prints it. */
#include "check.h"

#define SIMPLE_MLP(P)                           \
    P(int, num_classes, 10, "classes")          \
    P(bool, use_bn, false, "normalise batches") \
    P(bool, use_dp, false, "drop half of the units")
CN_MODEL(simple_mlp, SIMPLE_MLP, cn_layer *dense1, *dense2, *dp, *bn;)

static bool init(simple_mlp *self)
{
    self->dense1 = cn_add_sublayer(self, "dense1", cn_dense(32, .activation = "relu"));
    if (self->use_dp)
        self->dp = cn_add_sublayer(self, "dp", cn_dropout(0.5));
    if (self->use_bn)
        self->bn = cn_add_sublayer(self, "bn", cn_batch_normalization());
    self->dense2 =
        cn_add_sublayer(self, "dense2", cn_dense(self->num_classes, .activation = "softmax"));
    return self->dense1 && self->dense2;
}

static cn_tensor *call(simple_mlp *self, const cn_inputs *in)
{
    cn_tensor *x = cn_call(self->dense1, in->x[0]);
    if (self->use_dp)
        x = cn_call(self->dp, x); /* trains or not as the model does */
    if (self->use_bn)
        x = cn_call(self->bn, x, .training = in->training);
    return cn_call(self->dense2, x);
}

CN_REGISTER_MODEL(simple_mlp, .init = init, .call = call)
#define simple_mlp(...) CN_MAKE(simple_mlp, SIMPLE_MLP, __VA_ARGS__)

static const char table[] =
    "Model: \"simple_mlp\"\n"
    "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
    "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
    "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
    "│ dense (Dense)                   │ (32, 32)               │         3,232 │\n"
    "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
    "│ dropout (Dropout)               │ ?                      │             0 │\n"
    "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
    "│ batch_normalization             │ (32, 32)               │           128 │\n"
    "│ (BatchNormalization)            │                        │               │\n"
    "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
    "│ dense_1 (Dense)                 │ (32, 10)               │           330 │\n"
    "└─────────────────────────────────┴────────────────────────┴───────────────┘\n";

static bool count(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)model, (void)batch, (void)logs;
    *(int *)user += 1;
    return true;
}

int main(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 3200, 1, CN_FLOAT32)), cn_shape(32, 100));
    cn_tensor *y = cn_one_hot(cn_cast(cn_mod(cn_arange(0, 32, 1, CN_FLOAT32), 10), CN_INT32), 10,
                              -1, CN_FLOAT32);
    cn_model *model = simple_mlp(.use_bn = true, .use_dp = true);
    CHECK(!cn_summary_text(model));
    CHECK(strstr(cn_error(), "simple_mlp 'simple_mlp': this model has not yet been built"));
    cn_clear_error();

    int steps = 0;
    cn_compile(model, "adam", .loss = {"categorical_crossentropy"});
    cn_callback *counter = cn_callback(.on_train_batch_end = count, .user = &steps);
    CHECK(cn_fit(model, cn_from_arrays(x, y), .epochs = 2, .verbose = 0, .callbacks = {counter}));
    CHECK(steps == 2); /* the default batch of 32: one step an epoch */
    cn_str text = cn_summary_text(model);
    CHECK(text && !strncmp(text, table, strlen(table)));
    CHECK(strstr(text, "Non-trainable params: 64 "));
    CHECK(cn_count_params(model) == 3690);
    CHECK(!cn_error_code());
}
