/* Accuracy by hand after each epoch, and the best of it: training goes on as if nothing happened.
 */
#include "check.h"

enum { N = 40 };

typedef struct evaluate {
    cn_tensor *x, *y;
    double best;
    int calls;
} evaluate;

static bool on_epoch_end(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    evaluate *self = user;
    (void)epoch, (void)logs;
    CN_SCOPE {
        cn_tensor *guess = cn_argmax(cn_predict(model, self->x), 1, false);
        double accuracy = cn_item(cn_mean(cn_cast(cn_equal(guess, self->y), CN_FLOAT32)));
        self->best = fmax(self->best, accuracy);
        self->calls++;
    }
    return true;
}

/* Trains; the weights at the end into w. */
static void train(float *w, size_t size, bool watched)
{
    cn_set_random_seed(3);
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 4, 1, CN_FLOAT32)), cn_shape(N, 4));
    cn_tensor *y = cn_argmax(x, 1, false);
    cn_model *model = cn_sequential(cn_input(4), cn_dense(8, .activation = "relu"), cn_dropout(0.2),
                                    cn_dense(4, .activation = "softmax"));
    cn_compile(model, "adam(0.01)", .loss = {"sparse_categorical_crossentropy"});
    evaluate state = {.x = x, .y = y};
    cn_callback *each = cn_callback(.on_epoch_end = on_epoch_end, .user = &state);
    cn_fit(model, cn_from_arrays(x, y), .epochs = 20, .batch_size = 8, .verbose = 0,
           .callbacks = {{watched ? each : NULL}});
    CHECK(!watched || (state.calls == 20 && state.best > 0.5));
    memcpy(w, cn_floats(cn_nth(cn_weights(model), 0)), size);
}

int main(void)
{
    cn_on_error(cn_die);
    float plain[32], watched[32];
    train(plain, sizeof plain, false);
    train(watched, sizeof watched, true);
    CHECK(!memcmp(plain, watched, sizeof plain));
}
