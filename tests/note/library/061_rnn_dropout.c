/* Dropout of a recurrent layer: one mask for the inputs and one for the states of a sequence. */
#include "check.h"

/* Outputs (steps, 4) of a layer whose output is what is left of its input. */
static const float *steps(cn_layer *layer, int training)
{
    cn_tensor *x = cn_ones(cn_shape(1, 6, 4), CN_FLOAT32);
    return cn_floats(cn_call(layer, x, .training = training));
}

static bool same_in_all_steps(const float *y)
{
    for (int i = 0; i < 24; i++)
        if (y[i] != y[i % 4] || (y[i] != 0 && y[i] != 2))
            return false;
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *inputs = cn_simple_rnn(4, .activation = "linear", .kernel_initializer = "identity",
                                     .recurrent_initializer = "zeros", .dropout = 0.5, .seed = 7,
                                     .return_sequences = true);
    int different = 0;
    for (int call = 0; call < 8; call++) {
        float first[24];
        memcpy(first, steps(inputs, 1), sizeof first);
        CHECK(same_in_all_steps(first));
        different += memcmp(first, steps(inputs, 1), sizeof first) != 0;
    }
    CHECK(different > 0); /* another sequence, another mask */
    for (int i = 0; i < 24; i++)
        CHECK(steps(inputs, 0)[i] == 1);

    /* h grows by one each step where it is kept, doubled before: 1, 3, 7, …; else it stays 1 */
    cn_layer *states = cn_simple_rnn(4, .activation = "linear", .kernel_initializer = "identity",
                                     .recurrent_initializer = "identity", .recurrent_dropout = 0.5,
                                     .seed = 1, .return_sequences = true);
    const float *y = steps(states, 1);
    for (int i = 0; i < 4; i++) {
        bool kept = y[4 + i] == 3;
        for (int t = 0; t < 6; t++)
            CHECK(y[4 * t + i] == (kept ? (float)(1 << (t + 1)) - 1 : 1));
    }
    cn_model *model = cn_sequential(cn_input(6, 4), states);
    const float *sure = cn_floats(cn_predict(model, cn_ones(cn_shape(1, 6, 4), CN_FLOAT32)));
    CHECK(sure[0] == 1 && sure[20] == 6);

    cn_on_error(NULL);
    CHECK(!cn_lstm(3, .dropout = 1.1));
    CHECK(strstr(cn_error(),
                 "LSTM: expected a number from 0 to 1 for 'dropout'. Received: dropout=1.1"));
    CHECK(!cn_gru(3, .recurrent_dropout = -0.1));
}
