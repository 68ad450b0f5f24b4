/* The mask of an Embedding travels by itself: a recurrent layer leaves masked steps out, and so
 * does the loss. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *words = cn_embedding(10, 4, .mask_zero = true);
    cn_layer *lstm = cn_lstm(3, .return_state = true);
    cn_tensor *padded = cn_array((int32_t[]){3, 5, 0, 0}, CN_INT32, cn_shape(1, 4));
    cn_tensor *plain = cn_array((int32_t[]){3, 5}, CN_INT32, cn_shape(1, 2));
    cn_tensor *a = cn_call(lstm, cn_call(words, padded)), *b = cn_call(lstm, cn_call(words, plain));
    for (int i = 0; i < 3; i++)
        CLOSE(cn_item(cn_max(cn_abs(cn_sub(cn_nth(a, i), cn_nth(b, i))))), 0, 1e-7);

    /* through a layer that works on each step alone, to the loss */
    cn_tensor *in = cn_input(4, .dtype = CN_INT32);
    cn_tensor *h = cn_call(cn_gru(3, .return_sequences = true), cn_call(words, in));
    cn_model *model = cn_functional(in, cn_call(cn_dense(1), cn_call(cn_dropout(0.5), h)));
    cn_compile(model, "sgd", .loss = {"mse"});
    CHECK(cn_mask_of(cn_call(model, padded)));
    double losses[2];
    for (int i = 0; i < 2; i++) {
        float masked = i ? 1000 : 0;
        cn_tensor *y = cn_values(cn_shape(1, 4, 1), 1, 2, masked, masked);
        cn_dataset *data = cn_from_arrays(padded, y);
        losses[i] = cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss");
    }
    CHECK(losses[0] == losses[1]);
}
