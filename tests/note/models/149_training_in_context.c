/* Dropout inside a subclassed model is active in fit, although nobody passes the flag to it. */
#include "check.h"

CN_MODEL(dropper, CN_NO_PARAMS, cn_layer *dropout, *dense;)

static bool init(dropper *self)
{
    self->dropout = cn_add_sublayer(self, "dropout", cn_dropout(0.5));
    self->dense = cn_add_sublayer(self, "dense", cn_dense(1, .kernel_initializer = "ones"));
    return self->dropout && self->dense;
}

static cn_tensor *call(dropper *self, const cn_inputs *in)
{
    return cn_call(self->dense, cn_call(self->dropout, in->x[0]));
}

CN_REGISTER_MODEL(dropper, .init = init, .call = call)

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_model *model = CN_MAKE(dropper, CN_NO_PARAMS, .name = "dropper");
    cn_tensor *x = cn_ones(cn_shape(1, 100), CN_FLOAT32), *y = cn_mul(x, 0);
    y = cn_slice(y, ":, :1");
    VALUES(cn_predict(model, x), 1e-6, 100); /* off */
    CHECK(fabs(cn_item(cn_call(model, x, .training = true)) - 100) > 1e-3);

    cn_compile(model, "sgd(0)", .loss = {"mae"}, .metrics = {"mae"});
    cn_dataset *data = cn_from_arrays(x, y);
    CHECK(fabs(cn_history_get(cn_fit(model, data, .verbose = 0), "mae", 0) - 100) > 1e-3); /* on */
    NEAR(cn_logs_get(cn_evaluate(model, data, .verbose = 0), "mae"), 100);
}
