/* What a variational autoencoder minimises, as a layer: it hands its first input on. */
#include "check.h"

#define VAE_LOSS(P)
CN_LAYER(vae_loss, VAE_LOSS, )

/* Kullback and Leibler's divergence of N(mean, exp(log_var)) from N(0, 1), a sample each. */
static inline cn_tensor *kl_divergence(cn_tensor *mean, cn_tensor *log_var)
{
    cn_tensor *terms = cn_sub(cn_sub(cn_add(1, log_var), cn_square(mean)), cn_exp(log_var));
    return cn_mul(-0.5, cn_sum(terms, {-1}));
}

static cn_tensor *call(vae_loss *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *decoded = in->x[1], *mean = in->x[2], *log_var = in->x[3];
    cn_tensor *cross = cn_loss_of("binary_crossentropy(reduction=none)", x, decoded);
    cross = cn_mul((double)cn_dim(x, -1), cross); /* original_dim times the mean over pixels */
    cn_add_loss(self, cn_mean(cn_add(cross, kl_divergence(mean, log_var))));
    return x;
}

CN_REGISTER_LAYER(vae_loss, .call = call)
#define vae_loss(...) CN_MAKE(vae_loss, VAE_LOSS, __VA_ARGS__)
