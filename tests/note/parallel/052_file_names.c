/* A checkpoint's file is named after the epoch, from 1, and what was logged. */
#include "check.h"

static bool pretend(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)epoch, (void)user;
    return cn_logs_set(logs, "val_loss", 0.12345);
}

static bool train(const char *filepath)
{
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    return cn_fit(
        model, data, .verbose = 0,
        .callbacks = {{cn_callback(.on_epoch_end = pretend), cn_model_checkpoint(filepath)}});
}

int main(void)
{
    CHECK(train("./tripleNet_{epoch:02d}_val_loss_{val_loss:.3f}.h5"));
    CHECK(note_exists("tripleNet_01_val_loss_0.123.h5"));
    CHECK(cn_load_model("tripleNet_01_val_loss_0.123.h5"));

    CHECK(!train("{epoch:02d}_{val_los:.3f}.h5"));
    CHECK(strstr(cn_error(), "'val_los' is none of epoch, loss, val_loss"));
}
