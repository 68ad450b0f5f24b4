#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/test.h"
#include "callbacks/callback.h"
#include "utils/message.h"

static cn_callback_list list;
static cn_logs logs;
static bool ok;

static bool run(size_t hook, int64_t number)
{
    return ok = cn_callbacks_run(&list, hook, number, &logs) && ok;
}
#define RUN(hook, number) run(offsetof(cn_callback_methods, hook), number)

static void begin(cn_callback *callback)
{
    cn_callback_params params = {.epochs = 10, .steps = 3};
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    ok = cn_callbacks_add(&list, callback, model, &params);
    cn_say_capture();
    CHECK(ok && RUN(on_train_begin, 0));
}

static void epochs(int count, const double *values)
{
    for (int epoch = 0; epoch < count && ok; epoch++) {
        RUN(on_epoch_begin, epoch);
        for (int batch = 0; batch < 3; batch++)
            RUN(on_train_batch_end, batch);
        cn_logs_set(&logs, "val_loss", values[epoch]);
        RUN(on_epoch_end, epoch);
    }
}

/* What was said, without the folder before file names; owned. */
static char *end(const char *folder)
{
    char *said = cn_say_captured(), *at;
    while (said && folder && (at = strstr(said, folder)))
        memmove(at, at + strlen(folder), strlen(at + strlen(folder)) + 1);
    cn_callbacks_free(&list);
    cn_logs_free(&logs);
    return said;
}

static bool exists(const char *folder, const char *name)
{
    char path[700];
    snprintf(path, sizeof path, "%s%s", folder, name);
    return !access(path, R_OK);
}

/* A template in a folder that is not there yet. */
static const char *place(char *folder, const char *set, const char *name)
{
    static char path[700];
    snprintf(folder, 600, "%s/deep/", cn_test_path(set));
    snprintf(path, sizeof path, "%s%s", folder, name);
    return path;
}

TEST(model_checkpoint_saves_the_best)
{
    char folder[600];
    begin(cn_model_checkpoint(place(folder, "best", "w.{epoch:02d}-{val_loss:.2f}.keras"),
                              .save_best_only = true, .verbose = 1));
    CHECK(!list.batch_hooks);
    epochs(3, (double[]){.5, .4, .45});
    CHECK(ok && exists(folder, "w.01-0.50.keras") && exists(folder, "w.02-0.40.keras"));
    CHECK(!exists(folder, "w.03-0.45.keras"));
    char *said = end(folder);
    check_text(said, "\nEpoch 1: val_loss improved from None to 0.50000, saving model to "
                     "w.01-0.50.keras\n\nEpoch 1: finished saving model to w.01-0.50.keras\n\n"
                     "Epoch 2: val_loss improved from 0.50000 to 0.40000, saving model to "
                     "w.02-0.40.keras\n\nEpoch 2: finished saving model to w.02-0.40.keras\n\n"
                     "Epoch 3: val_loss did not improve from 0.40000\n");
    cn_mem_free(said);
}

TEST(model_checkpoint_saves_weights)
{
    char folder[600];
    begin(cn_model_checkpoint(place(folder, "weights", "w.{epoch}.weights.h5"),
                              .save_weights_only = true, .period = 2, .verbose = 1));
    epochs(5, (double[]){1, 1, 1, 1, 1});
    CHECK(ok && !exists(folder, "w.1.weights.h5") && exists(folder, "w.2.weights.h5"));
    CHECK(exists(folder, "w.4.weights.h5") && !exists(folder, "w.5.weights.h5"));
    char *said = end(folder);
    check_text(said, "\nEpoch 2: saving model to w.2.weights.h5\n"
                     "\nEpoch 2: finished saving model to w.2.weights.h5\n"
                     "\nEpoch 4: saving model to w.4.weights.h5\n"
                     "\nEpoch 4: finished saving model to w.4.weights.h5\n");
    cn_mem_free(said);
}

TEST(model_checkpoint_counts_batches)
{
    char folder[600];
    begin(cn_model_checkpoint(place(folder, "batches", "{epoch}-{batch}.keras"), .save_freq = 2));
    CHECK(list.batch_hooks);
    epochs(2, (double[]){1, 1});
    CHECK(ok && exists(folder, "1-2.keras") && exists(folder, "2-1.keras"));
    CHECK(exists(folder, "2-3.keras") && !exists(folder, "1-3.keras"));
    cn_mem_free(end(NULL));
}

TEST(model_checkpoint_refuses)
{
    CHECK(!cn_model_checkpoint("weights.bin"));
    check_error("The filepath provided must end in .keras (Keras model format). Received: "
                "filepath=weights.bin");
    CHECK(!cn_model_checkpoint("w.keras", .save_weights_only = true));
    check_error("When using save_weights_only=true in ModelCheckpoint, the filepath provided must "
                "end in .weights.h5 (Keras weights format). Received: filepath=w.keras");
    begin(cn_model_checkpoint("{acc}.keras"));
    epochs(1, (double[]){1});
    CHECK(!ok);
    check_error(
        "Failed to format this callback filepath: \"{acc}.keras\". Reason: 'acc' is none of "
        "epoch, val_loss");
    cn_mem_free(end(NULL));
    begin(cn_model_checkpoint("w.keras", .monitor = "val_mAP", .save_best_only = true));
    epochs(1, (double[]){1});
    CHECK(!ok && strstr(cn_error(), "Pass mode='max'"));
    cn_clear_error();
    cn_mem_free(end(NULL));
    begin(cn_model_checkpoint(cn_test_path("is_a_folder.keras"), .verbose = 0));
    mkdir(cn_test_path("is_a_folder.keras"), 0755);
    epochs(1, (double[]){1});
    CHECK(!ok && strstr(cn_error(), "used is an existing directory: "));
    cn_clear_error();
    cn_mem_free(end(NULL));
}
