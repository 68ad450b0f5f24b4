/* fit, evaluate and predict of a small regression, against the same steps done by hand. */
#include "check.h"

enum { N = 12, EPOCHS = 5 };

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 2, 1, CN_FLOAT32)), cn_shape(N, 2));
    cn_tensor *y = cn_reshape(cn_cos(cn_arange(0, N, 1, CN_FLOAT32)), cn_shape(N, 1));
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    double w[3] = {0}, losses[EPOCHS] = {0};
    w[0] = cn_floats(cn_nth(cn_weights(model), 0))[0];
    w[1] = cn_floats(cn_nth(cn_weights(model), 0))[1];
    const float *xs = cn_floats(x), *ys = cn_floats(y);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        for (int batch = 0; batch < N; batch += 4) {
            double g[3] = {0};
            for (int i = batch; i < batch + 4; i++) {
                double off = w[0] * xs[2 * i] + w[1] * xs[2 * i + 1] + w[2] - ys[i];
                losses[epoch] += off * off / N;
                g[0] += 2 * off * xs[2 * i] / 4;
                g[1] += 2 * off * xs[2 * i + 1] / 4;
                g[2] += 2 * off / 4;
            }
            for (int k = 0; k < 3; k++)
                w[k] -= 0.1 * g[k];
        }

    cn_history *h = cn_fit(model, cn_from_arrays(x, y), .epochs = EPOCHS, .batch_size = 4,
                           .shuffle = false, .verbose = 0);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        CLOSE(cn_history_get(h, "loss", epoch), losses[epoch], 1e-5);
    VALUES(cn_nth(cn_weights(model), 0), 1e-5, w[0], w[1]);
    VALUES(cn_nth(cn_weights(model), 1), 1e-5, w[2]);

    cn_tensor *p = cn_predict(model, x);
    NEAR(cn_floats(p)[3], w[0] * xs[6] + w[1] * xs[7] + w[2]);
    cn_logs *logs = cn_evaluate(model, cn_from_arrays(x, y), .verbose = 0);
    NEAR(cn_logs_get(logs, "loss"), cn_item(cn_mean(cn_square(cn_sub(p, y)))));
}
