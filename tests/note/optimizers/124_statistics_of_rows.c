/* Where gradients are gathered over k batches, a batch normalization normalizes with the small
 * batch all the same; its moving statistics may follow once in k steps, as of one large batch. */
#include "check.h"

enum { HALF = 6 };

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_mul(cn_arange(0, 6 * HALF, 1, CN_FLOAT32), 1.7)),
                              cn_shape(2 * HALF, 3));
    return cn_from_arrays(cn_add(cn_mul(x, 2), 1), cn_sum(x, {1}, .keepdims = true));
}

/* The moving statistics after one pass of batches of that size. */
static cn_list *statistics(cn_model **made, int every, const char *optimizer, int batch)
{
    cn_set_random_seed(4);
    cn_model *model = cn_sequential(
        cn_input(3), cn_batch_normalization(.momentum = 0.9, .steps_per_update = every),
        cn_dense(1));
    cn_compile(model, optimizer, .loss = {"mse"});
    CHECK(cn_fit(model, data(), .batch_size = batch, .verbose = 0, .shuffle = false));
    *made = model;
    return cn_non_trainable_weights(model);
}

static double apart(cn_tensor *a, cn_tensor *b)
{
    return cn_item(cn_max(cn_abs(cn_sub(a, b))));
}

int main(void)
{
    cn_on_error(cn_die);
    static const char gathering[] = "sgd(0.1, gradient_accumulation_steps=2)";
    cn_model *large, *plain, *rows;
    cn_list *of_large = statistics(&large, 1, "sgd(0.1)", 2 * HALF);
    cn_list *of_plain = statistics(&plain, 1, gathering, HALF);
    cn_list *of_rows = statistics(&rows, 2, gathering, HALF);
    for (int i = 0; i < 2; i++) {
        CHECK(apart(cn_nth(of_rows, i), cn_nth(of_large, i)) < 1e-6);
        CHECK(apart(cn_nth(of_plain, i), cn_nth(of_large, i)) > 1e-3);
    }
    /* what does not change: each batch is normalized by itself, so the weights are others */
    CHECK(apart(cn_nth(cn_trainable_weights(rows), 2), cn_nth(cn_trainable_weights(large), 2)) >
          1e-5);

    /* half a row: nothing has moved; the file remembers both the option and the half */
    cn_set_random_seed(4);
    cn_model *half = cn_sequential(
        cn_input(3), cn_batch_normalization(.momentum = 0.9, .steps_per_update = 2), cn_dense(1));
    cn_compile(half, gathering, .loss = {"mse"});
    CHECK(cn_fit(half, cn_take(data(), HALF), .batch_size = HALF, .verbose = 0, .shuffle = false));
    CHECK(cn_item(cn_max(cn_abs(cn_nth(cn_non_trainable_weights(half), 0)))) == 0);
    cn_save(half, "rows.keras");
    cn_model *again = cn_load_model("rows.keras");
    CHECK(cn_fit(again, cn_skip(data(), HALF), .batch_size = HALF, .verbose = 0, .shuffle = false));
    for (int i = 0; i < 2; i++)
        CHECK(apart(cn_nth(cn_non_trainable_weights(again), i), cn_nth(of_rows, i)) == 0);
}
