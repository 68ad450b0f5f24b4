/* Each start of a thread is refused in turn: the work goes on with fewer, and comes to the same. */
#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/test.h"
#include "base/threads.h"
#include "cornu/config.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

enum { WIDE = 192, WEIGHTS = 64 * WIDE };

/* Large enough to be shared among threads. */
static bool train(float *weights)
{
    bool ok = false;
    CN_SCOPE {
        cn_set_random_seed(5);
        cn_tensor *x = cn_sin(cn_reshape(cn_arange(0, 128 * 64, 1, CN_FLOAT32), cn_shape(128, 64)));
        cn_model *m =
            cn_sequential(cn_input(64), cn_dense(WIDE, .activation = "tanh"), cn_dense(1));
        ok = cn_compile(m, "adam", .loss = {"mse"}) &&
             cn_fit(m, cn_from_arrays(x, cn_sum(x, {1}, true)), .epochs = 2, .batch_size = 64,
                    .verbose = 0);
        const float *w = ok ? cn_floats(cn_nth(cn_weights(m), 0)) : NULL;
        ok = w != NULL;
        if (w)
            memcpy(weights, w, WEIGHTS * sizeof *w);
    }
    return ok;
}

static void add_one(void *counts, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        ((int *)counts)[i]++;
}

/* Of more pieces than there are threads. */
static bool loop(void)
{
    enum { PIECES = 500 };
    int counts[PIECES] = {0}, wrong = 0;
    cn_parallel_for(PIECES, 1, add_one, counts);
    for (int i = 0; i < PIECES; i++)
        wrong += counts[i] != 1;
    return !wrong;
}

TEST(each_start_of_a_thread_is_refused)
{
    static float alone[WEIGHTS], w[WEIGHTS];
    cn_set_num_threads(1);
    REQUIRE(train(alone) && alone[0] != 0);
    for (int n = 0; n < 4; n++) {
        cn_set_num_threads(256); /* somebody asks anew: more are tried than there are */
        cn_fault_at(CN_FAULT_THREAD, n, EAGAIN);
        CHECK(loop() && cn_fault_seen(CN_FAULT_THREAD));
        cn_fault_at(CN_FAULT_THREAD, 0, EAGAIN);
        CHECK(loop() && train(w) && !memcmp(w, alone, sizeof w));
        CHECK(!cn_fault_seen(CN_FAULT_THREAD)); /* none was tried again */
    }
    cn_fault_at(CN_FAULT_THREAD, -1, 0);
    cn_set_num_threads(0);
}
