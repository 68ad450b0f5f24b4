/* What an optimizer says to arguments that it does not have, or that are negative. */
#include "check.h"

static void refused(const char *spec, const char *message)
{
    CHECK(!cn_optimizer_new(spec) && cn_error_code() == CN_EINVAL);
    CHECK(!strncmp(cn_error(), message, strlen(message)));
    cn_clear_error();
}

int main(void)
{
    refused("sgd(k=1)", "Unexpected keyword argument passed to optimizer: k");
    refused("adam(1e-3, epochs=3)", "Unexpected keyword argument passed to optimizer: epochs");
    refused("sgd(clipnorm=-1)", "Expected clipnorm >= 0, received: -1");
    refused("sgd(clipvalue=-0.5)", "Expected clipvalue >= 0, received: -0.5");
    refused("sgd(decay=-0.1)", "Expected decay >= 0, received: -0.1");
    refused("rmsprop(global_clipnorm=-2)", "Expected global_clipnorm >= 0, received: -2");

    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    CHECK(!cn_compile(model, "sgd(k=1)", .loss = {"mse"}));
    CHECK(strstr(cn_error(), "Unexpected keyword argument passed to optimizer: k"));
}
