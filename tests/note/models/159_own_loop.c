/* An own training loop over as many pictures as MNIST has: shuffled through a buffer, in batches of
 * 64, the last of which is short. */
#include "check.h"

enum { SAMPLES = 60000 };

static cn_dataset *pictures(void)
{
    cn_tensor *y = cn_random_int(cn_shape(SAMPLES), 0, 10, CN_INT32, NULL);
    cn_tensor *x = cn_random_int(cn_shape(SAMPLES, 28), 0, 10, CN_UINT8, NULL);
    /* the first column says the class */
    x = cn_concat(cn_list_of(cn_cast(cn_expand_dims(y, 1), CN_UINT8), x), 1);
    cn_compute(cn_list_of(x, y));
    return cn_batch_dataset(cn_shuffle(cn_from_arrays(x, y), 1024), 64, false);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_dataset *train = pictures();
    cn_model *model =
        cn_sequential(cn_input(29), cn_rescaling(0.1), cn_dense(64, .activation = "relu"),
                      cn_dense(64, .activation = "relu"), cn_dense(10));
    cn_optimizer *adam = cn_optimizer_new("adam(1e-3)");
    cn_list *vars = cn_trainable_weights(model);
    char seen[200] = "";
    double first = 0, last = 0, order[2] = {0};
    for (int epoch = 0; epoch < 2; epoch++) {
        int step = 0, samples = 0, size = 0;
        printf("Start of epoch %d\n", epoch);
        CN_EACH (batch, train) {
            cn_tensor *logits = cn_call(model, batch->x, .training = true);
            cn_tensor *loss =
                cn_loss_of("sparse_categorical_crossentropy(from_logits=true)", batch->y, logits);
            cn_apply_gradients(adam, cn_gradients(loss, vars), vars);
            size = (int)batch->size;
            samples += size;
            CHECK(cn_dim(batch->x, 0) == size && cn_dim(batch->y, 0) == size);
            if (step == 0)
                order[epoch] = cn_item(cn_sum(cn_mul(batch->y, cn_arange(0, 64, 1, CN_INT32))));
            if (step++ % 200 == 0) {
                printf("Training loss (for one batch) at step %d: %.4f\n", step - 1, cn_item(loss));
                printf("Seen so far: %d samples\n", samples);
                snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%d ", samples);
                last = cn_item(loss);
                first = first == 0 ? last : first;
            }
        }
        CHECK(step == 938 && samples == SAMPLES && size == 32);
    }
    TEXT(seen, "64 12864 25664 38464 51264 64 12864 25664 38464 51264 ");
    CHECK(first > 2 && last < 0.5);
    CHECK(order[0] != order[1]); /* another order in each epoch */
}
