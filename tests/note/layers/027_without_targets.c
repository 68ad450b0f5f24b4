/* A variational autoencoder that is trained without targets: the loss comes from a layer alone. */
#include "vae_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_tensor *x = cn_input(8);
    cn_tensor *h = cn_call(cn_dense(16, .activation = "relu"), x);
    cn_tensor *mean = cn_call(cn_dense(2, .name = "z_mean"), h);
    cn_tensor *log_var = cn_call(cn_dense(2, .name = "z_log_var"), h);
    cn_tensor *decoded = cn_call(cn_dense(8, .activation = "sigmoid"), mean);
    cn_model *vae = cn_functional(x, cn_call(vae_loss(), x, decoded, mean, log_var));
    cn_compile(vae, "adam(0.02)", .loss = {NULL});
    cn_tensor *bits = cn_greater(cn_sin(cn_arange(0, 32 * 8, 1, CN_FLOAT32)), 0);
    cn_tensor *data = cn_cast(cn_reshape(bits, cn_shape(32, 8)), CN_FLOAT32);
    cn_history *h1 = cn_fit(vae, cn_from_arrays(data), .epochs = 30, .verbose = 0);
    CHECK(cn_history_get(h1, "loss", -1) < 0.8 * cn_history_get(h1, "loss", 0));
}
