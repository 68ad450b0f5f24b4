/* Variables, assignment and branches inside the graph of a step: row 123 in these words. */
#include "check.h"

/* K.variable(0, dtype='int64'), K.zeros, K.update_add, K.switch, K.update */
#define WAITING_SGD(P)                                           \
    P(cn_spec, learning_rate, "0.01", "the rate, or a schedule") \
    P(int, steps_per_update, 2, "batches that make one step")
CN_OPTIMIZER(waiting_sgd, WAITING_SGD, cn_tensor *count, *waits;)

static bool build(waiting_sgd *self, const cn_list *weights)
{
    self->count = cn_add_variable(self, "count", CN_SCALAR, CN_INT64);
    for (size_t i = 0; i < cn_list_length(weights); i++)
        if (!cn_add_slot(self, cn_list_item(weights, i), "sum"))
            return false;
    return self->count;
}

static bool begin(waiting_sgd *self)
{
    cn_tensor *count = cn_assign(self->count, cn_add(self->count, 1)); /* K.update_add */
    self->waits = cn_less(count, self->steps_per_update);
    return cn_assign(self->count, cn_where(self->waits, count, 0));
}

static bool update(waiting_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *sum = cn_slot(self, w, "sum"), *total = cn_add(sum, g);
    cn_tensor *moved = cn_sub(w, cn_mul(rate, cn_div(total, self->steps_per_update)));
    return cn_assign(w, cn_where(self->waits, w, moved)) && /* K.switch */
           cn_assign(sum, cn_where(self->waits, total, cn_zeros(cn_shape_of(w), CN_FLOAT32)));
}

CN_REGISTER_OPTIMIZER(waiting_sgd, .build = build, .begin = begin, .update = update)

static float after(const char *optimizer, int batch, int steps)
{
    cn_model *model =
        cn_sequential(cn_input(2), cn_dense(1, .kernel_initializer = "ones", .use_bias = false));
    cn_compile(model, optimizer, .loss = {"mse"});
    cn_tensor *x = cn_values(cn_shape(4, 2), 1, 2, -1, 0.5, 3, -2, 0.25, 1);
    cn_dataset *data = cn_from_arrays(x, cn_zeros(cn_shape(4, 1), CN_FLOAT32));
    cn_fit(model, cn_take(data, batch * steps), .batch_size = batch, .verbose = 0,
           .shuffle = false);
    return cn_floats(cn_nth(cn_weights(model), 0))[0];
}

int main(void)
{
    cn_on_error(cn_die);
    /* eagerly */
    cn_tensor *n = cn_variable(cn_zeros(CN_SCALAR, CN_INT64), .name = "n");
    CHECK(cn_dtype_of(n) == CN_INT64);
    cn_assign(n, cn_add(n, 5));
    cn_assign(n, cn_add(n, 1));
    CHECK(cn_item(n) == 6);
    CHECK(cn_item(cn_where(cn_greater(n, 5), 1.5, 2.5)) == 1.5);

    /* inside the planned step of a training */
    NEAR(after("waiting_sgd(0.1)", 2, 1), 1);
    NEAR(after("waiting_sgd(0.1)", 2, 2), after("sgd(0.1)", 4, 1));
    CHECK(after("sgd(0.1)", 4, 1) != 1);
    NEAR(after("waiting_sgd(0.1, steps_per_update=4)", 1, 4), after("sgd(0.1)", 4, 1));
}
