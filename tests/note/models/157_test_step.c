/* An own step of testing: evaluate needs no optimizer, and fit asks for one. */
#include "check.h"

static cn_logs *test_step(cn_model *model, const cn_batch *b, void *user)
{
    (void)user;
    cn_tensor *y_pred = cn_call(model, b->x, .training = false);
    return cn_compiled_loss(model, b, y_pred) ? cn_compiled_metrics(model, b, y_pred) : NULL;
}

int main(void)
{
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(8, 2), CN_FLOAT32), cn_ones(cn_shape(8, 1), CN_FLOAT32));
    cn_compile(model, NULL, .loss = {"mse"}, .metrics = {"mae"});
    cn_logs *plain = cn_evaluate(model, data, .verbose = 0);
    CHECK(cn_set_test_step(model, test_step, NULL));
    cn_logs *own = cn_evaluate(model, data, .verbose = 0);
    CHECK(plain && own && cn_logs_count(own) == 2);
    CHECK(cn_logs_get(own, "loss") == cn_logs_get(plain, "loss"));
    CHECK(cn_logs_get(own, "mae") == cn_logs_get(plain, "mae"));
    CHECK(!cn_error_code());
    CHECK(!cn_fit(model, data, .verbose = 0));
    CHECK(strstr(cn_error(), "'sequential' has no optimizer"));
    cn_clear_error();
    cn_compile(model, .loss = {"mse"}); /* nothing said: Keras's default */
    CHECK(cn_fit(model, data, .verbose = 0));
}
