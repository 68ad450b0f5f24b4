/* Optimizer, loss and metrics by name; a wrong name is answered with near ones. */
#include "check.h"

static void refused(bool done, const char *message)
{
    CHECK(!done);
    if (!strstr(cn_error(), message))
        TEXT(cn_error(), message);
    cn_clear_error();
}

int main(void)
{
    cn_model *model = cn_sequential(cn_input(2), cn_dense(1));
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 2), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    CHECK(cn_compile(model, "rmsprop", .loss = {"mean_squared_error"}, .metrics = {"accuracy"}));
    CHECK(cn_fit(model, data, .verbose = 0));

    refused(cn_compile(model, "rmsprob"), "unknown optimizer 'rmsprob'; did you mean 'rmsprop'?");
    refused(cn_compile(model, "sgd", .loss = {"mean_square_error"}),
            "unknown loss 'mean_square_error'; did you mean 'mean_squared_error'?");
    cn_compile(model, "sgd", .loss = {"mse"}, .metrics = {"acuracy"});
    refused(cn_fit(model, data, .verbose = 0),
            "unknown metric 'acuracy'; did you mean 'accuracy'?");
}
