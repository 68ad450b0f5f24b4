/* fit, evaluate and predict of a perceptron, a convolutional and a recurrent network: from equal
 * weights and in equal order the losses of each epoch are Keras's, as are the values afterwards. */
#include "check.h"

enum { SAMPLES = 24, EPOCHS = 4 };

static cn_tensor *wave(cn_shape shape, double scale, double phase)
{
    int64_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= shape.dim[i];
    cn_tensor *x = cn_add(cn_arange(0, (double)n, 1, CN_FLOAT32), phase);
    return cn_reshape(cn_mul(cn_sin(x), scale), shape);
}

typedef struct expected {
    double loss[EPOCHS], accuracy[EPOCHS], evaluated[2], predicted[3];
} expected;

static void compare(cn_model *model, cn_shape sample, expected keras)
{
    cn_list *weights = cn_weights(model);
    for (size_t i = 0; i < cn_list_length(weights); i++)
        cn_assign(cn_nth(weights, i), wave(cn_shape_of(cn_nth(weights, i)), 0.5, (double)i));
    cn_shape shape = {sample.rank + 1, {SAMPLES}};
    memcpy(shape.dim + 1, sample.dim, (size_t)sample.rank * sizeof *shape.dim);
    cn_tensor *x = wave(shape, 1, 0.5);
    cn_dataset *data = cn_from_arrays(x, cn_mod(cn_arange(0, SAMPLES, 1, CN_INT32), 3));

    cn_compile(model, "adam(0.01)", .loss = {"sparse_categorical_crossentropy"},
               .metrics = {"accuracy"});
    cn_history *h =
        cn_fit(model, data, .epochs = EPOCHS, .batch_size = 5, .shuffle = false, .verbose = 0);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        CLOSE(cn_history_get(h, "loss", epoch), keras.loss[epoch], 1e-5);
        NEAR(cn_history_get(h, "accuracy", epoch), keras.accuracy[epoch]);
    }
    cn_logs *logs = cn_evaluate(model, data, .verbose = 0);
    CLOSE(cn_logs_get(logs, "loss"), keras.evaluated[0], 1e-5);
    NEAR(cn_logs_get(logs, "accuracy"), keras.evaluated[1]);
    VALUES(cn_slice(cn_predict(model, x), "0"), 1e-5, keras.predicted[0], keras.predicted[1],
           keras.predicted[2]);
}

int main(void)
{
    cn_on_error(cn_die);
    compare(cn_sequential(cn_input(4), cn_dense(8, .activation = "tanh"),
                          cn_dense(3, .activation = "softmax")),
            cn_shape(4),
            (expected){{1.2205616, 1.1262103, 1.0822549, 1.0559682},
                       {0.3333333, 0.3333333, 0.3333333, 0.4583333},
                       {1.0488034, 0.4583333},
                       {0.24913391, 0.2828633, 0.46800277}});
    compare(cn_sequential(cn_input(6, 6, 1), cn_conv2d(4, {3, 3}, .activation = "relu"),
                          cn_max_pooling2d(), cn_flatten(), cn_dense(3, .activation = "softmax")),
            cn_shape(6, 6, 1),
            (expected){{1.2651590, 1.0921208, 1.0864538, 1.0787191},
                       {0.3333333, 0.4583333, 0.3333333, 0.2916667},
                       {1.0591398, 0.4166667},
                       {0.29362795, 0.45832896, 0.24804306}});
    compare(cn_sequential(cn_input(5, 3), cn_lstm(6), cn_dense(3, .activation = "softmax")),
            cn_shape(5, 3),
            (expected){{1.1114932, 1.0999918, 1.0944096, 1.0903445},
                       {0.3333333, 0.2916667, 0.3750000, 0.4166667},
                       {1.0872477, 0.4166667},
                       {0.34946448, 0.31068695, 0.3398486}});
}
