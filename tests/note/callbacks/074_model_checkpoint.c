/* Checkpoints: the best only, every other epoch, and values whose direction is not known. */
#include "check.h"

static bool pretend(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    static const double losses[] = {.5, .4, .45, .6};
    (void)model, (void)user;
    return cn_logs_set(logs, "val_loss", losses[epoch]) &&
           cn_logs_set(logs, "val_mAP", losses[epoch]);
}

static bool train(int epochs, cn_callback *checkpoint)
{
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    return cn_fit(model, data, .epochs = epochs, .verbose = 0,
                  .callbacks = {{cn_callback(.on_epoch_end = pretend), checkpoint}});
}

int main(void)
{
    CHECK(
        train(3, cn_model_checkpoint("{epoch:02d}-{val_loss:.2f}.keras", .save_best_only = true)));
    CHECK(note_exists("01-0.50.keras") && note_exists("02-0.40.keras"));
    CHECK(!note_exists("03-0.45.keras"));

    CHECK(train(
        4, cn_model_checkpoint("every{epoch}.weights.h5", .save_weights_only = true, .period = 2)));
    CHECK(!note_exists("every1.weights.h5") && note_exists("every2.weights.h5"));
    CHECK(!note_exists("every3.weights.h5") && note_exists("every4.weights.h5"));

    CHECK(train(3, cn_model_checkpoint("mAP{epoch}.keras", .monitor = "val_mAP", .mode = "max",
                                       .save_best_only = true)));
    CHECK(note_exists("mAP1.keras") && !note_exists("mAP2.keras"));
    CHECK(!train(
        1, cn_model_checkpoint("mAP{epoch}.keras", .monitor = "val_mAP", .save_best_only = true)));
    CHECK(strstr(cn_error(), "Pass mode='max'"));
}
