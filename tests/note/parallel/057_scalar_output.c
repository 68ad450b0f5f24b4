/* A model's output keeps the batch axis; a loss that does is accepted. */
#include "check.h"

int main(void)
{
    cn_tensor *x = cn_input(3), *y = cn_call(cn_dense(2), x);
    cn_layer *loss = cn_activity_regularization(.name = "my_loss");
    CHECK(!cn_functional(x, cn_sum(cn_call(loss, y))));
    CHECK(strstr(cn_error(), "expected outputs with a batch axis"));
    cn_clear_error();
    cn_model *model = cn_functional(x, cn_sum(cn_square(y), {1}, true)); /* (N, 1) */
    CHECK(model);
    cn_tensor *out = cn_predict(model, cn_ones(cn_shape(5, 3), CN_FLOAT32));
    CHECK(cn_rank(out) == 2 && cn_dim(out, 0) == 5 && cn_dim(out, 1) == 1);
    CHECK(!cn_error_code());
}
