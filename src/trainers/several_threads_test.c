/* Two threads train two models at once, eight ask one, and what comes out is what one thread alone
 * gets: run with ThreadSanitizer too. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/test.h"
#include "cornu/flow.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

enum { TRAINERS = 2, ASKERS = 8, SAMPLES = 12, ROUNDS = 20 };

static cn_model *make_model(void)
{
    cn_model *m = cn_sequential(
        cn_input(3),
        cn_dense(8, .activation = "tanh", .kernel_initializer = "glorot_uniform(seed=1)"),
        cn_dropout(0.25, .seed = 3), cn_batch_normalization(),
        cn_dense(1, .kernel_initializer = "glorot_uniform(seed=2)"));
    return m && cn_compile(m, "adam(0.01)", .loss = {"mse"}, .metrics = {"mae"}) ? m : NULL;
}

static cn_tensor *inputs(void)
{
    return cn_sin(cn_reshape(cn_arange(0, 3 * SAMPLES, 1, CN_FLOAT32), cn_shape(SAMPLES, 3)));
}

/* Trains a model of its own, then tells what it says of the inputs. */
static void *train(void *result)
{
    CN_SCOPE {
        cn_model *m = make_model();
        cn_tensor *x = inputs(), *y = cn_sum(x, .axis = {1}, .keepdims = true);
        bool ok = m && cn_fit(m, cn_from_arrays(x, y), .epochs = 5, .batch_size = 5, .verbose = 0,
                              .shuffle = false);
        const float *said = ok ? cn_floats(cn_predict(m, x)) : NULL;
        if (said)
            memcpy(result, said, SAMPLES * sizeof *said);
    }
    return NULL;
}

TEST(several_threads_train)
{
    float alone[SAMPLES] = {0}, together[TRAINERS][SAMPLES] = {{0}};
    pthread_t threads[TRAINERS];
    train(alone);
    CHECK(alone[0] != 0);
    for (int i = 0; i < TRAINERS; i++)
        REQUIRE(!pthread_create(&threads[i], NULL, train, together[i]));
    for (int i = 0; i < TRAINERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(!memcmp(together[i], alone, sizeof alone));
    }
}

typedef struct question {
    cn_model *model;
    float x[3 * SAMPLES];
    float answer[SAMPLES];
    int wrong;
} question;

/* Batches of other sizes may be computed in another order. */
static int count_wrong(const question *q, const float *said, int n)
{
    int wrong = said ? 0 : n;
    for (int i = 0; said && i < n; i++)
        wrong += !(fabsf(said[i] - q->answer[i]) < 1e-6F);
    return wrong;
}

/* Asks for batches of changing size, by both ways. */
static void *ask(void *user)
{
    question *q = user;
    for (int round = 0; round < ROUNDS; round++) {
        int n = 1 + round % SAMPLES;
        float y[SAMPLES];
        q->wrong += count_wrong(q, cn_predict_into(q->model, q->x, n, y) ? y : NULL, n);
        CN_SCOPE {
            cn_tensor *x = cn_array(q->x, CN_FLOAT32, cn_shape(n, 3));
            q->wrong += count_wrong(q, cn_floats(cn_predict(q->model, x, .batch_size = 4)), n);
        }
    }
    return NULL;
}

TEST(several_threads_predict)
{
    CN_SCOPE {
        question first = {.model = make_model()}, questions[ASKERS];
        pthread_t threads[ASKERS];
        cn_tensor *x = inputs();
        REQUIRE(first.model && cn_floats(x));
        memcpy(first.x, cn_floats(x), sizeof first.x);
        for (int i = 0; i < SAMPLES; i++) /* one by one */
            REQUIRE(cn_predict_into(first.model, first.x + 3 * i, 1, first.answer + i));
        for (int i = 0; i < ASKERS; i++) {
            questions[i] = first;
            REQUIRE(!pthread_create(&threads[i], NULL, ask, &questions[i]));
        }
        for (int i = 0; i < ASKERS; i++) {
            pthread_join(threads[i], NULL);
            CHECK(!questions[i].wrong);
        }
    }
}

/* Loops in two threads: bodies, their plans and late sizes are each thread's own. */
static cn_list *step(cn_tensor *const *carry, cn_tensor *const *x, void *w)
{
    cn_tensor *h = cn_tanh(cn_add(cn_matmul(carry[0], (cn_tensor *)w), x[0]));
    return cn_list_of(h, h);
}

static void *loop(void *result)
{
    for (int round = 0; round < 5; round++)
        CN_SCOPE {
            cn_tensor *x = cn_reshape(inputs(), cn_shape(SAMPLES, 1, 3));
            cn_tensor *w = cn_full(cn_shape(3, 3), 0.25, CN_FLOAT32);
            cn_list *r = cn_scan(step, {cn_zeros(cn_shape(1, 3), CN_FLOAT32)}, {x}, .user = w);
            cn_tensor *h = cn_nth(r, 1), *some = cn_boolean_mask(h, cn_greater(h, 0));
            cn_tensor *y = cn_sum(cn_square(some));
            const float *grad = cn_floats(cn_nth(cn_gradients(y, cn_list_of(w)), 0));
            if (grad)
                memcpy(result, grad, 9 * sizeof *grad);
        }
    return NULL;
}

TEST(several_threads_loop)
{
    float alone[9] = {0}, together[TRAINERS][9] = {{0}};
    pthread_t threads[TRAINERS];
    loop(alone);
    CHECK(alone[0] != 0);
    for (int i = 0; i < TRAINERS; i++)
        REQUIRE(!pthread_create(&threads[i], NULL, loop, together[i]));
    for (int i = 0; i < TRAINERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(!memcmp(together[i], alone, sizeof alone));
    }
}
