/* A user's program in C11: it sees what is installed and nothing else. It trains a small network,
 * saves it and reads it back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cornu.h>

/* y = x0 + 2 x1 on 64 points. */
static cn_dataset *points(void)
{
    float x[64][2], y[64];
    for (int i = 0; i < 64; i++) {
        x[i][0] = (float)(i % 8) / 8;
        x[i][1] = (float)(i / 8) / 8;
        y[i] = x[i][0] + 2 * x[i][1];
    }
    return cn_from_arrays(cn_array(x, CN_FLOAT32, cn_shape(64, 2)),
                          cn_array(y, CN_FLOAT32, cn_shape(64, 1)));
}

static int trains(void)
{
    cn_set_random_seed(1);
    cn_dataset *data = points();
    cn_model *model =
        cn_sequential(cn_input(2), cn_dense(8, .activation = "relu"), cn_dense(.units = 1));
    cn_compile(model, "adam(0.02)", .loss = {"mse"}, .metrics = {"mae"});
    cn_history *history = cn_fit(model, data, .epochs = 30, .batch_size = 16, .verbose = 0);
    double before = cn_history_get(history, "loss", 0), after = cn_history_get(history, "loss", -1);
    if (!(after < before / 4)) {
        fprintf(stderr, "the loss went from %g to %g\n%s\n", before, after, cn_error());
        return 1;
    }
    cn_tensor *x = cn_array((float[]){0.5f, 0.25f}, CN_FLOAT32, cn_shape(1, 2));
    float says = (float)cn_item(cn_predict(model, x));
    cn_model *again = cn_save(model, "c.keras") ? cn_load_model("c.keras") : NULL;
    if (!again || (float)cn_item(cn_predict(again, x)) != says || fabsf(says - 1) > 0.5f) {
        fprintf(stderr, "says %g, and after reading otherwise\n%s\n", says, cn_error());
        return 1;
    }
    return 0;
}

int main(void)
{
    if (strcmp(cn_version(), CORNU_VERSION) != 0) {
        fprintf(stderr, "headers %s, library %s\n", CORNU_VERSION, cn_version());
        return 1;
    }
    if (cn_error_code() != CN_OK || strcmp(cn_error(), "") != 0) {
        fprintf(stderr, "an error before the first call: %s\n", cn_error());
        return 1;
    }
    printf("cornu %s\n", cn_version());
    return trains();
}
