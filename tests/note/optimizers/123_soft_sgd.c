/* An own optimizer: gradients are summed over k batches, and the weights move with every k-th. */
#include "check.h"

#define SOFT_SGD(P)                                              \
    P(cn_spec, learning_rate, "0.01", "the rate, or a schedule") \
    P(float, momentum, 0, "how much of the last move stays")     \
    P(int, steps_per_update, 2, "batches that make one step")
CN_OPTIMIZER(soft_sgd, SOFT_SGD, cn_tensor *ends;)

static bool build(soft_sgd *self, const cn_list *weights)
{
    for (size_t i = 0; i < cn_list_length(weights); i++) {
        cn_tensor *w = cn_list_item(weights, i);
        if (!cn_add_slot(self, w, "sum") || !cn_add_slot(self, w, "velocity"))
            return false;
    }
    return true;
}

/* bool: is this the k-th batch? */
static bool begin(soft_sgd *self)
{
    cn_tensor *next = cn_add(cn_optimizer_iteration(self), 1);
    int k = self->steps_per_update;
    self->ends = cn_equal(cn_sub(next, cn_mul(cn_floor_divide(next, k), k)), 0);
    return self->ends;
}

static bool update(soft_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *sum = cn_slot(self, w, "sum"), *velocity = cn_slot(self, w, "velocity");
    cn_tensor *total = cn_add(sum, g);
    cn_tensor *mean = cn_div(total, self->steps_per_update);
    cn_tensor *next = cn_sub(cn_mul(velocity, self->momentum), cn_mul(mean, rate));
    return cn_assign(velocity, cn_where(self->ends, next, velocity)) &&
           cn_assign(w, cn_where(self->ends, cn_add(w, next), w)) &&
           cn_assign(sum, cn_where(self->ends, 0, total));
}

CN_REGISTER_OPTIMIZER(soft_sgd, .build = build, .begin = begin, .update = update)

/* ---- what it does ---- */

enum { BATCH = 4 };

static cn_model *fresh(const char *optimizer)
{
    cn_set_random_seed(1);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(5, .activation = "tanh"), cn_dense(1));
    cn_compile(model, optimizer, .loss = {"mse"});
    return model;
}

static cn_dataset *batches(int from, int to)
{
    cn_tensor *x =
        cn_reshape(cn_sin(cn_arange(0, 24 * BATCH, 1, CN_FLOAT32)), cn_shape(8 * BATCH, 3));
    cn_dataset *all = cn_from_arrays(x, cn_cos(cn_sum(x, {1}, .keepdims = true)));
    return cn_take(cn_skip(all, from * BATCH), (to - from) * BATCH);
}

static void train(cn_model *model, cn_dataset *data, int batch)
{
    CHECK(cn_fit(model, data, .batch_size = batch, .verbose = 0, .shuffle = false));
}

static void copy(cn_model *model, float *out)
{
    cn_list *weights = cn_weights(model);
    for (size_t i = 0; i < cn_list_length(weights); i++) {
        cn_tensor *w = cn_nth(weights, i);
        memcpy(out, cn_floats(w), (size_t)cn_size(w) * sizeof *out);
        out += cn_size(w);
    }
}

enum { WEIGHTS = 3 * 5 + 5 + 5 + 1 };

/* So many batches by `spec` come to what half as many of double size do by plain SGD. */
static void compare(const char *spec, const char *plain)
{
    float a[WEIGHTS], b[WEIGHTS], start[WEIGHTS];
    cn_model *soft = fresh(spec), *sgd = fresh(plain);
    copy(soft, start);
    train(soft, batches(0, 1), BATCH);
    copy(soft, a);
    CHECK(!memcmp(a, start, sizeof a)); /* an odd step moves nothing */
    train(soft, batches(1, 2), BATCH);
    train(sgd, batches(0, 2), 2 * BATCH);
    copy(soft, a), copy(sgd, b);
    CHECK(memcmp(a, start, sizeof a));
    for (int i = 0; i < WEIGHTS; i++)
        NEAR(a[i], b[i]);
    train(soft, batches(2, 8), BATCH);
    train(sgd, batches(2, 8), 2 * BATCH);
    copy(soft, a), copy(sgd, b);
    for (int i = 0; i < WEIGHTS; i++)
        NEAR(a[i], b[i]);
}

int main(void)
{
    cn_on_error(cn_die);
    compare("soft_sgd(0.1)", "sgd(0.1)");
    compare("soft_sgd(0.1, momentum=0.9, steps_per_update=2)", "sgd(0.1, momentum=0.9)");
    /* and what is built in */
    compare("sgd(0.1, momentum=0.9, gradient_accumulation_steps=2)", "sgd(0.1, momentum=0.9)");

    /* saved with the model in the midst of a row, and loaded by name */
    float a[WEIGHTS], b[WEIGHTS];
    cn_model *model = fresh("soft_sgd(0.1, momentum=0.9)");
    train(model, batches(0, 3), BATCH);
    cn_save(model, "soft.keras");
    cn_model *again = cn_load_model("soft.keras");
    TEXT(cn_class_name(again->optimizer), "soft_sgd");
    train(model, batches(3, 6), BATCH);
    train(again, batches(3, 6), BATCH);
    copy(model, a), copy(again, b);
    CHECK(!memcmp(a, b, sizeof a));
}
