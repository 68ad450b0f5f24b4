/* A step gets what fit got: a pair, a triple with weights, several inputs and targets; the batches
 * of a sequence, and those of a function. */
#include "check.h"

static cn_logs *train_step(cn_model *model, const cn_batch *b, void *user)
{
    (void)model;
    char *seen = user;
    sprintf(seen, "%zu inputs, %zu targets, %zu weights, %d samples", cn_list_length(b->xs),
            cn_list_length(b->ys), cn_list_length(b->sample_weights), (int)b->size);
    cn_tensor *weight = b->sample_weight ? cn_mean(b->sample_weight) : cn_number_float(-1);
    return cn_logs_of({"weight", weight}, {"x", cn_mean(b->x)});
}

static bool begun(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)epoch, (void)logs;
    *(bool *)user = true;
    return true;
}

static int64_t length(void *user)
{
    (void)user;
    return 2;
}

/* Pairs of 3 samples, the second with weights. */
static bool get_item(int64_t index, cn_batch *batch, void *user)
{
    (void)user;
    batch->x = cn_full(cn_shape(3, 2), 10 + (double)index, CN_FLOAT32);
    batch->y = cn_ones(cn_shape(3, 1), CN_FLOAT32);
    batch->sample_weight = index ? cn_full(cn_shape(3), 7, CN_FLOAT32) : NULL;
    return true;
}

static bool next(cn_batch *batch, void *user)
{
    return get_item((*(int64_t *)user)++ % 2, batch, NULL);
}

int main(void)
{
    cn_on_error(cn_die);
    char seen[100] = "";
    bool called = false;
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_set_train_step(model, train_step, seen);
    cn_tensor *x = cn_full(cn_shape(4, 2), 2, CN_FLOAT32), *y = cn_ones(cn_shape(4, 1), CN_FLOAT32);
    cn_tensor *w = cn_full(cn_shape(4), 3, CN_FLOAT32);

    cn_callback *callback = cn_callback(.on_epoch_begin = begun, .user = &called);
    cn_history *h = cn_fit(model, cn_from_arrays(x, y), .verbose = 0, .callbacks = {callback});
    TEXT(seen, "1 inputs, 1 targets, 0 weights, 4 samples");
    CHECK(called);
    NEAR(cn_history_get(h, "weight", 0), -1);
    NEAR(cn_history_get(h, "x", 0), 2);

    h = cn_fit(model, cn_from_arrays(x, y, w), .verbose = 0);
    TEXT(seen, "1 inputs, 1 targets, 1 weights, 4 samples");
    NEAR(cn_history_get(h, "weight", 0), 3);

    cn_dataset *several = cn_from_arrays(.xs = cn_list_of(x, y), .ys = cn_list_of(y, y, y));
    cn_fit(model, several, .verbose = 0, .batch_size = 2);
    TEXT(seen, "2 inputs, 3 targets, 0 weights, 2 samples");

    double by_class[] = {0, 5}; /* class weights are sample weights to the step */
    h = cn_fit(model, cn_from_arrays(x, y), .verbose = 0, .class_weight = by_class, .classes = 2);
    NEAR(cn_history_get(h, "weight", 0), 5);

    h = cn_fit(model, cn_from_sequence(&(cn_sequence){.length = length, .get_item = get_item}),
               .verbose = 0);
    TEXT(seen, "1 inputs, 1 targets, 1 weights, 3 samples");
    NEAR(cn_history_get(h, "x", 0), 11);
    NEAR(cn_history_get(h, "weight", 0), 7);

    int64_t calls = 0;
    cn_dataset *generator = cn_from_generator(next, &calls, .steps_per_epoch = 3);
    h = cn_fit(model, generator, .epochs = 2, .verbose = 0);
    CHECK(calls == 6); /* it goes on where it was */
    NEAR(cn_history_get(h, "x", 0), 10);
    NEAR(cn_history_get(h, "x", 1), 11);
}
