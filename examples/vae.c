/* A variational autoencoder of handwritten digits: the whole loss comes from a layer (cn_add_loss),
 * so that it is trained without targets; then new digits are drawn.
 *
 *     vae [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif
enum { PIXELS = 64, LATENT = 2 };

/* A point of N(mean, exp(log_var)). */
#define SAMPLING(P)
CN_LAYER(sampling, SAMPLING, )

static cn_tensor *sample(sampling *self, const cn_inputs *in)
{
    cn_tensor *mean = in->x[0], *log_var = in->x[1];
    cn_tensor *noise = cn_random_normal_like(mean, 0, 1, cn_layer_seed(self));
    return cn_add(mean, cn_mul(cn_exp(cn_mul(0.5, log_var)), noise));
}

CN_REGISTER_LAYER(sampling, .call = sample)
#define sampling(...) CN_MAKE(sampling, SAMPLING, __VA_ARGS__)

/* Adds what a variational autoencoder minimises; hands what was decoded on. */
#define VAE_LOSS(P)
CN_LAYER(vae_loss, VAE_LOSS, )

static cn_tensor *loss(vae_loss *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *decoded = in->x[1], *mean = in->x[2], *log_var = in->x[3];
    cn_tensor *cross =
        cn_loss_of("binary_crossentropy(reduction=none)", .y_true = x, .y_pred = decoded);
    cn_tensor *terms = cn_sub(cn_sub(cn_add(1, log_var), cn_square(mean)), cn_exp(log_var));
    cn_tensor *kl = cn_mul(-0.5, cn_sum(terms, {-1}));
    cn_add_loss(self, cn_mean(cn_add(cn_mul(PIXELS, cross), kl)));
    return decoded;
}

CN_REGISTER_LAYER(vae_loss, .call = loss)
#define vae_loss(...) CN_MAKE(vae_loss, VAE_LOSS, __VA_ARGS__)

static void draw(cn_tensor *picture)
{
    const float *pixel = cn_floats(picture);
    for (int i = 0; pixel && i < PIXELS; i++)
        printf("%c%s", " .:*#"[(int)(4.99f * pixel[i])], i % 8 == 7 ? "|\n" : "");
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_arrays *arrays = cn_load_arrays(argc > 1 ? argv[1] : DIGITS);
    cn_tensor *pictures =
        cn_div(cn_reshape(cn_arrays_get(arrays, "x"), cn_shape(1797, PIXELS)), 16);

    cn_tensor *x = cn_input(PIXELS), *h = cn_call(cn_dense(128, .activation = "relu"), x);
    cn_tensor *mean = cn_call(cn_dense(LATENT, .name = "z_mean"), h);
    cn_tensor *log_var = cn_call(cn_dense(LATENT, .name = "z_log_var"), h);
    cn_tensor *z = cn_call(sampling(), mean, log_var);
    cn_model *decoder = cn_sequential(cn_input(LATENT), cn_dense(128, .activation = "relu"),
                                      cn_dense(PIXELS, .activation = "sigmoid"));
    cn_tensor *decoded = cn_call(decoder, z);
    cn_model *vae = cn_functional(x, cn_call(vae_loss(), x, decoded, mean, log_var));

    cn_compile(vae, "adam(2e-3)"); /* no loss: the layer has it */
    cn_history *history =
        cn_fit(vae, cn_from_arrays(pictures), .epochs = 40, .batch_size = 64, .verbose = 0);
    double last = cn_history_get(history, "loss", -1);
    printf("loss %s 27\n", last < 27 ? "below" : "above");
    draw(cn_predict(decoder, cn_values(cn_shape(1, LATENT), 0.5, -1)));
    return 0;
}
