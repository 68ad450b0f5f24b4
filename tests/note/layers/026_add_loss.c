/* A layer without weights that adds the loss of a variational autoencoder; targets are inputs. */
#include "vae_loss.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_input(2), *out = cn_input(2), *mean = cn_input(1), *log_var = cn_input(1);
    cn_model *model = cn_functional(cn_list_of(x, out, mean, log_var),
                                    cn_call(vae_loss(), x, out, mean, log_var));
    cn_compile(model, "sgd");
    cn_dataset *data = cn_from_arrays(.xs = cn_list_of(cn_values(cn_shape(1, 2), 1, 0),
                                                       cn_values(cn_shape(1, 2), 0.9, 0.1),
                                                       cn_values(cn_shape(1, 1), 0.5),
                                                       cn_values(cn_shape(1, 1), 0)));
    NEAR(cn_logs_get(cn_evaluate(model, data, .verbose = 0), "loss"), 0.3357210);
}
