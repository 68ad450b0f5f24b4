/* Losses in eager code are pieces of graph from the second call on: the values stay the same. */
#include "base/test.h"
#include "cornu/losses.h"
#include "ops/ops.h"

typedef struct outcome {
    float value, gradient[12];
} outcome;

static outcome look(cn_loss *made, float shift, bool weighted, int rows)
{
    outcome o = {0};
    CN_SCOPE {
        cn_tensor *x = cn_arange(0, 3.0 * rows, 1, CN_FLOAT32);
        cn_tensor *y_pred = cn_softmax(cn_sin(cn_reshape(cn_add(x, shift), cn_shape(rows, 3))), -1);
        cn_tensor *y_true =
            cn_cast(cn_greater(cn_sin(cn_reshape(x, cn_shape(rows, 3))), 0), CN_FLOAT32);
        cn_tensor *weight = weighted ? cn_add(cn_arange(0, rows, 1, CN_FLOAT32), shift) : NULL;
        cn_tensor *loss = cn_loss_call(made, y_true, y_pred, weight);
        o.value = (float)cn_item(loss);
        cn_tensor *g = cn_nth(cn_gradients(loss, cn_list_of(y_pred)), 0);
        for (int i = 0; i < 3 * rows; i++)
            o.gradient[i] = cn_floats(g)[i];
    }
    return o;
}

TEST(kept_losses_give_what_new_ones_give)
{
    static const char *const specs[] = {"mse",
                                        "mae",
                                        "huber(0.3)",
                                        "kl_divergence",
                                        "categorical_crossentropy(label_smoothing=0.1)",
                                        "binary_crossentropy",
                                        "log_cosh",
                                        "poisson",
                                        "dice"};
    for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
        for (int i = 0; i < 4; i++)
            CN_SCOPE {
                cn_loss *loss = cn_loss_new(specs[s]);
                bool weighted = i % 4 > 1;
                for (int turn = 0; turn < 4; turn++) {
                    outcome want = look(cn_loss_new(specs[s]), (float)turn, weighted, 4 - i % 2);
                    outcome found = look(loss, (float)turn, weighted, 4 - i % 2);
                    CHECK(found.value == want.value);
                    check_close(found.gradient, want.gradient, 12 - 3 * (i % 2), 1e-6, 1e-7);
                }
            }
}

static int asked;

static cn_tensor *own(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_mul(cn_sub(y_pred, y_true), ++asked);
}

TEST(an_own_loss_is_asked_each_time)
{
    CN_SCOPE {
        REQUIRE(cn_register_loss("asked", own, NULL));
        cn_loss *loss = cn_loss_new("asked");
        for (int i = 1; i < 5; i++)
            CHECK(cn_item(cn_loss_call(loss, cn_zeros(cn_shape(2), CN_FLOAT32),
                                       cn_ones(cn_shape(2), CN_FLOAT32), NULL)) == i);
    }
}
