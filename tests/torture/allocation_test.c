/* Each allocation fails in turn while a small model is made, compiled, trained and asked: the error
 * comes back, nothing crashes, and (seen with AddressSanitizer) nothing leaks. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/test.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

static cn_dataset *data(void)
{
    return cn_from_arrays(cn_ones(cn_shape(5, 2), CN_FLOAT32),
                          cn_zeros(cn_shape(5, 1), CN_FLOAT32));
}

static bool own_loop(void)
{
    cn_tensor *w = cn_variable(cn_ones(cn_shape(2, 1), CN_FLOAT32));
    cn_tensor *loss = cn_mean(cn_square(cn_matmul(cn_ones(cn_shape(3, 2), CN_FLOAT32), w)));
    cn_list *weights = w ? cn_list_of(w) : NULL;
    return cn_apply_gradients(cn_optimizer_new("sgd(0.1, momentum=0.9)"),
                              cn_gradients(loss, weights), weights) &&
           cn_floats(w);
}

static bool work(void)
{
    cn_model *m = cn_sequential(cn_input(2), cn_dense(3, .activation = "relu"),
                                cn_batch_normalization(), cn_dense(1));
    if (!cn_compile(m, "adam", .loss = {"mse"}, .metrics = {"mae"}))
        return false;
    cn_history *h =
        cn_fit(m, data(), .epochs = 2, .batch_size = 3, .verbose = 0, .validation_split = 0.4);
    cn_tensor *y = h ? cn_predict(m, cn_dataset_of(cn_ones(cn_shape(2, 2), CN_FLOAT32))) : NULL;
    return y && cn_floats(y) && own_loop();
}

/* False once n is past the last allocation. */
static bool fails_at(long n)
{
    bool ok = false;
    CN_SCOPE {
        cn_mem_fail_at(n);
        ok = work();
    }
    bool failed = cn_mem_failed();
    cn_mem_fail_at(-1);
    /* what is only nice to have may be done without, but the error is there */
    if (failed != (cn_error_code() == CN_ENOMEM) || (!ok && !failed)) {
        fprintf(stderr, "allocation %ld: %s, error %d: %s\n", n, ok ? "done" : "refused",
                (int)cn_error_code(), cn_error());
        CHECK(!"lack of memory comes back as an error");
    }
    cn_clear_error();
    return failed;
}

TEST(each_allocation_of_a_training_fails)
{
    bool ok = false;
    CN_SCOPE {
        ok = work(); /* what is made once for the process is there */
    }
    REQUIRE(ok);
    long n = 0;
    while (fails_at(n))
        n++;
    CHECK(n > 1000);
}
