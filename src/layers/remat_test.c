#include <string.h>

#include "base/test.h"
#include "cornu/models.h"
#include "cornu/random.h"
#include "layers/layer.h"
#include "ops/ops.h"
#include "plan/traced.h"
#include "trainers/trainer.h"

enum { BLOCKS = 8, BATCH = 128, WIDTH = 96, STEPS = 3 };

/* What a block has: activations, chance, statistics that move, a sum with what it was given. */
static cn_tensor *block(cn_tensor *x, int i)
{
    cn_tensor *y = cn_call(cn_dense(WIDTH, .activation = "gelu", .name = cn_fmt("wide_%d", i)), x);
    y = cn_call(cn_dropout(0.1, .seed = i), y);
    y = cn_call(cn_batch_normalization(), cn_call(cn_dense(WIDTH), y));
    return cn_add(x, cn_call(cn_activation("relu"), y));
}

static cn_model *make(void)
{
    cn_set_random_seed(7);
    cn_tensor *in = cn_input(WIDTH), *x = in;
    for (int i = 0; i < BLOCKS; i++)
        x = block(x, i);
    return cn_functional(in, cn_call(cn_dense(1), x));
}

/* Trains a few steps, gives all variables one behind the other, and returns the arena's size. */
static size_t train(cn_model *model, float *weights)
{
    static float x[BATCH * WIDTH], y[BATCH];
    for (int i = 0; i < BATCH * WIDTH; i++)
        x[i] = (float)(i * 37 % 101) / 50 - 1;
    for (int i = 0; i < BATCH; i++)
        y[i] = x[i * WIDTH] * x[i * WIDTH + 1];
    cn_compile(model, "adam(0.01)", .loss = {"mse"});
    for (int i = 0; i < STEPS; i++)
        CHECK(cn_train_on_batch(model, cn_array(x, CN_FLOAT32, cn_shape(BATCH, WIDTH)),
                                cn_array(y, CN_FLOAT32, cn_shape(BATCH, 1)), NULL));
    cn_list *all = cn_weights(model);
    for (size_t i = 0; all && i < all->count; i++) {
        size_t n = (size_t)cn_size(all->items[i]);
        memcpy(weights, cn_floats(all->items[i]), n * sizeof *weights);
        weights += n;
    }
    return cn_traced_arena(model->state_->trainer->train.traced);
}

enum { ROOM = 1 << 18 };

TEST(what_is_computed_again_gives_the_same_weights)
{
    static float plain[ROOM], again[ROOM];
    size_t arena = 0, less[5] = {0};
    CN_SCOPE {
        arena = train(make(), plain);
        for (int i = 0; i < 5; i++) {
            static const char *const modes[] = {"full", "activations", "larger_than",
                                                "list_of_layers", NULL};
            memset(again, 0, sizeof again);
            CN_REMAT_SCOPE(modes[i], .output_size_threshold = WIDTH - 1,
                           .layer_names = "wide_1, wide_2,wide_5")
            less[i] = train(make(), again);
            CHECK(!memcmp(plain, again, sizeof plain));
        }
    }
    CHECK(less[0] < arena * 6 / 10);
    CHECK(less[1] < arena && less[2] < arena * 6 / 10 && less[3] < arena && less[4] == arena);
}

TEST(summary_says_what_memory_training_takes)
{
    static float weights[ROOM];
    CN_SCOPE {
        cn_model *model = make();
        CHECK(!strstr(cn_summary_text(model), "arena"));
        size_t arena = train(model, weights);
        CHECK(strstr(cn_summary_text(model),
                     cn_fmt("\n Training arena: %.2f MB\n", (double)arena / (1 << 20))));
    }
}

/* Ops of eager code, in turns, which are planned quickly first and then with all passes. */
TEST(ops_are_computed_again)
{
    CN_SCOPE {
        cn_tensor *x =
            cn_reshape(cn_div(cn_arange(0, 4096, 1, CN_FLOAT32), 4096), cn_shape(64, 64));
        for (int turn = 0; turn < 4; turn++)
            CN_SCOPE {
                cn_tensor *grad[2];
                for (int again = 0; again < 2; again++) {
                    cn_tensor *y = x;
                    for (int i = 0; i < 8; i++)
                        CN_REMAT_SCOPE(again ? "full" : NULL)
                    y = cn_add(cn_tanh(cn_matmul(cn_sin(y), x)), cn_exp(cn_neg(y)));
                    grad[again] = cn_list_item(cn_gradients(cn_mean(y), cn_list_of(x)), 0);
                }
                const float *plain = cn_floats(grad[0]), *other = cn_floats(grad[1]);
                CHECK(plain && other && !memcmp(plain, other, 4096 * sizeof *plain));
            }
    }
}

TEST(modes_of_computing_again)
{
    int turns = 0;
    CN_REMAT_SCOPE("some")
    turns++;
    CHECK(!turns);
    check_error("CN_REMAT_SCOPE: expected the mode \"full\", \"activations\", "
                "\"larger_than\", \"list_of_layers\" or NULL, found \"some\"");
    CN_REMAT_SCOPE(.mode = "full")
    {
        turns++;
        break;
    }
    CN_SCOPE {
        cn_layer *outside = cn_dense(2);
        CHECK(turns == 1 && outside->state_->remat == CN_REMAT_NONE && !cn_marks);
    }
}
